"""What happens to messages afterwards: edits, deletion, reactions, the end of a poll."""

from collections.abc import Callable
from typing import Any

from local.simulators.telegram import chats, keyboards, polls, sends, texts
from local.simulators.telegram.errors import bad, ok
from local.simulators.telegram.reactions import EMOJI
from local.simulators.telegram.state import Chat, Message
from local.simulators.telegram.world import Call
from local.simulators.wire.reply import Reply

DELETABLE_SECONDS = 48 * 3600
SAME = (
    "message is not modified: specified new message content and reply markup are exactly the same"
    " as a current content and reply markup of the message"
)
EDITABLE = {"text": ("text",), "caption": ("photo", "video", "animation", "audio", "voice", "document")}
ENTITIES = {"text": "entities", "caption": "caption_entities"}


def edit_text(call: Call) -> Reply:
    sends.check_free(call)
    return _edit(call, texts.text(call.params), "text")


def edit_caption(call: Call) -> Reply:
    sends.check_free(call)
    return _edit(call, texts.caption(call.params), "caption")


def edit_markup(call: Call) -> Reply:
    sends.check_free(call)
    return _edit(call, {}, "reply_markup")


def _edit(call: Call, words: dict[str, Any], what: str) -> Reply:
    chat, message = _own(call)
    if not any(name in message for name in EDITABLE.get(what, message)):
        raise bad(f"there is no {what} in the message to edit")
    new = words | keyboards.shown(keyboards.markup(call.params, chat, only_inline=True))
    if call.world.settings.count_edits:
        call.world.limits.take(call.bot, chat)
    with call.bot.changed:
        _change(message, new, (what, ENTITIES.get(what, what), "reply_markup"))
        message["edit_date"] = int(call.world.now())
        _journal(call, chat, message)
        return ok(message)


def _change(message: Message, new: dict[str, Any], watched: tuple[str, ...]) -> None:
    """Without a reply_markup an edit takes the keyboard away."""
    if {name: message[name] for name in watched if name in message} == new:
        raise bad(SAME)
    for name in watched:
        message.pop(name, None)
    message |= new


def _own(call: Call) -> tuple[Chat, Message]:
    chat, message = _message(call, "message to edit not found")
    if message.get("from", {}).get("id") != call.bot.id and chat.type != "channel":
        raise bad("message can't be edited")
    return chat, message


def _message(call: Call, missing: str) -> tuple[Chat, Message]:
    chat = chats.find(call.bot, call.params)
    chats.check_reachable(chat)
    if not call.params.integer("message_id"):
        raise bad("message identifier is not specified")
    message = chat.messages.get(call.params.integer("message_id"))
    if message is None:
        raise bad(missing)
    return chat, message


def _journal(call: Call, chat: Chat, message: Message) -> None:
    """Edits stand in the log beside what was sent, but nobody is served twice by them."""
    shown = {name: message.get(name) for name in ("message_id", "text", "caption", "reply_markup")}
    about = {"sender": str(call.bot.id), "method": call.method, "type": "edit", "chat_id": chat.id, "via": call.via}
    call.world.journal.noted("telegram", call.params.text("chat_id"), **about, **shown)


def delete_message(call: Call) -> Reply:
    sends.check_free(call)
    chat, message = _message(call, "message to delete not found")
    if call.world.now() - message["date"] > DELETABLE_SECONDS or not _may_delete(call, chat, message):
        raise bad("message can't be deleted")
    with call.bot.changed:
        chat.messages.pop(message["message_id"], None)
    return ok(True)


def _may_delete(call: Call, chat: Chat, message: Message) -> bool:
    own = message.get("from", {}).get("id") == call.bot.id
    return own or chat.type == "private" or chat.member in ("administrator", "creator")


def set_reaction(call: Call) -> Reply:
    sends.check_free(call)
    chat, message = _message(call, "message to react not found")
    given = call.params.nested("reaction") or []
    if not isinstance(given, list) or not all(isinstance(reaction, dict) for reaction in given):
        raise bad("can't parse reaction types JSON object")
    if len(given) > 1 or any(not _known(reaction) for reaction in given):
        raise bad("REACTION_INVALID")
    with call.bot.changed:
        chat.reactions[message["message_id"]] = given
    return ok(True)


def _known(reaction: dict[str, Any]) -> bool:
    return reaction.get("type") == "emoji" and reaction.get("emoji") in EMOJI


def stop_poll(call: Call) -> Reply:
    sends.check_free(call)
    chat, message = _message(call, "message with poll to stop not found")
    poll = call.bot.polls.get(message.get("poll", {}).get("id", ""))
    if poll is None or (poll.chat_id, poll.message_id) != (chat.id, message["message_id"]):
        raise bad("message is not a poll" if "poll" not in message else "poll can't be stopped")
    if poll.view["is_closed"]:
        raise bad("poll has already been closed")
    keyboards.markup(call.params, chat, only_inline=True)
    return ok(polls.close(call.world, call.bot, poll))


METHODS: dict[str, Callable[[Call], Reply]] = {
    "editMessageText": edit_text,
    "editMessageCaption": edit_caption,
    "editMessageReplyMarkup": edit_markup,
    "deleteMessage": delete_message,
    "setMessageReaction": set_reaction,
    "stopPoll": stop_poll,
}
