"""Channels on their platform: claims, tenants, a customer's own app, a dead token, switched off, deleted."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from local import clock
from local.stack import Stack
from tests.support.stack_client import Json, Organization, Shop, eventually, organization
from tests.support.stack_simulators import Simulators

APP, SECRET = "5550001", "another-secret"


@pytest.fixture(scope="module")
def other(make_shop: Callable[[str], Shop]) -> Shop:
    """Somebody who must not see anything of the shop."""
    return make_shop("Globex")


def test_a_number_belongs_to_one_organization(shop: Shop, other: Shop) -> None:
    body = {"settings": shop.number.settings, "credentials": {"access_token": "EAA-local-2"}}
    answer = other.organization.ask("POST", f"/channel_accounts/{other.whatsapp}/bind", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "sender_claimed")
    assert other.organization.channel(other.whatsapp)["binding"]["sender_id"] == other.number.id


def test_what_is_foreign_does_not_exist(shop: Shop, other: Shop, simulators: Simulators) -> None:
    channel, template = f"/channel_accounts/{shop.whatsapp}", next(_templates(shop))
    message = f"/messages/{shop.send(simulators.person(1))['id']}"
    paths = [channel, f"{channel}/health", f"{channel}/events", f"{channel}/service_settings", template, message]
    answers = [other.organization.ask("GET", path) for path in paths]
    answers += [other.organization.ask("POST", f"{channel}/{verb}", {}) for verb in ("bind", "unbind", "test")]
    answers += [other.organization.ask("POST", f"{message}/cancel"), other.organization.ask("DELETE", channel)]
    answers += [other.organization.ask("PATCH", channel, {"name": "Mine"})]
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(404, "not_found")}
    wish = other.organization.ask("GET", "/channel_accounts", organization_id=shop.organization.id)
    assert wish.status_code == 404
    assert not list(other.organization.messages(channel_id=shop.whatsapp))
    other.organization.send(shop.whatsapp, simulators.person(1), expect=422)


def _templates(shop: Shop):
    page = shop.organization.call("GET", "/templates", channel_id=shop.whatsapp)
    yield from (f"/templates/{template['id']}" for template in page["items"])


def test_a_service_provider_acts_for_its_customers(stack: Stack) -> None:
    provider = organization(stack, "Provider", kind="service_provider")
    customer = provider.call("POST", "/organizations", {"name": "Customer"}, expect=201)["id"]
    new = {"organization_id": customer, "name": "Theirs", "type": "SMS"}
    channel = provider.call("POST", "/channel_accounts", new, expect=201)
    assert channel["organization_id"] == customer
    assert provider.call("GET", "/channel_accounts")["items"] == []
    found = provider.call("GET", "/channel_accounts", organization_id=customer)["items"]
    assert [each["id"] for each in found] == [channel["id"]]


def test_a_customers_own_app(stack: Stack, simulators: Simulators) -> None:
    simulators.post("/apps", app_id=APP, app_secret=SECRET)
    owner, number = organization(stack, "Own app"), simulators.number()
    credentials = {"app_secret": SECRET, "verify_token": "theirs"}
    channel = owner.whatsapp(number, f"EAA-local-{APP}-1", **credentials)
    to, text = simulators.person(1), {"type": "text", "text": "By an app of our own"}
    simulators.says(number, to)  # its webhook goes to the channel's own path, as the receipts do
    eventually(lambda: list(owner.messages(to=to)), 20)
    owner.reaches(owner.send(channel, to, **text)["id"], "read")
    owner.bind(channel, number.settings, {"access_token": f"EAA-local-{APP}-2", **credentials, "verify_token": "new"})
    owner.reaches(owner.send(channel, to, **text)["id"], "read")
    steps = owner.call("POST", f"/channel_accounts/{channel}/test", {})
    assert (steps["ok"], [step["step"] for step in steps["steps"]]) == (True, ["credential", "webhook"])


def test_a_dead_token_holds_and_a_new_one_releases(make_shop: Callable[[str], Shop], simulators: Simulators) -> None:
    shop = make_shop("Dead token")
    owner, people = shop.organization, [simulators.person(1) for _ in range(5)]
    owner.bind(shop.whatsapp, shop.number.settings, {"access_token": "EAA-local-dies"})
    simulators.post("/tokens/revoke", token="EAA-local-dies")
    sent = [shop.send(to)["id"] for to in people]
    eventually(lambda: owner.channel(shop.whatsapp)["connection"] == "disconnected", 20)
    eventually(lambda: all(owner.message(each)["held"] == "channel" for each in sent), 20)
    sent.append(shop.send(simulators.person(0))["id"])  # it is still accepted, and waits with the others
    eventually(lambda: owner.message(sent[-1])["held"] == "channel", 20)
    health = owner.call("GET", f"/channel_accounts/{shop.whatsapp}/health")
    assert (health["connection"], health["can_send"], health["platform"]["code"]) == ("disconnected", False, "190")
    steps = owner.call("POST", f"/channel_accounts/{shop.whatsapp}/test", {})["steps"]
    assert [step["ok"] for step in steps] == [False, False]
    owner.bind(shop.whatsapp, shop.number.settings, {"access_token": "EAA-local-lives"})
    for each in sent[:-1]:
        owner.reaches(each, "read")
    owner.reaches(sent[-1], "delivered")
    assert all(len(simulators.log(to)) == 1 for to in people)
    assert {"bound", "disconnected", "tested"} <= set(owner.events(shop.whatsapp))


def test_a_token_that_works_again_reconnects(make_shop: Callable[[str], Shop], simulators: Simulators) -> None:
    shop = make_shop("Hiccup")
    owner, to = shop.organization, simulators.person(12)  # Meta refuses the token once
    sent = shop.send(to)
    eventually(lambda: owner.channel(shop.whatsapp)["connection"] == "disconnected", 20)
    assert owner.call("POST", f"/channel_accounts/{shop.whatsapp}/test", {})["ok"]
    owner.reaches(sent["id"], "read")
    assert len(simulators.log(to)) == 1


def test_switched_off_and_on(stack: Stack, shop: Shop, simulators: Simulators) -> None:
    owner, path = shop.organization, f"/channel_accounts/{shop.whatsapp}"
    sent = shop.send(simulators.person(1), send_at=_soon(stack))
    owner.call("PATCH", path, {"is_active": False})
    answer = owner.ask("POST", "/messages", {"channel_id": shop.whatsapp, "to": "+491510001", "type": "text"})
    assert (answer.status_code, answer.json()["code"]) == (409, "channel_inactive")
    eventually(lambda: owner.message(sent["id"])["held"] == "channel", 20, lambda: owner.message(sent["id"]))
    owner.call("PATCH", path, {"is_active": True})
    owner.reaches(sent["id"], "read")


def test_deleting_ends_what_is_scheduled(
    stack: Stack, make_shop: Callable[[str], Shop], simulators: Simulators
) -> None:
    shop = make_shop("Closed")
    owner, people = shop.organization, [simulators.person(1) for _ in range(3)]
    sent = [shop.send(to, send_at=_soon(stack, 3600))["id"] for to in people]
    owner.call("DELETE", f"/channel_accounts/{shop.whatsapp}", expect=204)
    assert owner.ask("GET", f"/channel_accounts/{shop.whatsapp}").status_code == 404
    shop.send(simulators.person(1), expect=422)
    for each in sent:
        owner.reaches(each, "cancelled")
    assert {row["id"] for row in owner.messages(channel_id=shop.whatsapp)} == set(sent)  # records stay
    again = _taken_over(owner, shop)
    assert owner.channel(again)["connection"] == "connected"


def _taken_over(owner: Organization, shop: Shop) -> str:
    """The number goes to a new channel of the same organization, once the old one is gone."""
    new: Json = {"name": "Again", "type": "WHATSAPP"}
    channel = owner.call("POST", "/channel_accounts", new, expect=201)["id"]
    body = {"settings": shop.number.settings, "credentials": {"access_token": "EAA-local-1"}}
    eventually(lambda: owner.ask("POST", f"/channel_accounts/{channel}/bind", body).status_code == 200, 20)
    return str(channel)


def _soon(stack: Stack, seconds: float = 4) -> str:
    return (datetime.fromtimestamp(clock.now(stack), UTC) + timedelta(seconds=seconds)).isoformat()
