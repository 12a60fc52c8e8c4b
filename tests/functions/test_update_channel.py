"""update_channel: only what is given changes."""

import json

import pytest

from tests.support import builders, kept
from tests.support.events import LEFT_OUT, Json, call, refused, sample
from tests.support.time import Clock

NOTHING: Json = {"name": LEFT_OUT, "description": LEFT_OUT}


@pytest.fixture(autouse=True)
def _bound() -> None:
    builders.organization()
    builders.whatsapp()


def test_changes_what_is_given_and_nothing_else(time: Clock) -> None:
    before = call("get_channel").body
    time.forward(60)
    answer = call("update_channel")
    changes = json.loads(sample("update_channel")["body"])
    assert (answer.status, answer.body) == (200, before | changes | {"updated_at": time.text()})
    assert changes.items() <= kept.items("CHANNEL#")[0].items()


def test_an_empty_change_changes_nothing(time: Clock) -> None:
    time.forward(60)
    with kept.nothing_changes():
        assert call("update_channel", NOTHING) == call("get_channel")


def test_activity_and_connection_are_two_things() -> None:
    body = call("update_channel", NOTHING | {"is_active": False}).body
    assert (body["is_active"], body["connection"]) == (False, "connected")


def test_what_was_held_goes_on_when_it_is_active_again() -> None:
    call("update_channel", {"is_active": False})
    assert kept.queued("TimersQueue") == []
    call("update_channel", {"is_active": True})
    assert [timer["kind"] for timer in kept.queued("TimersQueue")] == ["release"]


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"name": "x" * 51}, "string_too_long", "name"),
        ({"name": ""}, "string_too_short", "name"),
        ({"description": "x" * 151}, "string_too_long", "description"),
        ({"settings": {"note": "x" * 4096}}, "value_error", "settings"),
        ({"type": "SMS"}, "unknown_field", "type"),
        ({"connection": "connected"}, "unknown_field", "connection"),
        ({"is_active": "perhaps"}, "bool_parsing", "is_active"),
    ],
)
def test_bad_changes(change: Json, code: str, field: str) -> None:
    with kept.nothing_changes():
        assert refused(call("update_channel", change)) == (422, code, [field])
