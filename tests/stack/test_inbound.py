"""What people write: stored once, and it opens the window for free-form answers."""

from datetime import UTC, datetime

import httpx
import pytest

from local import clock
from local.stack import Stack
from tests.support.stack_client import Json, Shop, eventually
from tests.support.stack_simulators import Simulators

DAY = 24 * 3600


def _received(shop: Shop, who: str, count: int = 1) -> list[Json]:
    """The messages of this person, once there are so many."""
    owner = shop.organization
    rows = eventually(lambda: r if len(r := list(owner.messages(to=who))) >= count else None, 20, who)
    return [owner.message(row["id"]) for row in rows if row["direction"] == "in"]


@pytest.mark.parametrize(
    ("kind", "said", "kept"),
    [
        ("text", {"text": "Where is my order?"}, {"text": {"body": "Where is my order?"}}),
        ("button", {"text": "Yes", "payload": "yes-1"}, {"button": {"payload": "yes-1", "text": "Yes"}}),
        ("location", {"location": {"latitude": 1.5, "longitude": 2}}, {"location": {"latitude": 1.5, "longitude": 2}}),
        ("unknown", {}, {"unsupported": "hologram"}),
    ],
)
def test_it_is_kept(shop: Shop, simulators: Simulators, kind: str, said: Json, kept: Json) -> None:
    who = simulators.person(1)
    sent = simulators.says(shop.number, who, type=kind, **said)
    [message] = _received(shop, who)
    assert (message["direction"], message["status"], message["to"]["value"]) == ("in", "received", who)
    assert (message["inbound"], message["provider_message_id"]) == (kept, sent["id"])


def test_a_file(shop: Shop, simulators: Simulators) -> None:
    who = simulators.person(1)
    simulators.says(shop.number, who, type="image", caption="My receipt")
    [message] = _received(shop, who)
    assert message["type"] == "image"
    assert message["inbound"]["image"]["caption"] == "My receipt"
    assert message["inbound"]["image"]["id"]
    [file] = eventually(lambda: [each for each in _files(shop, message["id"]) if "link" in each], 20)
    answer = httpx.get(file["link"])
    assert (file["kind"], answer.status_code, answer.headers["content-type"]) == ("image", 200, file["content_type"])


def _files(shop: Shop, message: str) -> list[Json]:
    return list(shop.organization.message(message)["files"])


def test_many_copies_are_one_message(shop: Shop, simulators: Simulators) -> None:
    who = simulators.person(1)
    simulators.says(shop.number, who, text="First", copies=4)
    simulators.says(shop.number, who, text="Second")
    texts = [message["inbound"]["text"]["body"] for message in _received(shop, who, 2)]
    assert sorted(texts) == ["First", "Second"]


def test_a_message_opens_the_window_and_a_day_closes_it(stack: Stack, shop: Shop, simulators: Simulators) -> None:
    owner, who = shop.organization, simulators.person(0)
    free = {"type": "text", "text": "We are looking for it."}
    refused = owner.ask("POST", "/messages", {"channel_id": shop.whatsapp, "to": who, **free})
    assert (refused.status_code, refused.json()["code"]) == (422, "window_closed")
    simulators.says(shop.number, who, text="Hello?")
    _received(shop, who)
    owner.reaches(shop.send(who, **free)["id"], "delivered")
    assert [entry["text"] for entry in simulators.log(who)] == [free["text"]]
    tomorrow = datetime.fromtimestamp(clock.now(stack) + DAY + 60, UTC)
    shop.send(who, **free, send_at=tomorrow.isoformat(), expect=422)
    clock.shift(stack, DAY)
    shop.send(who, **free, expect=422)


def test_a_channel_that_is_off_takes_receipts_but_no_messages(shop: Shop, simulators: Simulators) -> None:
    owner, who, path = shop.organization, simulators.person(1), f"/channel_accounts/{shop.whatsapp}"
    with simulators.settings(whatsapp={"late_seconds": 3}):
        sent = shop.send(simulators.person(4))["id"]
        owner.reaches(sent, "sent")
        owner.call("PATCH", path, {"is_active": False})
        lost = simulators.says(shop.number, who, text="Anybody there?")
        owner.reaches(sent, "delivered")  # by a webhook that was sent after the message
    owner.call("PATCH", path, {"is_active": True})
    simulators.says(shop.number, who, text="Hello again")
    assert lost["id"] not in {message["provider_message_id"] for message in _received(shop, who)}
