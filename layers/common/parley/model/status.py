"""A message's status as a rank that only grows, so that order and repetition of receipts stop mattering."""

from enum import StrEnum


class Status(StrEnum):
    SCHEDULED = "scheduled"
    QUEUED = "queued"
    SENDING = "sending"
    UNKNOWN = "unknown"
    ACCEPTED = "accepted"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    DELIVERED = "delivered"
    READ = "read"
    RECEIVED = "received"


RANK = {
    Status.SCHEDULED: -10,
    Status.QUEUED: 0,
    Status.SENDING: 10,
    Status.UNKNOWN: 15,
    Status.ACCEPTED: 20,
    Status.SENT: 30,
    Status.FAILED: 40,
    Status.CANCELLED: 40,
    Status.SKIPPED: 40,
    Status.EXPIRED: 40,
    Status.SUPERSEDED: 40,
    Status.DELIVERED: 50,
    Status.READ: 60,
    Status.RECEIVED: 60,
}
"""Positive evidence stands above failure: a platform may report `delivered` after `failed` (several devices)."""

ENDED_BADLY = frozenset({Status.FAILED, Status.EXPIRED})
SILENT_ENDS = frozenset({Status.CANCELLED, Status.SKIPPED, Status.SUPERSEDED})
ENDED = ENDED_BADLY | SILENT_ENDS | {Status.DELIVERED, Status.READ, Status.RECEIVED}


def rank(status: Status) -> int:
    return RANK[status]


def outranks(new: Status, old: Status) -> bool:
    """Whether a report of `new` changes a message that stands at `old`. Equal ranks never replace each other."""
    return RANK[new] > RANK[old]
