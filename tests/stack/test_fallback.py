"""The SMS instead: when it goes out, that it goes out once, and what late evidence changes."""

from typing import Any

import pytest

from local import clock
from local.stack import Stack
from tests.support.stack_client import Json, Shop, eventually
from tests.support.stack_simulators import Simulators

HOURS = 3


@pytest.fixture(scope="module")
def sent(shop: Shop, simulators: Simulators) -> Json:
    """All at once, because each waits ten seconds."""

    def send(behaviour: int, more: Json | None = None, **policy: Any) -> Json:
        return shop.send(simulators.person(behaviour), fallback=shop.fallback(**policy), **(more or {}))

    with simulators.settings(whatsapp={"late_seconds": 14, "duplicates": 3}):
        return {
            "hours": send(2, wait=HOURS * 3600),
            "silent": send(2),
            "late": send(4),
            "unread": send(0, trigger="unread"),
            "read": send(1, trigger="unread"),
            "faulty": send(1, {"variables": {"name": "Ana"}}, trigger="send_failed", wait=None),
            "no wait": send(2, wait=None),
            "other person": send(2, to=simulators.person(5001)),
        }


def _copy(shop: Shop, message: str) -> Json:
    """The message that went out instead."""
    owner = shop.organization
    found = eventually(lambda: owner.message(message)["fallback"]["message_id"], 30, lambda: owner.message(message))
    eventually(
        lambda: owner.ask("GET", f"/messages/{found}").status_code == 200, 10, found
    )  # its id is known before it
    return owner.message(found)


def _is_once(simulators: Simulators, to: str) -> bool:
    return len(simulators.log(to, "sms_voice")) == 1


def test_a_fault_of_ours_falls_back_at_once(shop: Shop, simulators: Simulators, sent: Json) -> None:
    message = shop.organization.message(sent["faulty"]["id"])
    assert (message["status"], message["error"]["code"]) == ("failed", "variable_missing")
    shop.organization.reaches(_copy(shop, message["id"])["id"], "delivered")
    assert simulators.log(message["to"]["value"], "whatsapp") == []
    assert _is_once(simulators, message["to"]["value"])


def test_silence_falls_back_after_the_wait(shop: Shop, simulators: Simulators, sent: Json) -> None:
    copy = _copy(shop, sent["silent"]["id"])
    message = shop.organization.message(sent["silent"]["id"])
    times = {entry["status"]: entry["at"] for entry in message["timeline"]}
    assert message["fallback"]["reason"] == "undelivered"
    assert message["fallback"]["fired_at"] >= times["accepted"]
    shop.organization.reaches(copy["id"], "delivered")
    assert _is_once(simulators, message["to"]["value"])


def test_what_arrives_afterwards_is_late(shop: Shop, simulators: Simulators, sent: Json) -> None:
    copy = _copy(shop, sent["late"]["id"])
    late = shop.organization.reaches(sent["late"]["id"], "delivered", 30)
    assert late["late"] is True
    assert shop.organization.reaches(copy["id"], "delivered")["late"] is False
    assert _is_once(simulators, late["to"]["value"])


def test_unread(shop: Shop, simulators: Simulators, sent: Json) -> None:
    copy = _copy(shop, sent["unread"]["id"])
    unread = shop.organization.message(sent["unread"]["id"])
    assert (unread["status"], unread["fallback"]["reason"]) == ("delivered", "unread")
    shop.organization.reaches(copy["id"], "delivered")
    assert _is_once(simulators, unread["to"]["value"])
    read = shop.organization.reaches(sent["read"]["id"], "read")
    assert read["fallback"]["message_id"] is None
    assert simulators.log(read["to"]["value"], "sms_voice") == []


def test_another_person_and_an_sms_that_fails(shop: Shop, sent: Json) -> None:
    copy = shop.organization.reaches(_copy(shop, sent["other person"]["id"])["id"], "failed")
    assert copy["to"]["value"].startswith("+491515001")
    assert (copy["error"]["code"], copy["error"]["retryable"]) == ("undeliverable", True)


def test_hours_of_waiting(stack: Stack, shop: Shop, simulators: Simulators, sent: Json) -> None:
    assert shop.organization.message(sent["hours"]["id"])["fallback"]["fired_at"] is None
    clock.shift(stack, HOURS * 3600)
    shop.organization.reaches(_copy(shop, sent["hours"]["id"])["id"], "delivered")
    assert _is_once(simulators, sent["hours"]["to"]["value"])
    assert shop.organization.message(sent["no wait"]["id"])["fallback"]["fired_at"] is None
