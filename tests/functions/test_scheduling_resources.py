"""scheduling_resources: the pool of numbers for one-time codes, as the operator manages it."""

from typing import Any

import pytest
from parley.model.scheduling import NewSchedulingResource
from parley.operations import scheduling_resources
from parley.store import bindings, channels
from parley.store import scheduling as store

from tests.support import builders, kept
from tests.support.builders import ORGANIZATION, PROVIDER, SMS, STRANGER, WHATSAPP
from tests.support.events import LEFT_OUT, Answer, Json, call, refused
from tests.support.time import NOW, Clock

RESOURCE = "5b0f8c1e-9a77-4f1d-8c55-2d7a3b6e9f10"
OPERATIONS = {"create": "resource", "list": "resources", "get": "resource", "update": "resource", "delete": "resource"}
HEALTHY = {"healthy": True, "failures": 0, "misses": 0, "rests_until": None, "used": 0}


@pytest.fixture(autouse=True)
def _channel() -> None:
    builders.provider()
    builders.organization(STRANGER)
    builders.whatsapp()


def ask(verb: str, body: Json | None = None, **changes: Any) -> Answer:
    return call(f"scheduling_resources.{verb}_scheduling_{OPERATIONS[verb]}", body, **changes)


def made(**fields: Any) -> str:
    return str(ask("create", fields, headers={"idempotency-key": None}).body["id"])


def of(resource: str) -> Json:
    return {"path": {"resource_id": resource}}


def test_a_number_is_added() -> None:
    answer = ask("create")
    assert answer.status == 201
    wanted = {"organization_id": ORGANIZATION, "channel_id": WHATSAPP, "countries": ["ES", "PT"], "capacity": 600}
    assert answer.body | wanted == answer.body
    assert (answer.body["enabled"], answer.body["health"]) == (True, HEALTHY)
    assert ask("get", **of(answer.body["id"])).body == answer.body
    assert ask("list").body == {"items": [answer.body], "next": None}


def test_a_repeat_adds_nothing() -> None:
    first = ask("create")
    with kept.nothing_changes():
        assert ask("create").body == first.body
        assert refused(ask("create", {"capacity": 5}))[:2] == (409, "idempotency_key_reused")


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"countries": ["ES", "XX"]}, "unknown_country", "countries.1"),
        ({"countries": ["Spain"]}, "string_too_long", "countries.0"),
        ({"countries": []}, "too_short", "countries"),
        ({"countries": LEFT_OUT}, "field_missing", "countries"),
        ({"capacity": 0}, "greater_than_equal", "capacity"),
        ({"channel_id": RESOURCE}, "sender_not_ours", "channel_id"),
        ({"channel_id": SMS}, "otp_scheduling_not_available", "channel_id"),
        ({"health": {}}, "unknown_field", "health"),
    ],
)
def test_bad_resources(change: Json, code: str, field: str) -> None:
    builders.sms()
    with kept.nothing_changes():
        assert refused(ask("create", change)) == (422, code, [field])


def test_a_number_that_is_not_ours() -> None:
    """Not even that of our own service provider: it shares its numbers by having them in a pool of its own."""
    theirs = builders.whatsapp("theirs", number="333", organization_id=STRANGER)
    provided = builders.whatsapp("provided", number="444", organization_id=PROVIDER)
    with kept.nothing_changes():
        for channel in (theirs, provided):
            answer = ask("create", {"channel_id": channel.id})
            assert refused(answer) == (422, "sender_not_ours", ["channel_id"])


def test_a_service_provider_adds_its_own_number() -> None:
    provided = builders.whatsapp("provided", number="444", organization_id=PROVIDER)
    answer = ask("create", {"channel_id": provided.id}, organization=PROVIDER)
    assert (answer.status, answer.body["organization_id"]) == (201, PROVIDER)


def test_a_channel_without_a_number() -> None:
    builders.channel("unbound")
    assert refused(ask("create", {"channel_id": "unbound"})) == (422, "channel_unbound", ["channel_id"])


