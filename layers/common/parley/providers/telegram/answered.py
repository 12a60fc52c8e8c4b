"""Which message an update answers: the one that was replied to, or that has the pressed button."""

from typing import Any

from parley.model.presses import Answered, Pressed, take_token

Json = dict[str, Any]


def by_press(query: Json, under: Json) -> Answered:
    """`under` is the message of the button, as far as it is told."""
    data = query.get("data") if isinstance(query.get("data"), str) else None
    if data is None:
        return Answered(_name(under))
    token, payload = take_token(data)
    return Answered(_name(under), Pressed(_text_of(under, data), payload, token))


def by_reply(message: Json, bot: str) -> Answered | None:
    """A reply to somebody else in a group is none to us."""
    replied = _object(message.get("reply_to_message"))
    author = _object(replied.get("from")).get("id")
    name = _name({"chat": message.get("chat"), **replied})
    return Answered(name) if name and author in (None, int(bot)) else None


def _name(message: Json) -> str | None:
    """As a send keeps it."""
    chat, number = _object(message.get("chat")).get("id"), message.get("message_id")
    return f"{chat}/{number}" if chat and number else None


def _text_of(under: Json, data: str) -> str | None:
    """The update tells the pressed button by its data alone."""
    rows = _object(under.get("reply_markup")).get("inline_keyboard")
    buttons = [_object(each) for row in rows if isinstance(row, list) for each in row] if isinstance(rows, list) else []
    text = next((each.get("text") for each in buttons if each.get("callback_data") == data), None)
    return text if isinstance(text, str) else None


def _object(value: Any) -> Json:
    return value if isinstance(value, dict) else {}
