"""Replays that were asked for, so that a repeat of the request, or of its job, is known as the same."""

from parley.model.times import DAY
from parley.model.types import Model
from parley.store import receipt_keys, table
from parley.store.table import ConditionFailed

KEPT = 7 * DAY


class Asked(Model):
    """Times in epoch milliseconds; `at` is when it was asked for."""

    id: str
    organization: str
    target: str
    since: int
    until: int
    only_failed: bool
    at: int
    fingerprint: str


def insert(asked: Asked) -> Asked:
    """Keeps a new one, and answers what is kept: the first one for a repeat."""
    key = receipt_keys.replay(asked.organization, asked.target, asked.id)
    try:
        table.insert(table.runtime(), {**key, **asked.model_dump(), "expires": (asked.at + KEPT) // 1000})
    except ConditionFailed as failed:
        return Asked.model_validate(failed.old)
    return asked


def get(organization: str, target: str, replay: str) -> Asked | None:
    item = table.get(table.runtime(), receipt_keys.replay(organization, target, replay))
    return Asked.model_validate(item) if item else None
