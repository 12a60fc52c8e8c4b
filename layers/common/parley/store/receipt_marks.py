"""Marks of where deliveries wait, so that the job of every minute finds what nobody looks at."""

from collections.abc import Iterator
from typing import NamedTuple

from parley.model.times import SECOND
from parley.store import receipt_keys, table, unmarking

FRESH = 30 * SECOND
"""For so long a mark holds that this worker made; less than the two minutes after which an idle one goes."""
MOST_MARKED = 10_000
_marked: dict[tuple[str, str], int] = {}


class Mark(NamedTuple):
    organization: str
    target: str
    at: int


def mark(organization: str, target: str, now: int) -> None:
    """Something waits there: written before whoever relies on the minute job goes away. Not again within moments: all
    marks share one partition, and a burst at one endpoint must not take its capacity from all others."""
    if 0 <= now - _marked.get((organization, target), 0) < FRESH:
        return
    table.put(table.runtime(), {**receipt_keys.waiting_mark(organization, target), "marked_at": now})
    if len(_marked) >= MOST_MARKED:
        _marked.clear()
    _marked[organization, target] = now


def unmark(organization: str, target: str, before: int) -> None:
    """Only a mark that nobody renewed."""
    unmarking.unmark(receipt_keys.waiting_mark(organization, target), before)


def marks() -> Iterator[Mark]:
    """Of what has deliveries that wait."""
    for item in table.query(table.runtime(), "pk = :pk", {":pk": "RECEIPTS"}, consistent=True):
        organization, _, target = item["sk"].partition("#")
        yield Mark(organization, target, item["marked_at"])
