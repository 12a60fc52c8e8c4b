"""Timers: what must happen at a time. Up to 15 minutes they wait on the timers queue, beyond that in one EventBridge
schedule that puts them there; an early one waits for the rest, and every firing may be repeated."""

from typing import Any

from parley.cloud import clock, queues, schedules
from parley.settings import settings

Timer = dict[str, Any]


def arm(timer: Timer, due: int) -> None:
    """Lets `timer` fire at `due` (epoch milliseconds), at the earliest."""
    if due - clock.now() > queues.MAX_DELAY * 1000:
        schedules.at(due, {**timer, "due": due})
    else:
        again(timer, due)


def again(timer: Timer, due: int) -> None:
    """The next hop on the queue; the local stack takes short ones, so that a shifted clock is noticed soon."""
    seconds = -(-max(0, due - clock.now()) // 1000)
    queues.send(settings().timers_queue, {**timer, "due": due}, min(seconds, settings().timer_step))


def release_soon(held_by: str) -> None:
    """What is held by this goes on at once; the minute job would find it too."""
    again({"kind": "release", "held_by": held_by}, clock.now())
