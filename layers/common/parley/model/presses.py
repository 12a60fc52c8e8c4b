"""Buttons that were pressed: our token in the payload of a template's quick reply, and which quick reply it was."""

import re
import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import NamedTuple

from parley.model.components import Buttons, Carousel, Component, QuickReply

_TOKEN = re.compile(r"p1-([A-Za-z0-9_-]{22})(\d\d)")


class Token(NamedTuple):
    """`number` counts the quick replies of a template from 0, those of cards too."""

    message: str
    number: int


@dataclass(frozen=True)
class Pressed:
    """A button, as far as the platform tells of it; `payload` is the business's own."""

    text: str | None = None
    payload: str | None = None
    token: Token | None = None


@dataclass(frozen=True)
class Answered:
    """The message of ours that an inbound one answers: the platform's id of it, and the button that was pressed."""

    provider_id: str | None = None
    pressed: Pressed | None = None


def with_token(payload: str, token: Token | None, limit: int) -> str:
    """The payload behind the token. Where that is longer than `limit` bytes the payload goes alone, unless it looks
    like a token itself."""
    whole = _written(token) + payload if token else payload
    return whole if len(whole.encode()) <= limit or _TOKEN.match(payload) else payload


def take_token(data: str) -> tuple[Token | None, str]:
    """What `with_token` put together."""
    found = _TOKEN.match(data)
    token = Token(_long(found[1]), int(found[2])) if found else None
    return (token, data[found.end() :]) if found and token and _written(token) == found[0] else (None, data)


def _written(token: Token) -> str:
    short = urlsafe_b64encode(uuid.UUID(token.message).bytes).decode().rstrip("=")
    return f"p1-{short}{token.number:02}"


def _long(short: str) -> str:
    return str(uuid.UUID(bytes=urlsafe_b64decode(short + "==")))


def quick_replies(components: list[Component]) -> list[QuickReply]:
    """In the order of their numbers."""
    found: list[QuickReply] = []
    for component in components:
        if isinstance(component, Carousel):
            found += [each for card in component.cards for each in quick_replies([*card.components])]
        if isinstance(component, Buttons):
            found += [each for each in component.buttons if isinstance(each, QuickReply)]
    return found


def find(components: list[Component], pressed: Pressed) -> QuickReply | None:
    """The quick reply that was pressed: the one with the token's number if it still has that text, else by its text
    and payload."""
    every = quick_replies(components)
    numbered = every[pressed.token.number :][:1] if pressed.token else []
    fitting = [each for each in [*numbered, *every] if _fits(each, pressed)]
    exact = [each for each in fitting if _payload(each) == pressed.payload]
    return next(iter(exact or fitting), None)


def _fits(button: QuickReply, pressed: Pressed) -> bool:
    return button.text == pressed.text if pressed.text else _payload(button) == pressed.payload


def _payload(button: QuickReply) -> str:
    """What comes back when it is pressed."""
    return button.payload or button.text
