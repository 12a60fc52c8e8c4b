"""create_api_key: shown once, kept as a hash, never more than its maker may."""

import hashlib
import json

import pytest

from tests.support import builders, kept
from tests.support.builders import ORGANIZATION, PROVIDER
from tests.support.events import LEFT_OUT, Json, call, refused
from tests.support.invoke import load
from tests.support.time import Clock


@pytest.fixture(autouse=True)
def _cast() -> None:
    builders.provider()


def test_shows_its_secret_once_and_keeps_its_hash() -> None:
    answer = call("create_api_key")
    secret = answer.body["secret"]
    assert (answer.status, secret[:8], len(secret)) == (201, "sk_live_", 51)
    assert (answer.body["scopes"], answer.body["hint"]) == (["messages", "read"], secret[-4:])
    assert answer.body["expires_at"] == "2027-03-01T00:00:00.000Z"
    assert kept.items(f"APIKEY#{hashlib.sha256(secret.encode()).hexdigest()}")[0]["organization_id"] == ORGANIZATION
    assert secret not in json.dumps(kept.everything(), default=str)


def test_the_secret_is_absent_in_a_repeat() -> None:
    first = call("create_api_key")
    with kept.nothing_changes():
        again = call("create_api_key")
    assert (again.status, again.body) == (201, first.body | {"secret": None})


def test_a_repeat_after_the_end_of_the_key_is_answered_too(time: Clock) -> None:
    first = call("create_api_key", {"expires_at": time.text(60)})
    end = first.body["expires_at"]
    time.forward(61)
    again = call("create_api_key", {"expires_at": end})
    assert (again.status, again.body) == (201, first.body | {"secret": None})


def test_the_key_of_another_request_is_refused() -> None:
    call("create_api_key")
    with kept.nothing_changes():
        assert refused(call("create_api_key", {"name": "Another"}))[:2] == (409, "idempotency_key_reused")


def test_a_service_provider_makes_keys_for_its_customer() -> None:
    answer = call("create_api_key", {"organization_id": ORGANIZATION}, organization=PROVIDER)
    assert (answer.status, answer.body["organization_id"]) == (201, ORGANIZATION)


def test_nobody_gives_away_more_than_they_have() -> None:
    with kept.nothing_changes():
        answer = call("create_api_key", {"scopes": ["keys", "messages"]}, scopes="keys")
        assert refused(answer)[:2] == (403, "scope_missing")


def test_every_scope_can_be_given() -> None:
    scopes = [str(scope) for scope in load("create_organization").api_keys.ALL_SCOPES]
    assert call("create_api_key", {"scopes": scopes}).body["scopes"] == sorted(scopes)


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"scopes": []}, "too_short", "scopes"),
        ({"scopes": ["everything"]}, "unknown_value", "scopes.0"),
        ({"scopes": LEFT_OUT}, "field_missing", "scopes"),
        ({"name": "x" * 51}, "string_too_long", "name"),
        ({"expires_at": "2026-03-01T09:30:00Z"}, "in_the_past", "expires_at"),
        ({"expires_at": "2027-03-01T00:00:00"}, "timezone_aware", "expires_at"),
        ({"expires_at": "someday"}, "datetime_from_date_parsing", "expires_at"),
        ({"secret": "sk_live_mine"}, "unknown_field", "secret"),
    ],
)
def test_bad_keys(change: Json, code: str, field: str) -> None:
    with kept.nothing_changes():
        assert refused(call("create_api_key", change)) == (422, code, [field])
