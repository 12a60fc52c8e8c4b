"""What the timers queue brings: each kind of timer, when its time has come."""

from collections.abc import Callable
from typing import Any

from parley.cloud import clock, queues
from parley.operations import deletion, ends, fallback, holds, timers
from parley.store import messages as store

Timer = dict[str, Any]


def fire(timer: Timer) -> None:
    """Fires a timer that is due; one that came early waits for the rest. Every kind may fire twice."""
    if timer["due"] > clock.now():
        timers.again({name: value for name, value in timer.items() if name != "due"}, timer["due"])
        return
    KINDS[timer["kind"]](timer)


def _send(timer: Timer) -> None:
    """A scheduled message's time has come. A timer of a time that the message was moved away from does nothing."""
    state = store.get(timer["organization"], timer["message"])
    if state is None:
        return
    queued = store.queue_scheduled(state, timer["send_at"])
    if queued or (state.status == "queued" and state.send_at == timer["send_at"]):
        queues.enqueue(state.lane, state.organization, state.id, state.channel)


def _fallback(timer: Timer) -> None:
    fallback.check(timer["organization"], timer["message"])


def _settle(timer: Timer) -> None:
    ends.settle(timer["organization"], timer["message"], timer["attempt"])


def _release(timer: Timer) -> None:
    holds.release(timer["held_by"])


def _end_channel(timer: Timer) -> None:
    deletion.finish(timer["organization"], timer["channel"])


KINDS: dict[str, Callable[[Timer], None]] = {
    "send": _send,
    "fallback": _fallback,
    "settle": _settle,
    "release": _release,
    "end_channel": _end_channel,
}
