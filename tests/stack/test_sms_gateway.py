"""A customer's own SMS gateway, described by data: what it answers, and reports by our id or by its own."""

import pytest

from local import clock
from local.stack import Stack
from tests.support.stack_client import Json, Shop, eventually
from tests.support.stack_simulators import Simulators

CREDENTIALS = {"token": "gw-local-1", "report_secret": "gw-local-secret"}


def _settings(simulators: Simulators, *left_out: str) -> Json:
    names = ("to", "from", "text", "reference", "callback_url")
    body = {name: f"$({name})" for name in names if name not in left_out}
    success = {"pattern": '*"status": "OK"*', "id_path": "id", "error_path": "code"}
    url = simulators.urls["sms_gateway_url"] + "/send"
    return {"gateway": "HTTP", "url": url, "sender_id": "ACME", "body": body, "success": success}


@pytest.fixture(scope="module")
def by_echo(shop: Shop, simulators: Simulators) -> str:
    return shop.organization.sms(_settings(simulators), CREDENTIALS)


@pytest.fixture(scope="module")
def by_its_id(shop: Shop, simulators: Simulators) -> str:
    return shop.organization.sms(_settings(simulators, "reference"), CREDENTIALS)


def _send(shop: Shop, channel: str, to: str) -> str:
    return str(shop.organization.send(channel, to, type="text", text="Your order is ready.")["id"])


@pytest.mark.parametrize(
    ("behaviour", "status", "code", "served"),
    [
        (1, "delivered", None, 1),
        (5001, "failed", "not_delivered", 1),
        (5002, "accepted", None, 1),
        (5003, "failed", "rejected", 0),
        (5004, "delivered", None, 1),
        (5005, "delivered", None, 1),
        (5012, "failed", "not_delivered", 1),
    ],
)
def test_what_the_gateway_says(
    shop: Shop, simulators: Simulators, by_echo: str, behaviour: int, status: str, code: str | None, served: int
) -> None:
    to = simulators.person(behaviour)
    found = shop.organization.reaches(_send(shop, by_echo, to), status)
    assert (found["error"] or {}).get("code") == code
    assert len(simulators.log(to, "sms_gateway")) == served


def test_what_nobody_knows(stack: Stack, shop: Shop, simulators: Simulators, by_echo: str) -> None:
    people = [simulators.person(behaviour) for behaviour in (5006, 5008)]
    sent = [_send(shop, by_echo, to) for to in people]
    for each in sent:
        shop.organization.reaches(each, "unknown")
    clock.shift(stack, 30)  # past the time in which a receipt could tell
    assert [shop.organization.reaches(each, "failed")["error"]["code"] for each in sent] == ["outcome_unknown"] * 2
    assert [len(simulators.log(to, "sms_gateway")) for to in people] == [0, 1]


def test_reports_by_the_gateways_own_id(shop: Shop, simulators: Simulators, by_its_id: str) -> None:
    with simulators.settings(sms_gateway={"report_seconds": 0, "duplicates": 2}):  # faster than our own record
        sent = [_send(shop, by_its_id, simulators.person(1)) for _ in range(3)]
        failed = _send(shop, by_its_id, simulators.person(5001))
        for each in sent:
            message = shop.organization.reaches(each, "delivered", 30)
            [entry] = simulators.log(message["to"]["value"])
            assert (entry["id"], entry["reference"]) == (message["provider_message_id"], None)
        shop.organization.reaches(failed, "failed", 30)


def test_forged_reports_change_nothing(shop: Shop, simulators: Simulators, by_echo: str) -> None:
    with simulators.settings(sms_gateway={"bad_signature": True}):
        message = _send(shop, by_echo, simulators.person(1))
        shop.organization.reaches(message, "delivered")
        eventually(lambda: simulators.get("/webhooks")["sms_gateway"]["forged_refused"], 20)
    assert simulators.get("/webhooks")["sms_gateway"]["forged_accepted"] == 0
    assert shop.organization.message(message)["error"] is None
    eventually(lambda: "webhook_refused" in shop.organization.events(by_echo), 20)


def test_it_is_the_fallback_too(shop: Shop, simulators: Simulators, by_echo: str) -> None:
    to = simulators.person(1026)
    sent = shop.send(to, fallback={"channel_id": by_echo, "text": "Your order is ready."})
    copy = eventually(lambda: shop.organization.message(sent["id"])["fallback"]["message_id"], 20)
    shop.organization.reaches(copy, "delivered")
    assert [entry["text"] for entry in simulators.log(to, "sms_gateway")] == ["Your order is ready."]


def test_a_token_that_died(shop: Shop, simulators: Simulators, by_its_id: str) -> None:
    simulators.post("/tokens/revoke", token=CREDENTIALS["token"])
    sent = _send(shop, by_its_id, simulators.person(1))
    eventually(lambda: shop.organization.message(sent)["held"] == "channel", 20)
    simulators.post("/tokens/restore", token=CREDENTIALS["token"])
    assert shop.organization.call("POST", f"/channel_accounts/{by_its_id}/test", {})["ok"]
    shop.organization.reaches(sent, "delivered")
