"""A test of a receipt endpoint: one made-up event of its first kind, in its own words and with all that a call has."""

import json
import time
from uuid import uuid4

from parley.cloud import clock, receipt_queues
from parley.model import chatapp, receipt_view
from parley.model.address import Address, AddressKind
from parley.model.business_system import CallTest
from parley.model.receipt import (
    AuditReceipt,
    AuditType,
    InboundReceipt,
    Origin,
    Receipt,
    ReceiptKind,
    StatusReceipt,
    Wording,
)
from parley.model.receipt_endpoint import ReceiptEndpoint, ReceiptFormat
from parley.model.status import Status
from parley.model.template import TemplateStatus
from parley.model.types import JsonObject
from parley.operations import receipt_endpoints
from parley.providers import pushing
from parley.store import receipt_keys

SHOWN = 500
"""Characters of an answer that are shown."""
PERSON = Address(type=AddressKind.PHONE, value="+15555550100")
NUMBER = "+15555550199"
TEMPLATE = Wording("test", "test", "en")


def run(organization: str, endpoint: str) -> CallTest:
    """By its address, or by its queue where it has none. An inactive one is tested too; nothing of it is counted."""
    found = receipt_endpoints.get(organization, endpoint)
    event = _words(found, _made_up(found))
    return _posted(found, found.url, event) if found.url else _queued(found, event)


def _posted(endpoint: ReceiptEndpoint, url: str, event: JsonObject) -> CallTest:
    now, body = clock.now(), _text([event]).encode()
    id = receipt_keys.delivery_id(endpoint.id, now, "test", str(uuid4()))
    answer = pushing.post(url, receipt_endpoints.headers(endpoint, id, endpoint.kinds[0], body, now), body)
    problem = receipt_endpoints.succeeded(endpoint, answer)
    return CallTest(
        ok=problem is None,
        status=answer.status,
        milliseconds=answer.milliseconds,
        problem=problem,
        answer=answer.text[:SHOWN] or None,
    )


def _queued(endpoint: ReceiptEndpoint, event: JsonObject) -> CallTest:
    begun = time.monotonic()
    urls = [queue.url for queue in endpoint.queues if queue.kind is endpoint.kinds[0]]
    problem = receipt_queues.put(urls[0], [_text(event)]) if urls else "queue_gone"
    spent = round((time.monotonic() - begun) * 1000)
    return CallTest(ok=problem is None, milliseconds=spent, problem=problem)


def _text(words: JsonObject | list[JsonObject]) -> str:
    return json.dumps(words, ensure_ascii=False, separators=(",", ":"))


def _words(endpoint: ReceiptEndpoint, receipt: Receipt) -> JsonObject:
    if endpoint.format is ReceiptFormat.ORIGINAL:
        return chatapp.written(receipt, endpoint.audit_version) or {}
    return receipt_view.written(receipt)


def _made_up(endpoint: ReceiptEndpoint) -> Receipt:
    """Its message has an id that no message has, its numbers are of those that nobody has."""
    now, id, number = clock.now(), str(uuid4()), endpoint.number or NUMBER
    where = Origin(f"test-{id}", endpoint.organization_id, endpoint.channel_id or "test", now, number, "test")
    match endpoint.kinds[0]:
        case ReceiptKind.STATUS:
            return StatusReceipt(where, f"test-{id}", Status.DELIVERED, PERSON, "text")
        case ReceiptKind.INBOUND:
            content = {"text": {"body": "This is a test."}}
            return InboundReceipt(where, f"test-{id}", PERSON, "text", content, "whatsapp", name="Test")
        case ReceiptKind.AUDIT:
            return AuditReceipt(where, AuditType.TEMPLATE, TemplateStatus.APPROVED, TEMPLATE)
