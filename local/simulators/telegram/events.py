"""What happens around a bot besides messages: blocks, memberships, upgrades, buttons, reactions."""

import random
import secrets
from typing import Any

from local.simulators.telegram import updates
from local.simulators.telegram.queries import member_view
from local.simulators.telegram.state import Bot, Callback, Chat, Message
from local.simulators.telegram.world import World

User = dict[str, Any]


def change_member(world: World, bot: Bot, chat: Chat, user: User, old: str, new: str) -> int | None:
    body = {"chat": chat.view(), "from": user, "date": int(world.now())}
    body |= {"old_chat_member": member_view(bot, chat, old), "new_chat_member": member_view(bot, chat, new)}
    return updates.publish(world, bot, "my_chat_member", body)


def set_blocked(world: World, bot: Bot, chat: Chat, user: User, blocked: bool) -> int | None:
    """Only a change is told."""
    with bot.changed:
        before, chat.blocked = chat.blocked, blocked
        chat.started = True
    if before == blocked:
        return None
    words = ("member", "kicked") if blocked else ("kicked", "member")
    return change_member(world, bot, chat, user, *words)


def upgrade(world: World, bot: Bot, chat: Chat) -> Chat:
    """A group becomes a supergroup: a new chat with a new identifier, and a service message in both."""
    with bot.changed:
        new = Chat(-1_000_000_000_000 - random.randint(10**9, 4 * 10**9), "supergroup", chat.title)
        new.member, new.can_post, new.people = chat.member, chat.can_post, list(chat.people)
        bot.chats[new.id], chat.migrated_to = new, new.id
        old_note = _service(world, bot, chat, migrate_to_chat_id=new.id)
        new_note = _service(world, bot, new, migrate_from_chat_id=chat.id)
    updates.publish(world, bot, "message", old_note)
    updates.publish(world, bot, "message", new_note)
    return new


def _service(world: World, bot: Bot, chat: Chat, **fields: int) -> Message:
    author = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
    head: Message = {"message_id": chat.next_id(), "from": author, "sender_chat": chat.view(), "chat": chat.view()}
    message = head | {"date": int(world.now()), **fields}
    chat.keep(message)
    return message


def press(world: World, bot: Bot, chat: Chat, user: User, number: int, data: str) -> str:
    """A button under a message; of a message that is gone only its number is told."""
    message = chat.messages.get(number)
    if message and data not in _buttons(message):
        raise ValueError(f"message {number} has no button with the data {data!r}")
    pressed = Callback(str(secrets.randbelow(10**18) + 10**18), user["id"], data, world.now())
    with bot.changed:
        bot.callbacks[pressed.id] = pressed
    shown = message or {"chat": chat.view(), "message_id": number, "date": 0}
    body = {"id": pressed.id, "from": user, "message": shown, "chat_instance": str(-abs(chat.id)), "data": data}
    updates.publish(world, bot, "callback_query", body)
    return pressed.id


def _buttons(message: Message) -> list[str]:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button["callback_data"] for row in rows for button in row if "callback_data" in button]


def react(world: World, bot: Bot, chat: Chat, user: User, number: int, new: list[User], old: list[User]) -> int | None:
    """Told of administrators' groups only."""
    if chat.type != "private" and chat.member not in ("administrator", "creator"):
        return None
    body = {"chat": chat.view(), "message_id": number, "user": user, "date": int(world.now())}
    return updates.publish(world, bot, "message_reaction", body | {"old_reaction": old, "new_reaction": new})
