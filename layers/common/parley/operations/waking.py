"""The job of every minute for receipts: whatever waits and is due gets somebody who looks at it."""

import random
from collections.abc import Callable
from functools import partial

from parley.cloud import clock
from parley.model.times import MINUTE
from parley.operations.each import each
from parley.operations.receipt_kicks import kick
from parley.store import receipt_deliveries as store

MARGIN = 5000


def wake(left: Callable[[], int]) -> dict[str, int]:
    """Kicks every endpoint and business system of which something is due, and forgets those of which nothing waits. In
    no order: where the time is too short, it is not always the same ones who wait."""
    counted, marked = {"woken": 0}, [*store.marks()]
    random.shuffle(marked)
    for organization, target in marked:
        if left() < MARGIN:
            break
        counted["woken"] += each("an endpoint could not be woken", partial(_wake, organization, target))
    return counted


def _wake(organization: str, target: str) -> bool:
    now = clock.now()
    if store.tickets(organization, target, now, 1):
        kick(organization, target)
        return True
    if not store.any_ticket(organization, target):
        store.unmark(organization, target, now - 2 * MINUTE)
    return False
