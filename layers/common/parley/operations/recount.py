"""The nightly recount: counters of the last complete days are compared with the messages themselves, and mended.

Sends that were timed on an earlier day than the one they were sent for are not recounted, since no list leads from that
day to them: they have a counter item of their own, which stays as the changes made it. So have fallbacks that fired on
a later day than the one on which their message was made."""

import time
from collections import Counter
from collections.abc import Callable
from functools import partial

from parley.cloud import clock
from parley.model import ids
from parley.model.metrics import Counts, Place, counts_of
from parley.model.run import Run
from parley.model.times import DAY, HOUR
from parley.operations import rounds
from parley.operations.each import each
from parley.store import broadcasts, lists
from parley.store import metrics as store

MARGIN = 60_000
BATCH = 100
DAYS = 3
QUIET = 2 * HOUR
LAG = 20
"""Seconds that a change may be on its way to the counters."""

Left = Callable[[], int]


def recount(left: Left) -> dict[str, int]:
    """Goes through the channels, each with its last complete days, from where the last run had to stop."""
    counted: Counter[str] = Counter(days=0, mended=0)
    for organization, channel in rounds.channels_in_turn("RECOUNT", left, MARGIN):
        for back in range(1, DAYS + 1):
            at = clock.now() - QUIET - back * DAY
            each("a day could not be recounted", partial(_recount, organization, channel, at, left, counted))
    return dict(counted)


def _recount(organization: str, channel: str, at: int, left: Left, counted: Counter[str]) -> None:
    counted["days"] += 1
    counted["mended"] += _mended(partial(_of_messages, organization, channel, at, left), left)


def of_broadcast(organization: str, broadcast: str, left: Left) -> int:
    """Counts every row of a run that is over; how many counters were wrong."""
    run = broadcasts.get(organization, broadcast)
    return _mended(partial(_of_rows, run, left), left) if run else 0


def _mended(messages: Callable[[], dict[Place, Counts]], left: Left) -> int:
    """Only what differs is looked at again: its counters, then its messages, then all that is on its way has time to
    arrive; a counter that moved meanwhile is left alone."""
    first = messages()
    before = store.kept(first)
    if all(before[where].counts == counts for where, counts in first.items()):
        return 0
    again = messages()
    wrong = [where for where in before if before[where].counts != again[where]]
    if not wrong or left() <= MARGIN:
        return 0
    time.sleep(LAG)
    return sum(store.replace(where, again[where], before[where].version) for where in wrong)


def _of_rows(run: Run, left: Left) -> dict[Place, Counts]:
    """What the rows of a broadcast say of it."""
    found: dict[Place, Counts] = {}
    for first in range(0, run.rows, BATCH):
        if left() < MARGIN:
            raise TimeoutError
        names = [ids.row_of(run.id, number) for number in range(first, min(first + BATCH, run.rows))]
        for message in lists.plain(run.organization, names):
            for where, counts in counts_of(run.organization, message).items():
                if where.broadcast:
                    found.setdefault(where, Counter()).update(counts)
    return found


def _of_messages(organization: str, channel: str, at: int, left: Left) -> dict[Place, Counts]:
    """What the messages of one day say. Raises TimeoutError when there is no time to read them all."""
    found: dict[Place, Counts] = {}
    for message in lists.stored(organization, channel, at):
        if left() < MARGIN:
            raise TimeoutError
        for where, counts in counts_of(organization, message).items():
            if not (where.timed or where.broadcast):  # a broadcast is recounted as a whole
                found.setdefault(where, Counter()).update(counts)
    return found
