"""One-time codes through a pool of numbers on the deployed stack, with each function's rights enforced."""

import pytest

from local.stack import Stack
from tests.support.stack_client import Json, Organization, Shop, eventually, organization
from tests.support.stack_simulators import Simulators

MORTAL = "EAA-local-mortal"
CODE = {"type": "template", "template": "code", "variables": {"code": "482913"}}
DESIGN = {"components": [{"type": "BODY"}, {"type": "BUTTONS", "buttons": [{"type": "COPY_CODE"}]}], "samples": {}}


def _approved(owner: Organization, channel: str, **query: str) -> None:
    body = {"channel_id": channel, "name": "code", "language": "en", "category": "AUTHENTICATION", **DESIGN}
    made = owner.call("POST", "/templates", body, expect=201, **query)["id"]
    owner.call("POST", f"/templates/{made}/submit", **query)
    path = f"/templates/{made}"
    eventually(
        lambda: owner.call("GET", path, **query)["status"] == "approved", 20, lambda: owner.call("GET", path, **query)
    )


def _scheduled(owner: Organization, channel: str, *, own: bool, **query: str) -> None:
    wish = {"otp_scheduling": {"enabled": True, "countries": ["DE"], "use_own_numbers": own}}
    owner.call("PATCH", f"/channel_accounts/{channel}/service_settings", wish, **query)


def _pooled(owner: Organization, simulators: Simulators, token: str = "EAA-local-1") -> tuple[str, str, str]:
    """(the platform's id of a new number, its channel, its place in the pool)"""
    number = simulators.number()
    channel = owner.whatsapp(number, token)
    _approved(owner, channel)
    body = {"channel_id": channel, "countries": ["DE"], "capacity": 600}
    return number.id, channel, str(owner.call("POST", "/scheduling_resources", body, expect=201)["id"])


@pytest.fixture(scope="module")
def ready(shop: Shop) -> Shop:
    _approved(shop.organization, shop.whatsapp)
    return shop


def _code(shop: Shop, to: str, **more: object) -> Json:
    return shop.send(to, **CODE, language="en", **more)


def test_a_code_goes_out_from_the_pool_and_is_followed(ready: Shop, simulators: Simulators) -> None:
    owner = ready.organization
    number, _, resource = _pooled(owner, simulators)
    _scheduled(owner, ready.whatsapp, own=False)
    sent = owner.reaches(_code(ready, simulators.person(1))["id"], "read")
    assert (sent["origin"], sent["channel_id"]) == (number, ready.whatsapp)
    plain = owner.reaches(ready.send(simulators.person(1))["id"], "read")
    assert plain["origin"] == ready.number.id
    assert owner.call("GET", "/scheduling_resources")["items"][0]["health"]["healthy"]
    owner.call("PATCH", f"/scheduling_resources/{resource}", {"enabled": False})
    to = simulators.person(1)
    failed = owner.reaches(_code(ready, to, fallback=ready.fallback(trigger="send_failed", wait=None))["id"], "failed")
    assert failed["error"]["code"] == "no_scheduling_resource"
    eventually(lambda: len(simulators.log(to, "sms_voice")) == 1, 20)
    assert simulators.log(to, "whatsapp") == []
    owner.call("DELETE", f"/scheduling_resources/{resource}", expect=204)


def test_a_number_that_dies_in_the_middle(ready: Shop, simulators: Simulators) -> None:
    """Its own number sends the code then, once."""
    owner, to = ready.organization, simulators.person(1)
    _, channel, resource = _pooled(owner, simulators, MORTAL)
    _scheduled(owner, ready.whatsapp, own=True)
    simulators.post("/tokens/revoke", token=MORTAL)
    sent = owner.reaches(_code(ready, to)["id"], "read")
    assert sent["origin"] == ready.number.id
    assert owner.channel(channel)["connection"] == "disconnected"
    assert owner.call("GET", f"/scheduling_resources/{resource}")["health"]["failures"] == 1
    assert len(simulators.log(to, "whatsapp")) == 1


def test_a_customer_sends_from_the_number_of_its_service_provider(stack: Stack, simulators: Simulators) -> None:
    agency = organization(stack, "Agency", kind="service_provider")
    number, _, _ = _pooled(agency, simulators)
    customer = agency.call("POST", "/organizations", {"name": "Cafe"}, expect=201)["id"]
    own = simulators.number()
    body = {"name": "WhatsApp", "type": "WHATSAPP", "organization_id": customer}
    channel = str(agency.call("POST", "/channel_accounts", body, expect=201)["id"])
    binding = {"settings": own.settings, "credentials": {"access_token": "EAA-local-1"}}
    agency.call("POST", f"/channel_accounts/{channel}/bind", binding, organization_id=customer)
    _approved(agency, channel, organization_id=customer)
    _scheduled(agency, channel, own=False, organization_id=customer)
    message = {"channel_id": channel, "to": simulators.person(1), **CODE, "language": "en"}
    sent = agency.call("POST", "/messages", message, expect=202, organization_id=customer)["id"]
    shown = lambda: agency.call("GET", f"/messages/{sent}", organization_id=customer)  # noqa: E731
    eventually(lambda: shown()["status"] == "read", 20, shown)
    assert shown()["origin"] == number
