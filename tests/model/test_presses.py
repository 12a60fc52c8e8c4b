"""The token in the payload of a pressed button, and which button it was."""

import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parley.model.components import Component
from parley.model.presses import Pressed, Token, find, quick_replies, take_token, with_token
from pydantic import TypeAdapter

from tests.support.make import MESSAGE, TOKEN, body, buttons, carousel, link, quick

tokens = st.builds(Token, st.uuids().map(str), st.integers(0, 99))
lookalikes = st.builds(lambda token, rest: with_token(rest, token, 10**6), tokens, st.text(max_size=20))
payloads = st.one_of(st.text(max_size=256), lookalikes, st.just(TOKEN), st.just(f"{TOKEN}07"))


@given(payloads, tokens, st.sampled_from([64, 128]))
def test_any_payload_survives_the_way_there_and_back(payload: str, token: Token, limit: int) -> None:
    sent = with_token(payload, token, limit)
    found, own = take_token(sent)
    assert own == payload
    assert found in (token, None)
    assert (found == token) or len(payload.encode()) > limit - 27
    assert len(sent.encode()) <= max(limit, len(payload.encode()) + 27)


@given(st.text(max_size=200))
def test_what_is_not_ours_stays_as_it_is(data: str) -> None:
    assert take_token(data) == (None, data)


def test_how_it_is_written() -> None:
    assert with_token("yes", Token(MESSAGE, 7), 128) == f"{TOKEN}07yes"
    assert with_token("", Token(MESSAGE, 0), 128) == f"{TOKEN}00"
    assert with_token("yes", None, 128) == "yes"
    assert take_token(f"{TOKEN}07yes") == (Token(MESSAGE, 7), "yes")


@pytest.mark.parametrize(
    "data",
    [
        TOKEN,
        f"{TOKEN}0",
        f"{TOKEN}\u0660\u0667",  # digits, but not ours
        f"x{TOKEN}07",
        f"{TOKEN[:-1]}h07",  # the last character has bits that no id has
        f"P1{TOKEN[2:]}07",
    ],
)
def test_almost_a_token_is_none(data: str) -> None:
    assert take_token(data) == (None, data)


def parts(*wire: dict[str, Any]) -> list[Component]:
    return TypeAdapter(list[Component]).validate_python(list(wire))


CARD = [body("Blue."), buttons(quick("More", payload="more-blue"), link("https://a.test"))]
OTHER = [body("Red."), buttons(quick("More", payload="more-red"), link("https://a.test"))]
SHOWN = parts(body("Look:"), carousel(CARD, OTHER), buttons(link("https://a.test"), quick("Yes"), quick("Stop")))


def test_quick_replies_are_numbered_in_order() -> None:
    assert [(each.text, each.payload) for each in quick_replies(SHOWN)] == [
        ("More", "more-blue"),
        ("More", "more-red"),
        ("Yes", None),
        ("Stop", None),
    ]


def pressed(number: int | None = None, text: str | None = None, payload: str | None = None) -> int | None:
    """The number of the button that is found."""
    token = None if number is None else Token(str(uuid.uuid4()), number)
    found = find(SHOWN, Pressed(text, payload, token))
    return next((n for n, each in enumerate(quick_replies(SHOWN)) if each is found), None)


def test_a_button_is_found_by_its_number() -> None:
    assert pressed(1, "More", "more-red") == 1
    assert pressed(3, "Stop", "Stop") == 3
    assert pressed(3, None, "Stop") == 3


def test_or_by_its_words() -> None:
    assert pressed(None, "More", "more-red") == 1
    assert pressed(None, "Yes", "Yes") == 2
    assert pressed(None, None, "more-red") == 1


def test_a_number_whose_button_says_something_else_now_does_not_count() -> None:
    assert pressed(2, "Stop", "Stop") == 3
    assert pressed(2, "No", "No") is None


def test_what_no_button_says_is_none() -> None:
    assert pressed(None, "Perhaps", "Perhaps") is None
    assert pressed(99, "Perhaps", "Perhaps") is None
    assert pressed() is None
