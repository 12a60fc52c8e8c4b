"""Whom a delivery calls, a receipt endpoint or a business system: one try of it, and what came of that."""

import json
import time
from typing import NamedTuple

from parley.cloud import clock, receipt_queues
from parley.model.business_system import BusinessSystem
from parley.model.receipt import ReceiptKind
from parley.model.receipt_delivery import Attempt, Way
from parley.model.receipt_endpoint import ReceiptEndpoint
from parley.model.times import rfc3339
from parley.operations import business_systems, receipt_endpoints
from parley.providers import pushing
from parley.providers.pushing import Answer
from parley.store import business_systems as systems
from parley.store import receipt_endpoints as endpoints
from parley.store.receipt_deliveries import Stored

Callee = ReceiptEndpoint | BusinessSystem
EXCERPT = 200
"""Characters of an answer that are kept."""
UNSENDABLE = {letter: f"\\u{letter:04x}" for letter in (0xFFFE, 0xFFFF)}
"""What a JSON text may have, but a message of SQS only in JSON's own writing."""


class Called(NamedTuple):
    """`wait` as in `pushing.Answer`."""

    attempt: Attempt
    text: str = ""
    wait: int = 0

    @property
    def ok(self) -> bool:
        return self.attempt.problem is None


def find(delivery: Stored) -> Callee | None:
    """None: it was deleted."""
    if delivery.business_system_id:
        return systems.get(delivery.organization_id, delivery.business_system_id)
    return endpoints.get(delivery.organization_id, delivery.target)


def takes(callee: Callee, way: Way) -> bool:
    """One that was disabled, because its address failed, still has its queues."""
    if isinstance(callee, BusinessSystem):
        return True
    return callee.collects if way is Way.QUEUE else callee.is_active


def has_queues(callee: Callee) -> bool:
    return isinstance(callee, ReceiptEndpoint) and bool(callee.queue_role_arn)


def is_reached(callee: Callee, delivery: Stored) -> bool:
    """Whether it still has the address or the queue that the delivery is for."""
    if isinstance(callee, BusinessSystem):
        return True
    return bool(callee.queue_role_arn if delivery.way is Way.QUEUE else callee.url)


def call(callee: Callee, delivery: Stored, body: bytes) -> Called:
    """Never raises for what the far side does."""
    at = clock.now()
    if isinstance(callee, BusinessSystem):
        headers = business_systems.headers(callee, delivery.id, body, at)
        answer = pushing.post(callee.url, headers, body)
        return _called(at, answer, answer.problem)
    if delivery.way is Way.QUEUE:
        return _queued(callee, delivery, body, at)
    headers = receipt_endpoints.headers(callee, delivery.id, delivery.kind, body, at)
    answer = pushing.post(callee.url or "", headers, body)
    return _called(at, answer, receipt_endpoints.succeeded(callee, answer))


def _called(at: int, answer: Answer, problem: str | None) -> Called:
    said = answer.text[:EXCERPT] or None
    attempt = Attempt(
        at=rfc3339(at), milliseconds=answer.milliseconds, status=answer.status, problem=problem, answer=said
    )
    return Called(attempt, answer.text, answer.wait)


def _queued(endpoint: ReceiptEndpoint, delivery: Stored, body: bytes, at: int) -> Called:
    """Each event of the batch as a message of its own, as the originals' queues have them."""
    begun = time.monotonic()
    queue = next((each for each in endpoint.queues if each.kind == ReceiptKind(delivery.kind)), None)
    problem = None if queue else "queue_gone"
    if queue:
        events = [json.dumps(each, ensure_ascii=False, separators=(",", ":")) for each in json.loads(body)]
        problem = receipt_queues.put(queue.url, [each.translate(UNSENDABLE) for each in events])
    spent = round((time.monotonic() - begun) * 1000)
    return Called(Attempt(at=rfc3339(at), milliseconds=spent, problem=problem))
