"""The daily look at everything that has not ended: whatever a crash left behind is put on its way again or ended."""

from collections.abc import Callable, Iterator
from functools import partial

from parley.cloud import clock, queues
from parley.model.message import State, Trigger
from parley.model.status import ENDED, ENDED_BADLY, Status
from parley.model.times import DAY, HOUR
from parley.operations import ends, fallback, rounds, timers
from parley.operations.each import each
from parley.store import lists

MARGIN = 20_000
LOOK_BACK = 4
QUIET = HOUR
FINISHED = ENDED - ENDED_BADLY - {Status.DELIVERED, Status.SUPERSEDED}
"""A superseded message may still lack the copy that took its place."""


def reconcile(left: Callable[[], int]) -> dict[str, int]:
    """Goes through the last days, channel by channel, from where the last run had to stop. Every step is idempotent."""
    counted = {"looked_at": 0, "mended": 0}
    for organization, channel in rounds.channels_in_turn("RECONCILIATION", left, MARGIN):
        for state in _unfinished(organization, channel):
            counted["looked_at"] += 1
            counted["mended"] += each("a message could not be mended", partial(mend, state))
    return counted


def _unfinished(organization: str, channel: str) -> Iterator[State]:
    for state in lists.of_days(organization, channel, clock.now(), LOOK_BACK):
        if state.status not in FINISHED and not (
            state.status is Status.DELIVERED and state.trigger is not Trigger.UNREAD
        ):
            yield state
    yield from lists.overdue(organization, channel, clock.now())


def watch(state: State) -> None:
    """A message made longer ago than the daily look reaches is looked at once after its end."""
    if clock.now() - state.created_at > (LOOK_BACK - 1) * DAY:
        timer = {"kind": "mend", "organization": state.organization, "message": state.id}
        timers.arm(timer, state.expires_at + 2 * QUIET)


def mend(state: State) -> bool:
    """Does for one message what a healthy worker or timer would have done; whether there was something to do."""
    now = clock.now()
    if state.status in ENDED_BADLY or (state.status is Status.UNKNOWN and state.settled):
        fallback.fire_if_due(state)
        return False
    if now - max([state.created_at, *state.times.values()]) < QUIET and state.status is not Status.SCHEDULED:
        return False
    return _mend(state, now)


def _mend(state: State, now: int) -> bool:
    match state.status:
        case Status.SCHEDULED if state.send_at <= now:
            timer = {"kind": "send", "organization": state.organization, "message": state.id, "send_at": state.send_at}
            timers.again(timer, now)
        case Status.QUEUED if state.expires_at <= now:
            ends.expire(state)
        case Status.QUEUED if state.held_by is None:
            queues.enqueue(state.lane, state.organization, state.id, state.channel)
        case Status.SENDING:
            ends.lost(state)
        case Status.UNKNOWN:
            ends.settle(state.organization, state.id, state.attempt)
        case _:
            fallback.fire_if_due(state)
            return False
    return True
