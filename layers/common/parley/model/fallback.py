"""When a fallback fires: a pure rule over what is known of the original (sending rules §7)."""

from parley.model.message import State, Trigger
from parley.model.status import ENDED_BADLY, Status
from parley.model.suppression import REFUSED_BY_PERSON

STARTS = (Status.ACCEPTED, Status.UNKNOWN, Status.SENT, Status.DELIVERED)
IN_FLIGHT = frozenset({Status.QUEUED, Status.UNKNOWN, Status.ACCEPTED, Status.SENT})


def reason_to_fire(state: State, now: int) -> str | None:
    """Why the next step must go out now, None if it must not. Cancelled, skipped and superseded messages never fire."""
    if state.trigger is None or state.fired_at:
        return None
    if state.status in ENDED_BADLY:
        return _bad_end(state)
    if state.status is Status.UNKNOWN and state.settled:
        return "outcome_unknown"
    return _waited(state, now)


def _bad_end(state: State) -> str | None:
    if state.error and state.error.code == REFUSED_BY_PERSON:
        return None  # as if their wish had been known before
    local = state.error is not None and state.error.local
    return None if local and state.trigger is not Trigger.SEND_FAILED else str(state.status)


def _waited(state: State, now: int) -> str | None:
    ends = wait_ends(state)
    if ends is None or now < ends:
        return None
    if state.status in IN_FLIGHT:
        return str(state.trigger)
    if state.status is Status.DELIVERED and state.trigger is Trigger.UNREAD:
        return str(state.trigger)
    return None


def wait_ends(state: State) -> int | None:
    """The instant at which the wait runs out: it starts at acceptance or at `unknown`, whichever was recorded first.

    Where a worker died before recording either, the first receipt proves the acceptance and starts it."""
    starts = _known(state, Status.ACCEPTED, Status.UNKNOWN) or _known(state, Status.SENT, Status.DELIVERED)
    if state.wait is None or state.trigger is Trigger.SEND_FAILED or not starts:
        return None
    return min(starts) + state.wait * 1000


def _known(state: State, *statuses: Status) -> list[int]:
    return [state.times[status] for status in statuses if status in state.times]


def goal(state: State) -> Status:
    """What no leg may have reached when the step after this one fires."""
    return Status.READ if state.trigger is Trigger.UNREAD else Status.DELIVERED


def firing_statuses(state: State) -> list[Status]:
    """In which of its statuses the original may be taken over; `sending` waits for its lease."""
    statuses = [Status.UNKNOWN, Status.ACCEPTED, Status.SENT, Status.FAILED, Status.EXPIRED]
    return [*statuses, Status.DELIVERED] if state.trigger is Trigger.UNREAD else statuses


def seconds_to_deliver(state: State, now: int) -> int:
    """How long the platform may try: not beyond the wait of the fallback, or both would arrive."""
    left = max(1, (state.expires_at - now) // 1000)
    return min(left, state.wait) if state.wait and state.trigger is Trigger.UNDELIVERED else left
