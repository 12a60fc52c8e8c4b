"""The daily look at everything that has not ended: whatever a crash left behind is put on its way again or ended."""

from collections.abc import Callable, Iterator

from parley.cloud import clock, queues
from parley.model.message import State
from parley.model.status import ENDED, ENDED_BADLY, Status
from parley.model.times import HOUR
from parley.operations import ends, fallback, timers
from parley.store import channels, lists, organizations

MARGIN = 20_000
LOOK_BACK = 4
QUIET = HOUR


def reconcile(left: Callable[[], int]) -> dict[str, int]:
    """Goes through the last days, channel by channel. Every step is idempotent, so it may be cut short."""
    counted = {"looked_at": 0, "mended": 0}
    for state in _unfinished():
        if left() < MARGIN:
            break
        counted["looked_at"] += 1
        counted["mended"] += mend(state)
    return counted


def _unfinished() -> Iterator[State]:
    now = clock.now()
    for organization in organizations.all_ids():
        for channel in channels.list_all(organization):
            for state in lists.of_days(organization, channel.id, now, LOOK_BACK):
                if state.status not in ENDED - ENDED_BADLY:
                    yield state
            yield from lists.overdue(organization, channel.id, now)


def mend(state: State) -> int:
    """Does for one message what a healthy worker or timer would have done. Returns 1 if something was to do."""
    now = clock.now()
    if state.status in ENDED_BADLY or (state.status is Status.UNKNOWN and state.settled):
        fallback.fire_if_due(state)
        return 0
    if now - max([state.created_at, *state.times.values()]) < QUIET and state.status is not Status.SCHEDULED:
        return 0
    return _mend(state, now)


def _mend(state: State, now: int) -> int:
    if state.status is Status.SCHEDULED and state.send_at <= now:
        timers.again(
            {"kind": "send", "organization": state.organization, "message": state.id, "send_at": state.send_at}, now
        )
    elif state.status is Status.QUEUED and state.expires_at <= now:
        ends.expire(state)
    elif state.status is Status.QUEUED and state.held_by is None:
        queues.enqueue(state.lane, state.organization, state.id, state.channel)
    elif state.status is Status.SENDING:
        ends.lost(state)
    elif state.status is Status.UNKNOWN:
        ends.settle(state.organization, state.id, state.attempt)
    elif state.status in (Status.ACCEPTED, Status.SENT):
        fallback.check(state.organization, state.id)
        return 0
    else:
        return 0
    return 1
