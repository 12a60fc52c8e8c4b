"""Counts of this invocation, written as metrics by the edge when it ends."""

from collections import Counter
from threading import Lock

_counts: Counter[str] = Counter()
_ADDING = Lock()


def count(name: str, value: int = 1) -> None:
    with _ADDING:
        _counts[name] += value


def drain() -> dict[str, int]:
    """What was counted since the last call."""
    found = dict(_counts)
    _counts.clear()
    return found
