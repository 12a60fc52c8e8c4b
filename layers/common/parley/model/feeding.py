"""How many rows of a run go onto their lane now, and when each of them is due: a pure rule, in milliseconds.

The rows lie in files; a cursor hands them out just in time, at the pace of the sender, so that pause, cancel and
another speed act at once."""

import math
from collections.abc import Sequence
from typing import NamedTuple

AHEAD = 10_000
"""How far ahead of its time a row may lie on the queue, with a delay."""

IN_FLIGHT = 30_000
"""At most this much of the sender's time is on its way without a trace; more means that workers cannot follow."""

LEAST_IN_FLIGHT = 20
MOST_AT_ONCE = 4000
RATE_SAMPLES = 60_000


class Portion(NamedTuple):
    """`delays` in seconds, one for each row that goes out; `next_at` is when the row after them does."""

    delays: list[int]
    next_at: float


def room(in_flight: int, per_second: float) -> int:
    return max(0, int(per_second * IN_FLIGHT / 1000) + LEAST_IN_FLIGHT - in_flight)


def portion(
    left: int, room: int, next_at: float, per_second: float, now: int, starts: int, stops: int | None
) -> Portion:
    """Of `left` rows of the wave that is due at `starts`; none at `stops`, when the window closes, or later. Whatever
    went out lies less than AHEAD ahead, so a rate that was slow before puts off the next row by no more than that."""
    step = 1000 / per_second
    next_at = min(next_at, now + AHEAD + step)
    first = max(next_at, now, starts)
    last = min(now + AHEAD, stops if stops is not None else math.inf)
    fitting = math.ceil((last - first) / step) if last > first else 0
    count = max(0, min(left, room, MOST_AT_ONCE, fitting))
    delays = [math.ceil((first + index * step - now) / 1000) for index in range(count)]
    return Portion(delays, first + count * step if count else next_at)


def sampled(samples: Sequence[Sequence[int]], now: int, seen: int) -> list[list[int]]:
    """With one more, those older than a minute dropped but for the last of them."""
    young = [list(each) for each in samples if each[0] > now - RATE_SAMPLES]
    old = [list(each) for each in samples if each[0] <= now - RATE_SAMPLES][-1:]
    return [*old, *young[-29:], [now, seen]]


def rate(samples: Sequence[Sequence[int]]) -> float | None:
    """Rows per second over the samples; None while nothing can be said."""
    if len(samples) < 2 or samples[-1][0] <= samples[0][0]:
        return None
    return (samples[-1][1] - samples[0][1]) * 1000 / (samples[-1][0] - samples[0][0])
