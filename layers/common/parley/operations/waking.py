"""The job of every minute for receipts: whatever waits and is due gets somebody who looks at it."""

import random
from collections.abc import Callable
from functools import partial

from parley.cloud import clock
from parley.model.times import MINUTE
from parley.operations.each import each
from parley.operations.receipt_kicks import kick
from parley.store import receipt_deliveries as store
from parley.store import receipt_marks
from parley.store.receipt_marks import Mark

MARGIN = 5000


def wake(left: Callable[[], int]) -> dict[str, int]:
    """Kicks every endpoint and business system of which something is due, and forgets those of which nothing waits. In
    no order: where the time is too short, it is not always the same ones who wait."""
    counted, marked = {"woken": 0}, [*receipt_marks.marks()]
    random.shuffle(marked)
    for mark in marked:
        if left() < MARGIN:
            break
        counted["woken"] += each("an endpoint could not be woken", partial(_wake, mark))
    return counted


def _wake(mark: Mark) -> bool:
    now, old = clock.now(), clock.now() - 2 * MINUTE
    if store.any_due(mark.organization, mark.target, now, 1):
        kick(mark.organization, mark.target)
        return True
    if mark.at < old and not store.any_ticket(mark.organization, mark.target):
        receipt_marks.unmark(mark.organization, mark.target, old)
    return False
