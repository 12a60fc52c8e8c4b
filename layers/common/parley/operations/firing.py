"""What the timers queue brings: each kind of timer, when its time has come."""

from collections.abc import Callable
from typing import Any

from parley.cloud import clock, queues
from parley.model.fallback import wait_ends
from parley.model.status import Status
from parley.operations import deletion, ends, fallback, feed, follow_up, holds, intent_replies, reconciliation, timers
from parley.store import messages as store
from parley.store import waiting

Timer = dict[str, Any]


def fire(timer: Timer) -> None:
    """Fires a timer that is due; one that came early waits for the rest. Every kind may fire twice."""
    if timer["due"] > clock.now():
        timers.again(_bare(timer), timer["due"])
        return
    KINDS[timer["kind"]](timer)


def _send(timer: Timer) -> None:
    """A scheduled message's time has come. A timer of a time that the message was moved away from does nothing."""
    state = store.get(timer["organization"], timer["message"])
    if state is None:
        return
    queued = waiting.queue_scheduled(state, timer["send_at"]) or store.get(state.organization, state.id) or state
    if queued.status is Status.QUEUED and queued.send_at == timer["send_at"]:
        queues.enqueue(queued.lane, queued.organization, queued.id, queued.channel)
        reconciliation.watch(queued)


def _fallback(timer: Timer) -> None:
    """A wait ran out: fires if it is due, goes on waiting for a live lease or for the rest of the time."""
    state = store.get(timer["organization"], timer["message"])
    if state is None:
        return
    ends_at = wait_ends(state)
    if state.status is Status.SENDING and (state.lease_until or 0) > clock.now():
        timers.again(_bare(timer), (state.lease_until or 0) + 1000)
    elif state.status is Status.SENDING:
        ends.lost(state)
    elif ends_at is not None and ends_at > clock.now():
        fallback.arm(state)
    else:
        fallback.fire_if_due(state)


def _bare(timer: Timer) -> Timer:
    return {name: value for name, value in timer.items() if name != "due"}


def _mend(timer: Timer) -> None:
    state = store.get(timer["organization"], timer["message"])
    if state:
        reconciliation.mend(state)


def _settle(timer: Timer) -> None:
    ends.settle(timer["organization"], timer["message"], timer["attempt"])


def _release(timer: Timer) -> None:
    holds.release(timer["held_by"])


def _end_channel(timer: Timer) -> None:
    deletion.finish(timer["organization"], timer["channel"])


def _follow_up(timer: Timer) -> None:
    follow_up.do(timer["organization"], timer["message"], timer["since"])


def _intent_reply(timer: Timer) -> None:
    intent_replies.send(timer["organization"], timer["message"], timer["reply"])


def _feed(timer: Timer) -> None:
    feed.pass_on(timer["organization"], timer["broadcast"], timer["turn"])


def _recount(timer: Timer) -> None:
    feed.recount(timer["organization"], timer["broadcast"])


KINDS: dict[str, Callable[[Timer], None]] = {
    "send": _send,
    "fallback": _fallback,
    "settle": _settle,
    "mend": _mend,
    "release": _release,
    "end_channel": _end_channel,
    "follow_up": _follow_up,
    "intent_reply": _intent_reply,
    "feed": _feed,
    "recount": _recount,
}
