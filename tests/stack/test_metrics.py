"""What became of a template's messages, counted from the table's stream on the deployed stack."""

from typing import Any

from tests.support.stack_client import Json, Shop, eventually
from tests.support.stack_simulators import Simulators

FATES = {0: "delivered", 1: "read", 3: "sent", 15: "read", 16: "read", 1026: "failed"}
WANTED: dict[str, Any] = {
    "sent": 5,
    "delivered": 4,
    "read": 3,
    "failed": {"undeliverable": 1},
    "expired": 0,
    "skipped": 0,
    "replied": 2,
    "pressed": {"On my way": 1},
    "opted_out": 0,
}


def _total(shop: Shop, template: str) -> Json:
    return dict(shop.organization.call("GET", f"/templates/{template}/metrics")["total"])


def test_the_counts_of_a_day_converge(shop: Shop, simulators: Simulators) -> None:
    """Whatever receipts came three times or in the wrong order; only free-form messages are not counted."""
    owner, people = shop.organization, {fate: simulators.person(fate) for fate in FATES}
    template = owner.approved(shop.whatsapp, "counted", "Your table is ready since today.")
    body = {"type": "template", "template": "counted", "language": "en"}
    sent = {fate: shop.send(to, **body)["id"] for fate, to in people.items()}
    for fate, status in FATES.items():
        owner.reaches(sent[fate], status)
    answered = {"context": owner.message(sent[1])["provider_message_id"]}
    simulators.says(shop.number, people[1], type="button", text="On my way", **answered)
    simulators.says(shop.number, people[1], text="In ten minutes", **answered)
    simulators.says(shop.number, people[0], text="This answers nothing")
    eventually(lambda: _total(shop, template) == WANTED, 20, lambda: _total(shop, template))
    found = owner.call("GET", f"/templates/{template}/metrics")
    assert len(found["days"]) == 1
    assert {name: value for name, value in found["days"][0].items() if name != "day"} == WANTED
