"""What stands under a message: inline buttons, or a keyboard in place of the person's own."""

from collections.abc import Iterator
from itertools import count
from typing import Any

from parley.model import variables
from parley.model.components import Buttons, QuickReply, UrlButton
from parley.model.content import Button, Content, Key, Keyboard
from parley.model.presses import Token, with_token
from parley.model.template import Template

Markup = dict[str, Any]
PAYLOAD_BYTES = 64


def markup(content: Content, template: Template | None, message: str | None = None) -> Markup | None:
    """`message` is our id of it, for the buttons of a template."""
    if template:
        return _of_template(template, content.variables, message)
    if content.buttons:
        return {"inline_keyboard": [[_inline(button) for button in row] for row in content.buttons]}
    return _keyboard(content.keyboard) if content.keyboard else None


def _inline(button: Button) -> Markup:
    return (
        {"text": button.text, "url": button.url}
        if button.url
        else {"text": button.text, "callback_data": button.payload}
    )


def _keyboard(board: Keyboard) -> Markup:
    if board.remove:
        return {"remove_keyboard": True}
    hint = {"input_field_placeholder": board.placeholder} if board.placeholder else {}
    if board.ask:
        return {"force_reply": True, **hint}
    keys = [[_key(key) for key in row] for row in board.rows]
    return {"keyboard": keys, "resize_keyboard": True, "one_time_keyboard": board.once, **hint}


def _key(key: Key) -> Markup:
    return {"text": key.text, **({f"request_{key.request}": True} if key.request else {})}


def _of_template(template: Template, values: dict[str, str], message: str | None) -> Markup | None:
    """One button in a row; its dialect has these two kinds only."""
    buttons = [each for part in template.components if isinstance(part, Buttons) for each in part.buttons]
    tokens = (Token(message, number) if message else None for number in count())
    rows = [[_of_design(button, values, tokens)] for button in buttons if isinstance(button, UrlButton | QuickReply)]
    return {"inline_keyboard": rows} if rows else None


def _of_design(button: UrlButton | QuickReply, values: dict[str, str], tokens: Iterator[Token | None]) -> Markup:
    """A quick reply brings back its payload, or its text; behind our token where both fit."""
    if isinstance(button, UrlButton):
        return {"text": button.text, "url": variables.fill(button.url, values)}
    data = with_token(button.payload or button.text, next(tokens), PAYLOAD_BYTES)
    return {"text": button.text, "callback_data": _short(data)}


def _short(payload: str) -> str:
    """As much as fits: the limit counts bytes."""
    return payload.encode()[:PAYLOAD_BYTES].decode(errors="ignore")
