"""What changes of messages add to the counters of their templates, as the table's stream carries them."""

from collections.abc import Iterable
from typing import Any

from parley.cloud import clock
from parley.cloud.metrics import count
from parley.model.metrics import Change, increments
from parley.store import keys, messages, metrics, table

Image = dict[str, Any]


def project(batch: str, changes: Iterable[tuple[Image | None, Image | None, int]]) -> None:
    """Counts what a batch of changes says, once, however often it comes."""
    added = increments([_change(old, new) for old, new, _ in changes])
    if added and not metrics.add(batch, added, clock.now()):
        count("ChangesRepeated")


def _change(old: Image | None, new: Image | None) -> Change:
    before, after = (messages.plain(table.from_wire(image)) if image else None for image in (old, new))
    return Change(keys.organization_of(after or before or {}), before, after)
