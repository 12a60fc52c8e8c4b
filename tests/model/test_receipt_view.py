"""Our own form of receipts: one envelope, every field always there."""

import json
from typing import Any

import pytest
from hypothesis import given
from parley.model.message import Fault
from parley.model.message_view import Message
from parley.model.receipt import (
    AuditReceipt,
    AuditType,
    Conversation,
    InboundReceipt,
    Receipt,
    ReceivedFile,
    StatusReceipt,
    User,
    Wording,
)
from parley.model.receipt_view import written
from parley.model.status import Status

from tests.support.receipts import AT, PERSON, WHERE, receipts

ENVELOPE = {"id", "type", "timestamp", "organization_id", "channel_id", "data"}
WHO = {"from", "account_id", "to", "profile"}
MESSAGE = WHO | {"id", "direction", "status", "type"}
TEMPLATE = {"template", "template_name", "language"}
FIELDS = {
    "status": MESSAGE
    | TEMPLATE
    | {"category", "reference", "error", "origin_number", "conversation", "fallback_of", "broadcast_id", "late"},
    "person": WHO,
    "received": MESSAGE | {"platform", "text", "inbound", "files", "answers", "pressed", "payload"},
    "audit": TEMPLATE | {"from", "account_id", "status", "reason", "details"},
}
OURS = {"account_id", "profile", "template_name", "origin_number", "conversation", "broadcast_id", "platform"}
OURS |= {"payload"}


def fields_of(receipt: Receipt) -> set[str]:
    match receipt:
        case StatusReceipt(blocked=None):
            return FIELDS["status"]
        case StatusReceipt():
            return FIELDS["person"]
        case InboundReceipt():
            return FIELDS["received"]
        case AuditReceipt():
            return FIELDS["audit"]


@given(receipts)
def test_every_field_is_always_there(receipt: Receipt) -> None:
    found = written(receipt)
    assert json.loads(json.dumps(found)) == found
    assert (set(found), set(found["data"])) == (ENVELOPE, fields_of(receipt))


def test_a_message_has_the_names_of_the_api() -> None:
    known = {each.alias or name for name, each in Message.model_fields.items()}
    assert FIELDS["status"] | FIELDS["received"] <= known | OURS


def data(receipt: Receipt) -> tuple[str, dict[str, Any]]:
    found = written(receipt)
    assert (found["id"], found["organization_id"], found["channel_id"]) == ("event-1", "organization-1", "channel-1")
    assert found["timestamp"] == "2026-01-01T00:00:00.000Z"
    return found["type"], found["data"]


@pytest.mark.parametrize("status", [*Status][4:-1])
def test_every_status_is_told(status: Status) -> None:
    assert data(StatusReceipt(WHERE, "m1", status, PERSON, "text"))[0] == f"message.{status}"


def test_what_nothing_settled_has_failed() -> None:
    type, found = data(StatusReceipt(WHERE, "m1", Status.UNKNOWN, PERSON, "text"))
    assert (type, found["status"]) == ("message.failed", "failed")


def test_a_status_is_complete() -> None:
    fault = Fault(code="undeliverable", message="No.", provider_code="131026")
    template, talk = Wording("t1", "order_paid", "en"), Conversation("c1", AT)
    receipt = StatusReceipt(
        WHERE, "m1", Status.FAILED, PERSON, "template", User("US.1", "US.ENT.2", "@lee"), None, template, "job-7"
    )
    _, found = data(receipt._replace(fault=fault, conversation=talk, copy_of="m0", broadcast="b1", late=True))
    assert found == {
        "id": "m1",
        "direction": "out",
        "status": "failed",
        "from": "+65 9123-0000",
        "account_id": "95",
        "to": {"type": "phone", "value": "+6598880000"},
        "profile": {"name": None, "username": "@lee", "user_id": "US.1", "parent_user_id": "US.ENT.2"},
        "type": "template",
        "category": None,
        "template": "t1",
        "template_name": "order_paid",
        "language": "en",
        "reference": "job-7",
        "error": {
            "code": "undeliverable",
            "message": "No.",
            "provider_code": "131026",
            "local": False,
            "retryable": False,
        },
        "origin_number": None,
        "conversation": {"id": "c1", "expires_at": "2026-01-01T00:00:00.000Z"},
        "fallback_of": "m0",
        "broadcast_id": "b1",
        "late": True,
    }


@pytest.mark.parametrize(("blocked", "type"), [(True, "person.blocked"), (False, "person.unblocked")])
def test_a_person_who_shut_the_channel_out(blocked: bool, type: str) -> None:
    receipt = StatusReceipt(WHERE, "e1", Status.FAILED, PERSON, "membership", blocked=blocked)
    assert data(receipt)[0] == type


def test_a_message_of_a_person() -> None:
    file = ReceivedFile("image", "https://files.test/1", "4455", None, "image/jpeg")
    content = {"text": {"body": "Hola"}}
    receipt = InboundReceipt(WHERE, "i1", PERSON, "text", content, "whatsapp", "Lee", files=(file,), answers="m1")
    type, found = data(receipt)
    assert (type, found["status"], found["text"], found["inbound"]) == ("message.received", "received", "Hola", content)
    assert found["profile"]["name"] == "Lee"
    assert found["files"] == [
        {
            "kind": "image",
            "link": "https://files.test/1",
            "provider_id": "4455",
            "filename": None,
            "content_type": "image/jpeg",
        }
    ]


@pytest.mark.parametrize(
    ("type", "word"),
    [
        (AuditType.TEMPLATE, "template.status"),
        (AuditType.TEMPLATE_CATEGORY, "template.category"),
        (AuditType.TEMPLATE_QUALITY, "template.quality"),
        (AuditType.PHONE_NAME, "number.name"),
        (AuditType.PHONE_QUALITY, "number.quality"),
        (AuditType.ACCOUNT_REVIEW, "account.review"),
        (AuditType.ACCOUNT, "account.update"),
    ],
)
def test_every_decision_has_its_word(type: AuditType, word: str) -> None:
    found = data(AuditReceipt(WHERE, type, "approved", details={"event": "X"}))
    assert (found[0], found[1]["status"], found[1]["details"]) == (word, "approved", {"event": "X"})
