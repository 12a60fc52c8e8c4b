"""What people write to a bot, and the updates that come of it."""

import base64
import re
from typing import Any

from local.simulators.telegram import files, media, texts, updates
from local.simulators.telegram.behaviours import is_magic
from local.simulators.telegram.media import MIMES
from local.simulators.telegram.state import Bot, Chat, File, Message
from local.simulators.telegram.world import World

Params = dict[str, Any]
FILES = ("photo", "video", "animation", "audio", "voice", "video_note", "document", "sticker")
PLACE = {"latitude": 30.04, "longitude": 31.23}
POLL: Params = {
    "id": "1", "question": "Best day?", "options": [{"persistent_id": "0", "text": "Mon", "voter_count": 0}],
    "total_voter_count": 0, "is_closed": False, "is_anonymous": True, "type": "regular",
    "allows_multiple_answers": False,
}  # fmt: skip
SAMPLES: dict[str, Params] = {
    "location": {"location": PLACE},
    "venue": {"venue": {"location": PLACE, "title": "Shop", "address": "Main street 1"}, "location": PLACE},
    "contact": {"contact": {"phone_number": "+201001234567", "first_name": "Sara"}},
    "dice": {"dice": {"emoji": "🎲", "value": 4}},
    "poll": {"poll": POLL},
}


def person(bot: Bot, given: Any) -> dict[str, Any]:
    """The user object of who writes: an identifier or what should be known of somebody."""
    fields = given if isinstance(given, dict) else {"id": given}
    user_id = int(fields["id"])
    with bot.changed:
        known = bot.people.get(user_id, {"id": user_id, "is_bot": False, "first_name": f"Person {user_id}"})
        bot.people[user_id] = {**known, **fields, "id": user_id}
        return bot.people[user_id]


def private_chat(bot: Bot, user: dict[str, Any]) -> Chat:
    with bot.changed:
        chat = bot.chats.setdefault(user["id"], Chat(user["id"], started=is_magic(user["id"])))
        chat.first_name, chat.username = user["first_name"], user.get("username")
        return chat


def receive(world: World, bot: Bot, chat: Chat, user: dict[str, Any], params: Params) -> tuple[int | None, Message]:
    """The update's identifier (None: the bot does not get to see it) and the message."""
    kind = str(params.get("kind", "text"))
    if kind in ("edited", "edited_message", "edited_channel_post"):
        return _edited(world, bot, chat, user, params)
    kind = "text" if kind == "channel_post" else kind
    with bot.changed:
        if chat.type == "private":
            chat.started = True
        elif user["id"] not in chat.people:
            chat.people.append(user["id"])
        message = _head(world, chat, user) | _around(chat, params) | _content(bot, kind, params)
        message |= params.get("extra") or {}
        chat.keep(message)
    return _publish(world, bot, chat, "message", message, params), message


def _publish(world: World, bot: Bot, chat: Chat, kind: str, message: Message, params: Params) -> int | None:
    if chat.type == "channel":
        kind = {"message": "channel_post", "edited_message": "edited_channel_post"}[kind]
    if not visible(world, bot, chat, message):
        return None
    return updates.publish(world, bot, kind, message, int(params.get("copies", 1)))


def _head(world: World, chat: Chat, user: dict[str, Any]) -> Message:
    author = {"sender_chat": chat.view()} if chat.type == "channel" else {"from": user}
    return {"message_id": chat.next_id(), **author, "chat": chat.view(), "date": int(world.now())}


def _around(chat: Chat, params: Params) -> Params:
    found: Params = {}
    if params.get("reply_to"):
        number = int(params["reply_to"])
        gone = {"message_id": number, "chat": chat.view(), "date": 0}
        target = chat.messages.get(number, gone)
        found["reply_to_message"] = {name: value for name, value in target.items() if name != "reply_to_message"}
    if params.get("media_group_id"):
        found["media_group_id"] = str(params["media_group_id"])
    return found


def _content(bot: Bot, kind: str, params: Params) -> Params:
    if kind == "text":
        return _words("text", "entities", str(params.get("text", "Hello")))
    caption = _words("caption", "caption_entities", str(params["caption"])) if params.get("caption") else {}
    if "content" in params:
        return {kind: params["content"]} | caption
    if kind in FILES:
        return media.view(_file(bot, kind, params), kind) | caption
    return SAMPLES.get(kind, {kind: {}})


def _words(name: str, list_name: str, words: str) -> Params:
    found = texts.detected(words)
    return {name: words} | ({list_name: found} if found else {})


def _file(bot: Bot, kind: str, params: Params) -> File:
    content = base64.b64decode(params["file_bytes"]) if "file_bytes" in params else b"\0" * media.SIMULATED
    size = int(params.get("file_size", len(content)))
    name, mime = str(params.get("file_name", "")), str(params.get("mime_type", MIMES[kind]))
    return files.add(bot, kind, size, name, mime, content if size == len(content) else None)


def _edited(world: World, bot: Bot, chat: Chat, user: dict[str, Any], params: Params) -> tuple[int | None, Message]:
    """The whole message again, with its new words."""
    with bot.changed:
        number = int(params.get("message_id") or _last_of(chat, user))
        message = chat.messages[number]
        for name, list_name in (("text", "entities"), ("caption", "caption_entities")):
            if name in params:
                message.pop(list_name, None)
                message |= _words(name, list_name, str(params[name]))
        message |= {"edit_date": int(world.now())} | (params.get("extra") or {})
    return _publish(world, bot, chat, "edited_message", message, params), message


def _last_of(chat: Chat, user: dict[str, Any]) -> int:
    mine = [
        number for number, message in chat.messages.items()
        if chat.type == "channel" or message.get("from", {}).get("id") == user["id"]
    ]  # fmt: skip
    if not mine:
        raise ValueError("there is no message to edit")
    return mine[-1]


def visible(world: World, bot: Bot, chat: Chat, message: Message) -> bool:
    """Membership, and privacy mode: commands, replies to the bot, mentions and service messages."""
    if chat.type == "private":
        return True
    if chat.member in ("none", "left", "kicked"):
        return False
    if chat.type == "channel" or chat.member in ("administrator", "creator") or not world.settings.privacy:
        return True
    words = str(message.get("text") or message.get("caption") or "")
    answered = message.get("reply_to_message", {}).get("from", {}).get("id") == bot.id
    return answered or words.startswith("/") or f"@{bot.username}" in words or _is_service(message)


def _is_service(message: Message) -> bool:
    pattern = re.compile(r"new_chat_|left_chat_|migrate_|pinned_message|group_chat_created|supergroup_|channel_chat_")
    return any(pattern.match(name) for name in message)
