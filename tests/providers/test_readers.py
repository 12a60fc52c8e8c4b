"""What every webhook reader keeps: it never raises, whatever the bytes, and what it does not know is an event."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from parley import providers
from parley.model.address import Address
from parley.model.channel import Binding
from parley.model.events import (
    AddressMoved,
    Event,
    InboundMessage,
    NotUnderstood,
    Reachability,
    StatusReport,
    TemplateReport,
)
from parley.model.status import Status

from tests.support.make import binding
from tests.support.platforms import PLATFORMS

BINDINGS = {each.name: Binding.model_validate(binding(provider=each.name, **each.bound)) for each in PLATFORMS}
WORDS = ["whatsapp_business_account", "messages", "message_template_status_update", "sent", "failed", "text", "DELIVRD"]
WORDS += [
    "TEXT_DELIVERED",
    "TEXT_SPAM",
    "APPROVED",
    "REJECTED",
    "1790000000",
    "²",
    "9" * 5000,
    "2026-03-01",
    "0001-01-01",
]
FIELDS = [
    "object",
    "entry",
    "changes",
    "field",
    "value",
    "metadata",
    "statuses",
    "messages",
    "contacts",
    "errors",
    "id",
]
FIELDS += [
    "status",
    "timestamp",
    "type",
    "from",
    "wa_id",
    "user_id",
    "code",
    "title",
    "text",
    "context",
    "parley",
    "time",
]
FIELDS += ["event", "message_template_id", "rejection_info", "reason", "biz_opaque_callback_data", "recipient_id"]
FIELDS += ["update_id", "message", "edited_message", "channel_post", "callback_query", "poll", "poll_answer"]
FIELDS += ["my_chat_member", "message_reaction", "chat", "date", "message_id", "photo", "document", "file_id", "user"]
FIELDS += ["new_chat_member", "migrate_to_chat_id", "reply_to_message", "voter_chat", "poll_id", "data"]
FIELDS += ["detail", "eventType", "eventTimestamp", "messageId", "reference", "error", "phone_number_id"]
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(WORDS)


def _deeper(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=6)


JSON = st.recursive(SCALARS, _deeper, max_leaves=25)


UPDATES = ["message", "edited_message", "channel_post", "callback_query", "poll", "poll_answer", "message_reaction"]
CHAT = {"chat": {"id": 4211}, "message_id": 7, "id": "8", "user": {"id": 4211}, "from": {"id": 4211}}


def updates(each: Any) -> Iterator[Any]:
    """A bot's updates of every kind around it, with enough beside it to be read."""
    for name in [*UPDATES, "my_chat_member"]:
        yield {"update_id": 1, name: each}
        yield {"update_id": 1, name: {**CHAT, **(each if isinstance(each, dict) else {"photo": each})}}


def status_body(each: Any) -> Any:
    value = {"metadata": {"phone_number_id": "1"}, "statuses": [each], "messages": [each], "contacts": [each]}
    changes = [{"field": "messages", "value": value}, {"field": "message_template_status_update", "value": each}]
    return {"object": "whatsapp_business_account", "entry": [{"changes": changes}], "detail": each}


def events_of(name: str, raw: bytes) -> list[Event]:
    found: list[Event] = providers.part(name, "webhook").read(raw, BINDINGS[name])
    assert all(isinstance(event, Event) for event in found)
    for text in texts(found):
        assert isinstance(text, str)
    return found


def texts(found: list[Event]) -> Iterator[Any]:
    """What is looked up, compared and stored as text must be text."""
    for event in found:
        if isinstance(event, StatusReport):
            yield from (event.sender_id, event.provider_id, event.echo or "")
            assert 0 <= event.at < 10**14
        if isinstance(event, InboundMessage):
            yield from (event.sender_id, event.provider_id, event.kind)
            assert all(isinstance(each, Address) for each in event.people)
            assert 0 <= event.at < 10**14
        if isinstance(event, TemplateReport):
            yield from (event.provider_id, event.reason or "")
        if isinstance(event, Reachability):
            yield from (event.sender_id, event.code)
            assert isinstance(event.person, Address)
            assert 0 <= event.at < 10**14
        if isinstance(event, AddressMoved):
            yield event.sender_id
            assert isinstance(event.old, Address)
            assert isinstance(event.new, Address)


@pytest.mark.parametrize("name", BINDINGS)
@settings(max_examples=150)
@given(body=JSON)
def test_any_json(name: str, body: Any) -> None:
    events_of(name, json.dumps(body).encode())
    events_of(name, json.dumps(status_body(body)).encode())
    for update in updates(body) if name == "telegram" else ():
        events_of(name, json.dumps(update).encode())


OBJECTS = st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=12)


@pytest.mark.parametrize("name", BINDINGS)
@settings(max_examples=150)
@given(body=OBJECTS)
def test_any_object_where_a_report_belongs(name: str, body: dict[str, Any]) -> None:
    found = events_of(name, json.dumps(body if name == "sms_http" else status_body({"id": "w", **body})).encode())
    assert found


@pytest.mark.parametrize("name", BINDINGS)
@given(raw=st.binary(max_size=200))
def test_any_bytes(name: str, raw: bytes) -> None:
    events_of(name, raw)


@pytest.mark.parametrize("name", BINDINGS)
@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe",
        b"null",
        b"17",
        b'"x"',
        b"{}",
        b"not json",
        b"[" * 100_000,
        b'{"a":' * 5000,
        b"NaN",
        b'{"id": 1',
    ],
)
def test_what_says_nothing_is_counted_as_such(name: str, raw: bytes) -> None:
    found = events_of(name, raw)
    assert [type(event) for event in found] == [NotUnderstood]


@pytest.mark.parametrize("name", BINDINGS)
def test_without_a_binding_nothing_raises(name: str) -> None:
    found = providers.part(name, "webhook").read(b'{"object": "whatsapp_business_account"}', None)
    assert [type(event) for event in found] == [NotUnderstood]


@pytest.mark.parametrize("name", BINDINGS)
def test_only_statuses_that_a_report_can_bring(name: str) -> None:
    statuses = getattr(providers.part(name, "webhook"), "STATUSES", {"x": Status.SENT})
    assert {*statuses.values()} <= {Status.SENT, Status.DELIVERED, Status.READ, Status.FAILED}
