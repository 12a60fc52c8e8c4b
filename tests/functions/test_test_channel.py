"""test_channel: tries the credential and the webhook, and sends to oneself where one asks for it."""

import pytest
from parley.cloud import clock
from parley.model.channel import Connection
from parley.store import channels

from tests.support import builders, kept
from tests.support.builders import ORGANIZATION, WHATSAPP
from tests.support.events import LEFT_OUT, call
from tests.support.time import NOW
from tests.support.wire import Wire, refusal


def steps(body: object = None) -> list[tuple[str, bool]]:
    answer = call("test_channel", {"to": LEFT_OUT} if body is None else None)
    assert answer.status == 200
    assert answer.body["ok"] == all(step["ok"] for step in answer.body["steps"])
    return [(step["step"], step["ok"]) for step in answer.body["steps"]]


@pytest.fixture(autouse=True)
def _bound() -> None:
    builders.organization()
    builders.whatsapp()


def test_all_is_well(wire: Wire) -> None:
    assert steps() == [("credential", True), ("webhook", True)]
    assert wire.calls == [f"GET {builders.PHONE_ID}", "GET subscribed_apps"]
    assert kept.states() == []
    assert [event["detail"] for event in call("list_channel_events").body["items"]] == ["ok"]


def test_with_a_person_it_sends() -> None:
    builders.wrote(NOW)
    assert steps("with the sample's person") == [("credential", True), ("webhook", True), ("message", True)]
    assert [state["to"] for state in kept.states()] == [f"phone:{builders.PERSON}"]


def test_outside_a_window_it_says_so() -> None:
    assert steps("with the sample's person")[-1] == ("message", False)
    assert kept.states() == []


def test_a_dead_credential(wire: Wire) -> None:
    wire.answers[f"GET {builders.PHONE_ID}"] = refusal(190, 401)
    assert steps("with the sample's person") == [("credential", False), ("webhook", True)]


def test_a_lost_subscription(wire: Wire) -> None:
    wire.answers["GET subscribed_apps"] = {"data": []}
    assert steps() == [("credential", True), ("webhook", False)]
    assert call("list_channel_events").body["items"][0]["detail"] == "failed: webhook"


def test_a_platform_that_answers_again_connects_the_channel() -> None:
    found = channels.get(ORGANIZATION, WHATSAPP)
    assert found is not None
    channels.change(found, {"connection": Connection.DISCONNECTED}, clock.now())
    steps()
    assert call("get_channel").body["connection"] == "connected"
    assert [timer["kind"] for timer in kept.queued("TimersQueue")] == ["release"]


def test_an_unbound_channel() -> None:
    call("unbind_channel")
    assert steps() == [("bound", False)]
