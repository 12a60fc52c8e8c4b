"""One call of a business system with receipts or an intent: when it is tried, and what came of every try."""

from enum import StrEnum
from typing import Any

from pydantic import AwareDatetime, Field

from parley.model.times import DAY, SECOND
from parley.model.types import Id, Instant, Model, OrganizationWish, Strict

STEPS = (0, 5, 300, 1800, 2 * 3600, 5 * 3600, 10 * 3600, 10 * 3600)
"""Seconds between a failure and the next try, the first try included: eight tries over 28 hours."""
KEPT_DAYS = 30
FAILURES = 3
"""In a row, of whatever calls, until an endpoint is left alone for a while."""
PAUSES = (30, 60, 120, 300)
"""Seconds, by how often it was tried again in vain."""
PATIENCE = 5 * DAY
CALL_SECONDS = 10.0
LEASE = 30 * SECOND
"""Of one try; longer than a call may take, so that nobody else makes it meanwhile."""
AT_ONCE = 4
"""Calls of one endpoint at the same time, so that a slow one leaves workers to the others."""


class Way(StrEnum):
    HTTP = "http"
    QUEUE = "queue"


class DeliveryStatus(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


class Attempt(Model):
    """`status` is the HTTP status of an answer; `problem` why it was no success, `answer` how the answer began."""

    at: Instant
    milliseconds: int
    status: int | None = None
    problem: str | None = Field(default=None, examples=["timed_out", "address_not_allowed", "answer_too_large"])
    answer: str | None = None


class ReceiptDelivery(Model):
    """Its `id` is the `webhook-id` of every try. Kept for 30 days with its body."""

    id: Id
    organization_id: Id
    receipt_endpoint_id: Id | None = None
    business_system_id: Id | None = None
    kind: str = Field(examples=["ChatAppStatus", "intent"])
    way: Way = Way.HTTP
    events: int = Field(default=1, description="How many events it carries")
    status: DeliveryStatus = DeliveryStatus.WAITING
    tries: int = Field(default=0, description="Of eight; a replay begins anew")
    next_try_at: Instant | None = None
    created_at: Instant
    replayed_at: Instant | None = None
    attempts: list[Attempt] = Field(default_factory=list)
    body: Any = Field(default=None, description="What is sent; only in the answer about one delivery")


class NewReplay(Strict):
    """Everything made in the second of `since` or later, and before the second of `until` if given, goes out again,
    under its old webhook ids."""

    organization_id: OrganizationWish = None
    since: AwareDatetime
    until: AwareDatetime | None = None
    only_failed: bool = False


class Replay(Model):
    """The period of which everything goes out again; what is made while that happens is not part of it."""

    since: Instant
    until: Instant


def next_try(tries: int, now: int) -> int | None:
    """When the next try is due after `tries` failures, in epoch milliseconds; None when it was the last."""
    return now + STEPS[tries] * SECOND if tries < len(STEPS) else None


def pause(failures: int, pauses: int) -> int | None:
    """Milliseconds for which an endpoint is left alone after this many failures in a row, and this many pauses between
    them; None: not yet."""
    return PAUSES[min(pauses, len(PAUSES) - 1)] * SECOND if failures >= FAILURES else None
