"""A fallback policy on the deployed stack: made, used, counted from the table's stream, and kept while it is in use."""

from typing import Any

import pytest

from tests.support.stack_client import Json, Shop, eventually
from tests.support.stack_simulators import Simulators

RULES, POLICIES = "/fallback_rules", "/fallback_policies"
FATES = {0: "delivered", 2: "accepted", 1026: "failed"}


@pytest.fixture(scope="module")
def rule(shop: Shop) -> str:
    new = {"name": "By SMS", "type": "SMS", "channel_id": shop.sms}
    made = shop.organization.call("POST", RULES, new, expect=201, idempotency="rule-1")
    assert shop.organization.call("POST", RULES, new, expect=201, idempotency="rule-1") == made
    return str(made["id"])


@pytest.fixture(scope="module")
def policy(shop: Shop, rule: str) -> str:
    owner = shop.organization
    wrong = {"name": "SMS instead", "steps": [{"rule_id": rule, "wait": 5}, {"rule_id": shop.sms, "wait": 60}]}
    told = owner.call("POST", POLICIES, wrong, expect=422)["errors"]
    assert [each["field"] for each in told] == ["steps.1.rule_id", "steps.0.wait"]
    made = owner.call("POST", POLICIES, {"name": "SMS instead", "steps": [{"rule_id": rule}]}, expect=201)
    step = {"rule_id": rule, "wait": 10, "text": "$(name), your order is ready."}
    owner.call("PATCH", f"{POLICIES}/{made['id']}", {"steps": [step]})
    assert [each["id"] for each in owner.call("GET", POLICIES)["items"]] == [made["id"]]
    return str(made["id"])


def _totals(shop: Shop, policy: str) -> list[Json]:
    return list(shop.organization.call("GET", f"{POLICIES}/{policy}/statistics")["total"])


def _wanted(total: list[Json]) -> bool:
    if len(total) < 2:
        return False
    first, by_sms = total
    return (first["delivered"], first["failed"], by_sms["fired"], by_sms["delivered"]) == (
        1,
        {"undeliverable": 1},
        {"undelivered": 1, "failed": 1},
        by_sms["sent"],
    )


def test_who_does_not_get_it_gets_an_sms_and_all_of_it_is_counted(
    shop: Shop, simulators: Simulators, policy: str
) -> None:
    owner = shop.organization
    sent = {fate: shop.send(simulators.person(fate), fallback_policy_id=policy)["id"] for fate in FATES}
    for fate, status in FATES.items():
        owner.reaches(sent[fate], status)
    for fate in (2, 1026):
        copy = eventually(lambda: owner.message(sent[fate])["fallback"]["message_id"], 30)  # noqa: B023 - asked at once
        shown: dict[str, Any] = owner.message(copy)
        assert (shown["text"], shown["fallback_policy_id"]) == ("Ana, your order is ready.", policy)
    eventually(lambda: _wanted(_totals(shop, policy)), 30, lambda: _totals(shop, policy))


def test_what_is_in_use_stays(shop: Shop, simulators: Simulators, rule: str, policy: str) -> None:
    owner = shop.organization
    later = shop.send(simulators.person(0), fallback_policy_id=policy, send_at="2027-01-01T09:00:00Z")["id"]
    assert owner.call("DELETE", f"{POLICIES}/{policy}", expect=409)["code"] == "policy_in_use"
    assert owner.call("DELETE", f"{RULES}/{rule}", expect=409)["code"] == "rule_in_use"
    owner.call("POST", f"/messages/{later}/cancel")
    owner.call("DELETE", f"{POLICIES}/{policy}", expect=204)
    owner.call("DELETE", f"{RULES}/{rule}", expect=204)
    owner.call("GET", f"{POLICIES}/{policy}", expect=404)
