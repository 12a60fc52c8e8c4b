"""Sending by a bot: one method for each kind. The answer is the message itself, so a success is a message that is sent;
there is no receipt after it."""

from typing import Any

from parley.errors import OutcomeUnknown
from parley.model import ids, variables
from parley.model.channel import Binding
from parley.model.components import Header
from parley.model.content import Content, Format, Kind, Location, Media, Poll
from parley.model.rendering import words
from parley.model.template import Template
from parley.providers.provider import Accepted, Outbound, Secret
from parley.providers.telegram import api
from parley.providers.telegram.files import Attached
from parley.providers.telegram.markup import markup

METHODS = {
    Kind.IMAGE: ("sendPhoto", "photo"),
    Kind.VIDEO: ("sendVideo", "video"),
    Kind.ANIMATION: ("sendAnimation", "animation"),
    Kind.AUDIO: ("sendAudio", "audio"),
    Kind.VOICE: ("sendVoice", "voice"),
    Kind.DOCUMENT: ("sendDocument", "document"),
    Kind.STICKER: ("sendSticker", "sticker"),
}
IN_ALBUMS = {Kind.IMAGE: "photo"}


def send(outbound: Outbound, binding: Binding, secret: Secret) -> Accepted:
    attached = Attached(outbound.files)
    method, body = call_of(outbound, attached)
    result = api.ask(method, secret["token"], body, attached.parts)
    messages = [each for each in (result if isinstance(result, list) else [result]) if isinstance(each, dict)]
    numbers = [str(each["message_id"]) for each in messages if each.get("message_id")]
    if not numbers:
        raise OutcomeUnknown("The Bot API answered a success without a message.")
    chat = messages[0].get("chat")
    where = (chat.get("id") if isinstance(chat, dict) else None) or outbound.to.value
    return Accepted(
        f"{where}/{','.join(numbers)}",
        by_id=True,
        sent=True,
        known_files=attached.known(messages),
    )


def call_of(outbound: Outbound, attached: Attached) -> tuple[str, dict[str, Any]]:
    """The method and its body."""
    content = outbound.content
    method, body = _content(outbound, attached)
    body = {"chat_id": outbound.to.value, **body}
    answered = _answered(content.reply_to_provider or "")
    if answered:
        body["reply_parameters"] = {"message_id": answered, "allow_sending_without_reply": True}
    board = markup(content, outbound.template, (ids.read_echo(outbound.echo) or ("", None))[1])
    return method, {**body, "reply_markup": board} if board else body


def _answered(provider_id: str) -> int | None:
    """The number in `chat/number`; a pressed button or a vote is no message that one could answer."""
    chat, _, number = provider_id.partition("/")
    digits = number.partition("/")[0].partition(",")[0]
    return int(digits) if chat.removeprefix("-").isdigit() and digits.isdigit() else None


def _content(outbound: Outbound, attached: Attached) -> tuple[str, dict[str, Any]]:
    content = outbound.content
    match content:
        case Content(type=Kind.TEMPLATE) if outbound.template and outbound.template.file:
            return _under_a_file(outbound, outbound.template, outbound.template.file)
        case Content(type=Kind.TEXT | Kind.TEMPLATE):
            said = words(outbound.template, content.variables) if outbound.template else content.text or ""
            return "sendMessage", {"text": said, **parse_mode(content)}
        case Content(album=list(items)):
            return "sendMediaGroup", {"media": [_item(item, content, attached) for item in items]}
        case Content(media=Media() as media):
            method, field = METHODS[content.type]
            return method, {field: attached.value(media, field), **caption(media.caption, content)}
        case Content(location=Location() as place):
            return _place(place)
        case Content(contact=contact) if contact:
            return "sendContact", _without_none(
                phone_number=contact.phone, first_name=contact.first_name, last_name=contact.last_name
            )
        case Content(poll=Poll() as poll):
            return "sendPoll", _poll(poll)
    raise LookupError(f"no method sends {content.type}")


def _under_a_file(outbound: Outbound, template: Template, header: Header) -> tuple[str, dict[str, Any]]:
    """A template's text is the caption of the file in its header, which Telegram fetches by a link."""
    values = outbound.content.variables
    link = variables.fill(header.link, values) if header.link else outbound.links.get(header.upload or "", "")
    method, field = METHODS[Kind(header.format.lower())]
    return method, {field: link, **caption(words(template, values), outbound.content)}


def parse_mode(content: Content) -> dict[str, str]:
    return {"parse_mode": "HTML"} if content.format is Format.HTML else {}


def caption(text: str | None, content: Content) -> dict[str, str]:
    return {"caption": text, **parse_mode(content)} if text else {}


def _item(item: Any, content: Content, attached: Attached) -> dict[str, Any]:
    kind = IN_ALBUMS.get(item.type, str(item.type))
    return {"type": kind, "media": attached.value(item, kind), **caption(item.caption, content)}


def _place(place: Location) -> tuple[str, dict[str, Any]]:
    point = {"latitude": place.latitude, "longitude": place.longitude}
    if place.name:
        return "sendVenue", {**point, "title": place.name, "address": place.address}
    return "sendLocation", point


def _poll(poll: Poll) -> dict[str, Any]:
    return _without_none(
        question=poll.question,
        options=[{"text": option} for option in poll.options],
        is_anonymous=poll.anonymous,
        type="quiz" if poll.correct is not None else "regular",
        allows_multiple_answers=poll.multiple,
        correct_option_ids=None if poll.correct is None else [poll.correct],
        explanation=poll.explanation,
        open_period=poll.open_for,
    )


def _without_none(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
