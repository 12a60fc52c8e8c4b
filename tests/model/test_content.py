"""What can be said at all, whatever the channel: one source of a file, one purpose of a button or a keyboard."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parley.model.content import (
    FIELDS,
    Button,
    ContactCard,
    Content,
    Key,
    Keyboard,
    Kind,
    Location,
    Media,
    Poll,
    Source,
)
from parley.model.message import NewMessage
from pydantic import BaseModel, ValidationError

LINK = "https://a.test/f.pdf"
POLL: dict[str, Any] = {"question": "Best day?", "options": ["Mon", "Tue"]}


@pytest.mark.parametrize(
    ("model", "given"),
    [
        (Media, {}),
        (Media, {"caption": "x"}),
        (Media, {"link": LINK, "upload": "u1"}),
        (Media, {"link": LINK, "provider_id": "F1"}),
        (Media, {"upload": "u1", "provider_id": "F1"}),
        (Media, {"link": "http://a.test/f.pdf"}),
        (Media, {"link": "javascript:https://a"}),
        (Media, {"link": "https://" + "x" * 2000}),
        (Media, {"upload": "../u1"}),
        (Media, {"upload": ""}),
        (Media, {"provider_id": ""}),
        (Media, {"link": LINK, "colour": "red"}),
        (Location, {"latitude": 90.1, "longitude": 0}),
        (Location, {"latitude": 0, "longitude": -180.1}),
        (Location, {"latitude": "nan", "longitude": 0}),
        (Location, {"latitude": 0, "longitude": 0, "name": "Shop"}),
        (Location, {"latitude": 0, "longitude": 0, "address": "Main St 1"}),
        (ContactCard, {"phone": "12", "first_name": "A"}),
        (ContactCard, {"phone": "+34600111222", "first_name": ""}),
        (Poll, {**POLL, "options": []}),
        (Poll, {**POLL, "options": ["x"] * 13}),
        (Poll, {**POLL, "options": ["x" * 101]}),
        (Poll, {**POLL, "options": [""]}),
        (Poll, {**POLL, "question": "x" * 301}),
        (Poll, {**POLL, "correct": 2}),
        (Poll, {**POLL, "correct": -1}),
        (Poll, {**POLL, "correct": 0, "multiple": True}),
        (Poll, {**POLL, "explanation": "Why?"}),
        (Poll, {**POLL, "correct": 0, "explanation": "a\nb\nc\nd"}),
        (Poll, {**POLL, "open_for": 4}),
        (Poll, {**POLL, "open_for": 2_628_001}),
        (Button, {"text": "x"}),
        (Button, {"text": "x", "payload": ""}),
        (Button, {"text": "x", "payload": "y", "url": "https://a.test"}),
        (Button, {"text": "", "payload": "y"}),
        (Button, {"text": "x", "url": "https://localhost"}),
        (Button, {"text": "x", "url": "tg://user?id=1"}),
        (Button, {"text": "x", "url": "javascript:alert(1)"}),
        (Key, {"text": "x", "request": "poll"}),
        (Keyboard, {}),
        (Keyboard, {"rows": [[]]}),
        (Keyboard, {"rows": [[{"text": "x"}]], "remove": True}),
        (Keyboard, {"remove": True, "ask": True}),
    ],
)
def test_what_nobody_can_say(model: type[BaseModel], given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        model.model_validate(given)


@pytest.mark.parametrize(
    ("model", "given"),
    [
        (Location, {"latitude": -90, "longitude": 180}),
        (Location, {"latitude": 0, "longitude": 0, "name": "Shop", "address": "Main St 1"}),
        (Poll, {**POLL, "options": ["x"]}),
        (Poll, {**POLL, "options": ["x" * 100] * 12}),
        (Poll, {**POLL, "correct": 1, "explanation": "a\nb\nc"}),
        (Poll, {**POLL, "open_for": 5}),
        (Button, {"text": "x", "url": "http://a.test/?q=1"}),
        (Keyboard, {"ask": True, "placeholder": "Order no"}),
    ],
)
def test_the_limits_themselves_fit(model: type[BaseModel], given: dict[str, Any]) -> None:
    assert model.model_validate(given).model_dump(exclude_unset=True) == given


@pytest.mark.parametrize(("source", "value"), [("link", LINK), ("upload", "u-1_x"), ("provider_id", "AgA/+=")])
def test_a_file_says_where_it_comes_from(source: str, value: str) -> None:
    assert Media.model_validate({source: value}).source is Source(source)
    others: dict[str, Any] = {str(each): None for each in Source if each != source}
    assert Media.model_validate({source: value, **others}).source is Source(source)


def test_every_kind_has_a_field_of_its_own() -> None:
    assert set(FIELDS) == set(Kind)
    assert set(FIELDS.values()) <= set(Content.model_fields)


def test_an_album_holds_only_what_albums_show() -> None:
    with pytest.raises(ValidationError):
        Content.model_validate({"type": "album", "album": [{"type": "sticker", "link": LINK}]})


def test_what_a_send_says_is_what_is_kept() -> None:
    said = {"type": "text", "text": "Hi", "format": "html", "buttons": [[{"text": "x", "payload": "y"}]]}
    new = NewMessage.model_validate({"channel_id": "c", "to": "4211", **said})
    kept = new.content()
    assert {name: kept.model_dump(mode="json", exclude_unset=True)[name] for name in ("type", "text", "format")} == {
        "type": "text",
        "text": "Hi",
        "format": "html",
    }
    assert Content.model_validate(kept.model_dump(mode="json")) == kept


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_every_place_on_earth_survives_being_kept(latitude: float, longitude: float) -> None:
    content = Content.model_validate({"type": "location", "location": {"latitude": latitude, "longitude": longitude}})
    assert Content.model_validate_json(content.model_dump_json()) == content
