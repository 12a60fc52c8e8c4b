"""People press buttons of templates: the next template goes out once, and who opts out gets no more marketing."""

from typing import Any

import pytest

from tests.support.stack_client import Json, Organization, Shop, eventually
from tests.support.stack_simulators import Simulators

BUTTONS: list[Json] = [
    {"type": "QUICK_REPLY", "text": "Tell me more", "payload": "more-19", "press": {"template": "press_details"}},
    {"type": "QUICK_REPLY", "text": "Stop", "opt_out": True},
]
OFFER = "Hello $(name), our new shoes are here and they wait for you."
DETAILS = "Dear $(name), this is all that we know of our new shoes today."


def _design(owner: Organization, channel: str, name: str, category: str, text: str, buttons: list[Json]) -> None:
    parts: list[Json] = [{"type": "BODY", "text": text}]
    parts += [{"type": "BUTTONS", "buttons": buttons}] if buttons else []
    body: Json = {"channel_id": channel, "name": name, "language": "en", "category": category, "components": parts}
    made = owner.call("POST", "/templates", body | {"samples": {"name": "Ana"}}, expect=201)["id"]
    owner.call("POST", f"/templates/{made}/submit")
    eventually(lambda: owner.template(made)["status"] == "approved", 20, lambda: owner.template(made))


@pytest.fixture(scope="module", autouse=True)
def _templates(shop: Shop) -> None:
    _design(shop.organization, shop.whatsapp, "press_offer", "MARKETING", OFFER, BUTTONS)
    _design(shop.organization, shop.whatsapp, "press_details", "UTILITY", DETAILS, [])


def _offer(shop: Shop, to: str, **more: Any) -> Json:
    fields = {"type": "template", "template": "press_offer", "language": "en", "variables": {"name": "Ana"}}
    return shop.send(to, **fields, **more)


def _got(simulators: Simulators, to: str) -> list[str]:
    return [entry["template"] for entry in simulators.log(to)]


def _received(shop: Shop, to: str) -> Json:
    """The message of a person, once it is there."""
    owner = shop.organization
    found = eventually(lambda: [each for each in owner.messages(to=to) if each["direction"] == "in"], 20, to)
    return owner.message(found[0]["id"])


def test_a_press_brings_the_next_template_once(shop: Shop, simulators: Simulators) -> None:
    owner, to = shop.organization, simulators.person(1)
    sent = _offer(shop, to, reference="order-19")
    offer = owner.reaches(sent["id"], "read")
    simulators.presses(offer["provider_message_id"], "Tell me more", copies=4)
    heard = _received(shop, to)
    assert heard["inbound"]["button"] == {"payload": "more-19", "text": "Tell me more"}
    assert (heard["answers"], heard["pressed"], heard["template"]) == (sent["id"], "Tell me more", offer["template"])
    eventually(lambda: len(_got(simulators, to)) > 1, 20, lambda: owner.events(shop.whatsapp))
    both = list(owner.messages(reference="order-19"))
    assert len(both) == 2
    owner.reaches(both[0]["id"], "read")
    assert _got(simulators, to) == ["press_offer", "press_details"]
    assert owner.message(both[0]["id"])["variables"] == {"name": "Ana"}


def test_who_opts_out_gets_no_more_marketing(shop: Shop, simulators: Simulators) -> None:
    owner, to = shop.organization, simulators.person(1)
    offer = owner.reaches(_offer(shop, to)["id"], "read")
    simulators.presses(offer["provider_message_id"], "Stop")
    assert _received(shop, to)["pressed"] == "Stop"
    body = {"channel_id": shop.whatsapp, "to": to, "type": "template", "template": "press_offer", "language": "en"}
    refused = owner.ask("POST", "/messages", body | {"variables": {"name": "Ana"}})
    assert (refused.status_code, refused.json()["code"]) == (422, "opted_out")
    owner.reaches(shop.send(to)["id"], "read")
    rows = owner.call("GET", "/suppressions", channel_id=shop.whatsapp)["items"]
    assert (to, "opted_out", "marketing") in {(row["to"]["value"], row["reason"], row["scope"]) for row in rows}
    owner.call("DELETE", "/suppressions", channel_id=shop.whatsapp, to=to, expect=204)
    _offer(shop, to)


def test_what_cannot_be_sent_is_told_by_the_channels_log(shop: Shop, simulators: Simulators) -> None:
    owner, to = shop.organization, simulators.person(1)
    offer = owner.reaches(_offer(shop, to)["id"], "read")
    owner.call("POST", "/suppressions", {"channel_id": shop.whatsapp, "to": to}, expect=201)
    simulators.presses(offer["provider_message_id"], "Tell me more")
    eventually(lambda: "next_template_not_sent" in owner.events(shop.whatsapp), 20)
    assert _got(simulators, to) == ["press_offer"]
