"""Which message a person's message answers (meta.md §2.13.2), and the button that they pressed."""

from typing import Any

from parley.model.presses import Answered, Pressed, take_token

Wire = dict[str, Any]


def read(message: Wire) -> tuple[Wire, Answered | None]:
    """The message as it would be without a token of ours, and what it answers."""
    pressed = _pressed(message)
    if pressed and pressed.token:
        message = {**message, "button": {**message["button"], "payload": pressed.payload}}
    quoted = _quoted(message)
    return message, Answered(quoted, pressed) if quoted or pressed else None


def _pressed(message: Wire) -> Pressed | None:
    """A template's quick reply, or a reply button of a session message."""
    button, reply = _object(message.get("button")), _object(_object(message.get("interactive")).get("button_reply"))
    if button:
        text, (token, payload) = _text(button.get("text")), take_token(_text(button.get("payload")) or "")
        return Pressed(text, payload or text, token)
    return Pressed(_text(reply.get("title")), _text(reply.get("id"))) if reply else None


def _quoted(message: Wire) -> str | None:
    """`context` also tells of forwarded messages, without an id, and of people who quote themselves."""
    context = _object(message.get("context"))
    own = context.get("from") is not None and context.get("from") == message.get("from")
    return None if own else _text(context.get("id"))


def _object(value: Any) -> Wire:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
