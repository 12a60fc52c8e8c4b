"""The methods that send one message, and copyMessage."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from local.simulators.telegram import chats, dispatch, keyboards, media, polls, texts
from local.simulators.telegram.errors import bad
from local.simulators.telegram.keyboards import Markup
from local.simulators.telegram.params import whole
from local.simulators.telegram.state import Chat, Message
from local.simulators.telegram.world import Call
from local.simulators.wire.reply import Reply

NO_COPY = ("message_id", "from", "sender_chat", "chat", "date", "edit_date", "reply_markup", "reply_to_message")


@dataclass
class Content:
    """What a message carries under its own keys, and how its file came."""

    kind: str
    fields: dict[str, Any]
    source: dict[str, Any] | None = field(default=None)


Build = Callable[[Call], Content]


def send(call: Call, build: Build) -> Reply:
    check_free(call)
    content = build(call)
    chat = chats.find(call.bot, call.params)
    markup = keyboards.markup(call.params, chat)
    _check_poll(content, chat)
    around = surroundings(call, chat)

    def put() -> tuple[Any, dict[str, Any]]:
        message = add(call, chat, {**around, **content.fields, **keyboards.shown(markup)})
        if content.kind == "poll":
            polls.register(call.world, call.bot, chat, message)
        return _result(call, message), entry(message, content, markup)

    return dispatch.send(call, chat, content.kind, put)


def check_free(call: Call) -> None:
    """A bot that has to wait gets nothing else to hear, whatever it sends."""
    given = call.params.text("chat_id")
    named = chats.by_name(call.bot, given[1:]) if given.startswith("@") else None
    call.world.limits.check_pause(call.bot, named.id if named else whole(given))
    if call.params.text("business_connection_id"):
        raise bad("business connection not found")


def surroundings(call: Call, chat: Chat) -> dict[str, Any]:
    """What may stand around any content: thread, reply, protection."""
    params = call.params
    found: dict[str, Any] = {}
    if thread := params.integer("message_thread_id"):
        if thread not in chat.threads:
            raise bad("message thread not found")
        found |= {"message_thread_id": thread, "is_topic_message": True}
    if params.flag("protect_content"):
        found["has_protected_content"] = True
    return found | _reply(call, chat)


def _reply(call: Call, chat: Chat) -> dict[str, Any]:
    given = call.params.nested("reply_parameters") or {"message_id": call.params.integer("reply_to_message_id")}
    if not isinstance(given, dict):
        raise bad("object expected as reply parameters")
    number = whole(given.get("message_id"))
    target = chat.messages.get(number)
    if not number or target:
        return {"reply_to_message": {k: v for k, v in target.items() if k != "reply_to_message"}} if target else {}
    if given.get("allow_sending_without_reply") or call.params.flag("allow_sending_without_reply"):
        return {}
    raise bad("message to be replied not found")


def _check_poll(content: Content, chat: Chat) -> None:
    if content.kind == "poll" and chat.type == "channel" and not content.fields["poll"]["is_anonymous"]:
        raise bad("non-anonymous polls can't be sent to channel chats")


def add(call: Call, chat: Chat, fields: dict[str, Any]) -> Message:
    """The message in its chat; posts of channels have no author."""
    author = {"sender_chat": chat.view()} if chat.type == "channel" else {"from": call.bot.user()}
    head = {"message_id": chat.next_id(), **author, "chat": chat.view(), "date": int(call.world.now())}
    message: Message = {**head, **fields}
    chat.keep(message)
    return message


def entry(message: Message, content: Content, markup: Markup | None = None) -> dict[str, Any]:
    """What the journal says about a message."""
    shown = {name: message.get(name) for name in ("message_id", "text", "caption")}
    reply = message.get("reply_to_message", {}).get("message_id")
    found = {**shown, "reply_to": reply, "reply_markup": markup, "media": content.source}
    kept = ("location", "venue", "contact", "poll")
    found |= {"content": message[content.kind]} if content.kind in kept else {}
    entities = message.get("entities") or message.get("caption_entities")
    return found | ({"entities": entities} if entities else {})


def _result(call: Call, message: Message) -> Any:
    return {"message_id": message["message_id"]} if call.method == "copyMessage" else message


def _text(call: Call) -> Content:
    preview = call.params.nested("link_preview_options")
    return Content("text", texts.text(call.params) | ({"link_preview_options": preview} if preview else {}))


def _media(kind: str, captioned: bool = True) -> Build:
    def build(call: Call) -> Content:
        words = texts.caption(call.params) if captioned else {}
        found = media.of_call(call, kind)
        return Content(kind, media.view(found.file, kind) | words, found.source)

    return build


def _location(call: Call) -> Content:
    return Content("location", {"location": _place(call)})


def _place(call: Call) -> dict[str, float]:
    latitude, longitude = call.params.decimal("latitude"), call.params.decimal("longitude")
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise bad("wrong location specified")
    return {"latitude": latitude, "longitude": longitude}


def _venue(call: Call) -> Content:
    place = _place(call)
    venue = {"location": place, "title": call.params.required("title"), "address": call.params.required("address")}
    return Content("venue", {"venue": venue, "location": place})


def _contact(call: Call) -> Content:
    found = {name: call.params.required(name) for name in ("phone_number", "first_name")}
    last = call.params.text("last_name")
    return Content("contact", {"contact": found | ({"last_name": last} if last else {})})


def _poll(call: Call) -> Content:
    return Content("poll", {"poll": polls.view(call.params)})


def _copy(call: Call) -> Content:
    source = chats.find(call.bot, call.params, "from_chat_id")
    chats.check_reachable(source)
    message = source.messages.get(call.params.integer("message_id"))
    if message is None:
        raise bad("message to copy not found")
    fields = {name: value for name, value in message.items() if name not in NO_COPY}
    if "caption" in call.params.texts and "text" not in fields:
        fields = {name: value for name, value in fields.items() if not name.startswith("caption")}
        fields |= texts.caption(call.params)
    return Content(kind_of(fields), fields, {"by": "copy", "value": message["message_id"]})


def kind_of(fields: dict[str, Any]) -> str:
    order = ("text", "animation", "venue", "photo", "video", "audio", "voice", "video_note", "document", "sticker")
    return next((name for name in (*order, "location", "contact", "poll") if name in fields), "text")


BUILDERS: dict[str, Build] = {
    "sendMessage": _text,
    "sendPhoto": _media("photo"),
    "sendVideo": _media("video"),
    "sendAnimation": _media("animation"),
    "sendAudio": _media("audio"),
    "sendVoice": _media("voice"),
    "sendDocument": _media("document"),
    "sendVideoNote": _media("video_note", captioned=False),
    "sendSticker": _media("sticker", captioned=False),
    "sendLocation": _location,
    "sendVenue": _venue,
    "sendContact": _contact,
    "sendPoll": _poll,
    "copyMessage": _copy,
}


def _method(build: Build) -> Callable[[Call], Reply]:
    return lambda call: send(call, build)


METHODS = {name: _method(build) for name, build in BUILDERS.items()}
