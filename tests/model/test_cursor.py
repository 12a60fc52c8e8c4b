"""Cursors: they read back for the question they were given for, and for no other."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parley.errors import Malformed
from parley.model import cursor

POSITION = {"pk": "ORG#1", "listed_at": 17, "nested": {"at": 1, "start": None}}


def refused(text: str, **question: Any) -> None:
    with pytest.raises(Malformed) as caught:
        cursor.decode(text, **question)
    assert caught.value.code == "bad_cursor"


def wire(text: str | bytes) -> str:
    raw = text.encode() if isinstance(text, str) else text
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def test_reads_back_and_the_end_is_nothing() -> None:
    text = cursor.encode(POSITION, organization="o", status=None)
    assert cursor.decode(text, status=None, organization="o") == POSITION
    assert cursor.encode(None, organization="o") is None
    assert cursor.decode(None, organization="o") is None


@pytest.mark.parametrize("other", [{"organization": "p"}, {"organization": "o", "status": "read"}, {}])
def test_is_tied_to_the_question(other: dict[str, str]) -> None:
    refused(str(cursor.encode(POSITION, organization="o")), **other)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "====",
        "é",
        "\ud800",
        "a b",
        "A" * 2001,
        wire("{}"),
        wire("[]"),
        wire("[1,2,3]"),
        wire('{"a":1,"b":2}'),
        wire("null"),
        wire("1"),
        wire('["x",{}]'),
        wire(b"\xff\xfe"),
        wire('"ab"'),
        wire("[" * 5000),
        wire("[NaN, 1]"),
    ],
)
def test_refuses_what_it_never_gave(text: str) -> None:
    refused(text, organization="o")


@pytest.mark.parametrize("position", [None, 1, "x", [1], True])
def test_a_position_is_an_object(position: Any) -> None:
    asked = json.loads(base64.urlsafe_b64decode(str(cursor.encode({}, q=1)) + "=="))[0]
    refused(wire(json.dumps([asked, position])), q=1)


@given(st.text(max_size=200))
def test_any_text_is_refused_and_nothing_else_happens(text: str) -> None:
    refused(text, organization="o")


KEYS = st.dictionaries(st.text(max_size=9), st.text() | st.integers() | st.none(), max_size=5)


@given(KEYS, KEYS.map(lambda q: {f"q{name}": value for name, value in q.items()}))
def test_every_position_survives_an_address_bar(position: dict[str, Any], question: dict[str, Any]) -> None:
    text = str(cursor.encode(position, **question))
    assert cursor.decode(text, **question) == position
    assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
