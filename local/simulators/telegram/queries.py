"""Questions about chats, chat actions, and answers to pressed buttons."""

from collections.abc import Callable
from typing import Any

from local.simulators.telegram import chats, sends
from local.simulators.telegram.errors import bad, ok
from local.simulators.telegram.html import units
from local.simulators.telegram.state import Bot, Chat
from local.simulators.telegram.world import Call
from local.simulators.wire.reply import Reply

ACTIONS = (
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice",
    "upload_document", "choose_sticker", "find_location", "record_video_note", "upload_video_note",
)  # fmt: skip
LONGEST_ANSWER = 200
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
RIGHTS = ("can_be_edited", "can_manage_chat", "can_delete_messages", "can_edit_messages", "can_invite_users")


def send_chat_action(call: Call) -> Reply:
    sends.check_free(call)
    if call.params.text("action").lower() not in ACTIONS:
        raise bad("wrong parameter action in request")
    chat = chats.find(call.bot, call.params)
    chats.check_reachable(chat)
    if chat.type == "channel":
        raise bad("chat actions can't be sent to channel chats")
    return ok(True)


def answer_callback(call: Call) -> Reply:
    if units(call.params.text("text")) > LONGEST_ANSWER:
        raise bad("MESSAGE_TOO_LONG")
    with call.bot.changed:
        pressed = call.bot.callbacks.get(call.params.text("callback_query_id"))
        limit = call.world.settings.callback_seconds
        if pressed is None or pressed.answered or call.world.now() - pressed.at > limit:
            raise bad(TOO_OLD)
        pressed.answered, pressed.text = True, call.params.text("text") or None
        pressed.show_alert = call.params.flag("show_alert")
    return ok(True)


def get_chat(call: Call) -> Reply:
    chat = chats.find(call.bot, call.params)
    chats.check_reachable(chat)
    return ok(chat.view() | {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": {}})


def get_chat_member(call: Call) -> Reply:
    chat, user_id = chats.find(call.bot, call.params), call.params.integer("user_id")
    if user_id == call.bot.id:
        return ok(member_view(call.bot, chat, chat.member))
    chats.check_reachable(chat)
    if chat.type == "channel" and chat.member != "administrator":
        raise bad("member list is inaccessible")
    person = call.bot.people.get(user_id)
    if person is None and user_id != chat.id:
        raise bad("user not found")
    there = chat.type == "private" or user_id in chat.people
    named = {"id": user_id, "is_bot": False, "first_name": chat.first_name or ""}
    return ok({"user": person or named, "status": "member" if there else "left"})


def member_view(bot: Bot, chat: Chat, status: str) -> dict[str, Any]:
    """The bot as a member of a chat."""
    found: dict[str, Any] = {"user": bot.user(), "status": "left" if status == "none" else status}
    if status == "administrator":
        found |= dict.fromkeys(RIGHTS, True) | {"can_post_messages": chat.can_post, "is_anonymous": False}
    if status == "restricted":
        found |= {"is_member": True, "can_send_messages": chat.can_post, "until_date": 0}
    return found | ({"until_date": 0} if status == "kicked" else {})


METHODS: dict[str, Callable[[Call], Reply]] = {
    "sendChatAction": send_chat_action,
    "answerCallbackQuery": answer_callback,
    "getChat": get_chat,
    "getChatMember": get_chat_member,
}
