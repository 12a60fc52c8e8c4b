"""Pacing as one number per sender (GCRA): the time at which the sender is free again."""

from typing import NamedTuple


class Slots(NamedTuple):
    """`first` is the epoch millisecond of the first slot, `interval` the distance to the next one."""

    first: float
    interval: float


BULK_SHARE = 0.8
"""A bulk message may use this part of the rate, and half of the horizon, so single sends and codes keep a share."""


def interval(per_second: float, *, bulk: bool) -> float:
    """Milliseconds that one message occupies of its sender."""
    return 1000 / (per_second * BULK_SHARE if bulk else per_second)


def horizon(milliseconds: float, *, bulk: bool) -> float:
    return milliseconds / 2 if bulk else milliseconds