def test_all_faults_at_once() -> None:
    answer = ask("create", {"channel_id": RESOURCE, "countries": ["XX"]})
    assert refused(answer) == (422, "sender_not_ours", ["channel_id", "countries.0"])


def test_only_what_is_given_changes() -> None:
    resource = ask("create").body["id"]
    assert ask("update", **of(resource)).body["capacity"] == 600
    changed = ask("get", **of(resource)).body
    assert (changed["countries"], changed["enabled"], changed["capacity"]) == (["ES"], False, 600)
    change = {"countries": LEFT_OUT, "enabled": LEFT_OUT, "capacity": None}
    assert ask("update", change, **of(resource)).body == changed | {"capacity": None}
    assert refused(ask("update", {"countries": ["XX"]}, **of(resource))) == (422, "unknown_country", ["countries.0"])
    assert refused(ask("update", {"channel_id": WHATSAPP}, **of(resource)))[1] == "unknown_field"


def test_a_number_is_taken_out() -> None:
    resource = made()
    assert ask("delete", **of(resource)).status == 204
    for verb in ("get", "update", "delete"):
        assert refused(ask(verb, **of(resource)))[:2] == (404, "not_found")
    assert kept.items("RESOURCE#") == []


def test_nobody_sees_the_pool_of_others() -> None:
    resource = made()
    with kept.nothing_changes():
        for verb in ("get", "update", "delete"):
            assert refused(ask(verb, organization=STRANGER, **of(resource)))[:2] == (404, "not_found")
        assert ask("list", organization=STRANGER).body["items"] == []


def test_needs_the_scope_of_channels() -> None:
    with kept.nothing_changes():
        for verb in ("create", "update", "delete"):
            assert refused(ask(verb, scopes="messages,read", **of(RESOURCE)))[:2] == (403, "scope_missing")
    assert ask("list", scopes="read").status == 200


def test_pages() -> None:
    everything = {made(capacity=number) for number in range(1, 4)}
    first = ask("list", query={"limit": "2"}).body
    second = ask("list", query={"limit": "2", "next": first["next"]}).body
    assert (len(first["items"]), len(second["items"]), second["next"]) == (2, 1, None)
    assert {each["id"] for page in (first, second) for each in page["items"]} == everything


def test_shows_its_health(time: Clock) -> None:
    resource = made()
    store.reserve(resource, 600, NOW)
    store.worsen(resource, "misses", NOW)
    for _ in range(3):
        store.worsen(resource, "failures", NOW)
    shown = {"healthy": False, "failures": 3, "misses": 1, "rests_until": time.text(180), "used": 1}
    assert ask("get", **of(resource)).body["health"] == shown
    time.forward(180)
    rested = shown | {"healthy": True, "rests_until": None, "used": 0}
    assert ask("list").body["items"][0]["health"] == rested
    store.heal(resource, "failures")
    assert ask("get", **of(resource)).body["health"] == rested | {"failures": 0}


def test_a_platforms_word_is_never_shortened(time: Clock) -> None:
    resource = made()
    for seconds in (600, 60):
        store.rest(resource, NOW + seconds * 1000, NOW)
    assert ask("get", **of(resource)).body["health"]["rests_until"] == time.text(600)


def test_a_change_of_what_was_deleted_meanwhile_changes_nothing() -> None:
    new = NewSchedulingResource(channel_id=WHATSAPP, countries=["ES"])
    resource = scheduling_resources.create(ORGANIZATION, new, None)
    scheduling_resources.delete(ORGANIZATION, resource.id)
    with kept.nothing_changes():
        assert store.change(resource, {"enabled": False}, NOW) is None


def test_it_outlives_its_channels_binding() -> None:
    """Which is not sent from while it is unbound."""
    resource = made()
    found = channels.get(ORGANIZATION, WHATSAPP)
    assert found
    bindings.unbind(found, [], NOW)
    assert ask("get", **of(resource)).status == 200
