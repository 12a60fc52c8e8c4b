"""A receipt endpoint of the cast and its deliveries, with the ids of events/."""

import json
from typing import Any

from parley.cloud import clock
from parley.cloud.clients import client
from parley.model.receipt_delivery import Attempt, DeliveryStatus
from parley.model.receipt_endpoint import ReceiptEndpoint
from parley.model.times import rfc3339
from parley.operations import receipt_bodies, signing
from parley.operations.signing import Secret
from parley.store import receipt_deliveries, receipt_endpoints, receipt_keys, receipt_marks
from parley.store.receipt_deliveries import Stored

from tests.support.builders import ORGANIZATION
from tests.support.time import NOW

ENDPOINT = "6a1d3c52-8e4f-4b7a-9c02-5f6e7d8c9b10"
URL = "https://shop.example.com/receipts"
ROLE = "arn:aws:iam::210987654321:role/receipts-reader"
DELIVERY = receipt_keys.delivery_id(ENDPOINT, NOW, "sample")
EVENTS = [{"MessageId": "a63ba686-e201-49ec-adc9-bf133b6aebf4", "Status": "Sent"}]


def endpoint(id: str = ENDPOINT, **changes: Any) -> ReceiptEndpoint:
    """Told of every status by its address. Answers it with the secret that signs its calls."""
    now, secret = rfc3339(clock.now()), signing.fresh()
    fields: dict[str, Any] = {
        "organization_id": ORGANIZATION,
        "name": "Shop backend",
        "kinds": ["ChatAppStatus"],
        "url": URL,
    }
    fields |= {"format": "original", "audit_version": "V2", "created_at": now, "updated_at": now}
    made = ReceiptEndpoint.model_validate({"id": id, **fields, **changes})
    receipt_endpoints.insert(made, signing.seal(made.organization_id, made.id, secret), 1000)
    return made.model_copy(update={"secret": secret.key})


def delivery(id: str = DELIVERY, **changes: Any) -> Stored:
    """Waits for its first try, with its body."""
    at = int(id[32:43], 16)
    target = receipt_keys.target_of(id) or ""
    whom = {} if "business_system_id" in changes else {"receipt_endpoint_id": target}
    fields = {"organization_id": ORGANIZATION, "kind": "ChatAppStatus", "created_at": rfc3339(at), "made_at": at}
    made = Stored.model_validate({"id": id, **fields, **whom, "due": at, **changes})
    receipt_bodies.put_once(made.organization_id, target, id, json.dumps(EVENTS).encode())
    receipt_deliveries.insert(made)
    return made


def made_at(at: int, *what: str) -> Stored:
    return delivery(receipt_keys.delivery_id(ENDPOINT, at, *what))


def tried(one: Stored, problem: str | None = None, *, last: bool = False) -> None:
    """One try: it succeeded, or failed and waits for the next, or failed for good."""
    now = clock.now()
    found = receipt_deliveries.get(one.organization_id, one.id)
    assert found
    assert receipt_deliveries.claim(found, now)
    attempt = Attempt(at=rfc3339(now), milliseconds=12, status=500 if problem else 200, problem=problem)
    if problem:
        receipt_deliveries.failed(found, attempt, None if last else now + 5000)
    else:
        receipt_deliveries.delivered(found, attempt)


def state(one: Stored) -> tuple[DeliveryStatus, int, str | None]:
    """Its status, its tries and when it was replayed."""
    found = receipt_deliveries.get(one.organization_id, one.id)
    assert found
    return found.status, found.tries, found.replayed_at


def marks() -> list[tuple[str, str]]:
    """The organization and the target of each."""
    return [(mark.organization, mark.target) for mark in receipt_marks.marks()]


def secrets(endpoint: str) -> list[Secret]:
    """Those by which its calls are signed now."""
    found, sealed = receipt_endpoints.get(ORGANIZATION, endpoint), receipt_endpoints.sealed(ORGANIZATION, endpoint)
    assert found
    assert sealed
    return signing.valid(ORGANIZATION, endpoint, found.secret_version, sealed, clock.now())


def queues() -> dict[str, str]:
    """The queues of endpoints: what their names end with, and their addresses."""
    found = client("sqs").list_queues(QueueNamePrefix="parley-receipts-").get("QueueUrls", [])
    return {url.rpartition("-receipts-")[2]: url for url in found}


def attributes(url: str) -> dict[str, str]:
    found: dict[str, str] = client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    return found
