"""The state item of a message stays under 1 KB, so that every change of it costs one write unit."""

from typing import Any

import pytest
from parley.cloud.clients import client
from parley.model.lane import Category, Lane
from parley.model.message import Fault
from parley.model.status import Status
from parley.settings import settings

from tests.support import builders
from tests.support.builders import MESSAGE, ORGANIZATION, POLICY, TEMPLATE
from tests.support.cloud import account
from tests.support.time import NOW

WAMID = "wamid.HBgLMzQ2MDAxMTEyMjIVAgARGBI5QTNDQTVCM0Q0Q0Q2RTY3RTcA"
WRITE_UNIT = 1024
ON_ITS_WAY = ("queued", "sending", "accepted", "sent", "delivered", "read")


def size(attribute: dict[str, Any]) -> int:
    """DynamoDB's own measure: UTF-8 bytes, numbers by their digits, 3 bytes a document and 1 for each member."""
    ((kind, value),) = attribute.items()
    match kind:
        case "S":
            return len(value.encode())
        case "N":
            return len(value.strip("-0.")) // 2 + 2
        case "M":
            return 3 + sum(1 + len(name.encode()) + size(each) for name, each in value.items())
        case "L":
            return 3 + sum(1 + size(each) for each in value)
        case _:
            return 1


def stored() -> int:
    key = {"pk": {"S": f"ORG#{ORGANIZATION}#MESSAGE#{MESSAGE}"}, "sk": {"S": "STATE"}}
    item = client("dynamodb").get_item(TableName=settings().data_table, Key=key)["Item"]
    return sum(len(name.encode()) + size(each) for name, each in item.items())


FULL: dict[str, Any] = {
    "reference": "order-2026-03-01-A-1900",
    "template": TEMPLATE,
    "category": Category.MARKETING,
    "lane": Lane.MARKETING,
    "trigger": "undelivered",
    "wait": 86_400,
    "policy": POLICY,
    "attempt": 2,
    "provider_id": WAMID,
    "claimed_by": "0123456789ab",
}
FAULT = Fault(code="undeliverable", message="The message was not delivered.", provider_code="131026", retryable=True)


@pytest.mark.parametrize(
    ("status", "more"),
    [
        (Status.READ, {"times": dict.fromkeys(ON_ITS_WAY, NOW + 1)}),
        (Status.SENDING, {"times": {"queued": NOW, "sending": NOW}, "lease_until": NOW + 90_000}),
        (Status.FAILED, {"times": dict.fromkeys((*ON_ITS_WAY[:4], "failed"), NOW + 1), "error": FAULT}),
        (Status.SCHEDULED, {"times": {"scheduled": NOW}}),
    ],
)
def test_a_full_message_fits_into_one_write_unit(status: Status, more: dict[str, Any]) -> None:
    with account():
        builders.message(status=status, **FULL, **more)
        assert stored() < WRITE_UNIT


def test_so_does_a_code_that_went_out_through_the_pool() -> None:
    code = {"category": Category.AUTHENTICATION, "lane": Lane.OTP, "origin": "106540352249999", "resource": TEMPLATE}
    known = FULL | code | {"times": dict.fromkeys(ON_ITS_WAY, NOW + 1), "resent": True, "converted": True}
    with account():
        builders.message(status=Status.READ, **known)
        assert stored() < WRITE_UNIT


BESIDE = {
    "conversation": "f6f3fdd6b1f04ff8a1d8e2e0e2a5bd5c",
    "conversation_until": NOW,
    "user_id": "US.13491208655302741918",
}


@pytest.mark.parametrize("status", [Status.READ, Status.FAILED])
def test_so_does_one_whose_receipts_told_all_they_can(status: Status) -> None:
    """With a fallback that fired besides it is a little more than a unit, where webhooks are as old as version 23."""
    failed = {"times": dict.fromkeys((*ON_ITS_WAY[:4], "failed"), NOW + 1), "error": FAULT}
    more = failed if status is Status.FAILED else {"times": dict.fromkeys(ON_ITS_WAY, NOW + 1)}
    with account():
        builders.message(status=status, **FULL, **more, **BESIDE)
        assert stored() < WRITE_UNIT


def test_so_does_an_answer_of_a_person() -> None:
    answer = {"answers": TEMPLATE, "template": TEMPLATE, "pressed": "\U0001f45f" * 64, "opted_out": True}
    with account():
        builders.message(
            status=Status.RECEIVED, direction="in", provider_id=WAMID, times={"received": NOW + 1}, **answer
        )
        assert stored() < WRITE_UNIT


def test_so_does_one_whose_fallback_fired() -> None:
    fired = {"step": 1, "fired_at": NOW, "fired_for": "failed", "late": True, "error": FAULT}
    with account():
        builders.message(
            status=Status.DELIVERED, times=dict.fromkeys((*ON_ITS_WAY[:5], "failed"), NOW + 1), **FULL, **fired
        )
        assert stored() < WRITE_UNIT
