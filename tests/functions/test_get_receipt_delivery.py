"""get_receipt_delivery: one delivery with what was sent."""

import pytest
from parley.cloud import files
from parley.operations import receipt_bodies, receipt_deliveries

from tests.support import builders, endpoints, kept
from tests.support.builders import ORGANIZATION, STRANGER
from tests.support.endpoints import DELIVERY, ENDPOINT, EVENTS
from tests.support.events import call, refused


@pytest.fixture(autouse=True)
def _cast() -> None:
    builders.organization()
    endpoints.delivery()


def test_it_is_shown_with_its_body() -> None:
    answer = call("get_receipt_delivery")
    assert (answer.status, answer.body["id"], answer.body["body"]) == (200, DELIVERY, EVENTS)
    assert kept.files() == [f"receipts/{ORGANIZATION}/{ENDPOINT}/{DELIVERY}.json"]


def test_the_first_body_stays() -> None:
    receipt_bodies.put_once(ORGANIZATION, ENDPOINT, DELIVERY, b"[]")
    assert call("get_receipt_delivery").body["body"] == EVENTS


def test_a_body_that_is_gone_or_too_large_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receipt_deliveries, "SHOWN", 10)
    assert call("get_receipt_delivery").body["body"] is None
    files.delete(receipt_bodies.key(ORGANIZATION, ENDPOINT, DELIVERY))
    assert call("get_receipt_delivery").body["body"] is None


@pytest.mark.parametrize("id", ["x", DELIVERY[:-1], "z" * 63, f"{DELIVERY[:-1]}0"])
def test_what_is_no_delivery_does_not_exist(id: str) -> None:
    assert refused(call("get_receipt_delivery", path={"delivery_id": id}))[:2] == (404, "not_found")


def test_neither_does_one_of_others() -> None:
    builders.organization(STRANGER)
    assert refused(call("get_receipt_delivery", organization=STRANGER))[:2] == (404, "not_found")
