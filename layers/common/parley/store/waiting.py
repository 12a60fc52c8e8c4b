"""What nobody has claimed yet: held, scheduled, moved, cancelled or ended, each by one conditional write."""

from parley.model.message import Fault, State
from parley.model.status import Status, rank
from parley.store.messages import attempt


def hold(state: State, held_by: str, until: int) -> bool:
    values = {":queued": Status.QUEUED, ":held": held_by, ":until": until}
    return attempt(state, "SET held_by = :held, hold_until = :until", "#s = :queued", values) is not None


def queue_scheduled(state: State, send_at: int) -> State | None:
    """`scheduled → queued` at its time; a firing for another time than the stored one changes nothing."""
    values = {":scheduled": Status.SCHEDULED, ":queued": Status.QUEUED, ":rank": rank(Status.QUEUED), ":at": send_at}
    expression = "SET #s = :queued, #r = :rank, times.queued = :at REMOVE held_by, hold_until"
    return attempt(state, expression, "#s = :scheduled AND send_at = :at", values)


def move(state: State, send_at: int, expires_at: int) -> State | None:
    values = {":scheduled": Status.SCHEDULED, ":at": send_at, ":expires": expires_at, ":old": state.send_at}
    expression = "SET send_at = :at, expires_at = :expires, hold_until = :at"
    return attempt(state, expression, "#s = :scheduled AND send_at = :old", values)


def cancel(state: State, now: int) -> State | None:
    """Possible until the claim."""
    values = {
        ":over": Status.CANCELLED,
        ":rank": rank(Status.CANCELLED),
        ":scheduled": Status.SCHEDULED,
        ":queued": Status.QUEUED,
        ":now": now,
    }
    expression = "SET #s = :over, #r = :rank, times.cancelled = :now REMOVE held_by, hold_until"
    return attempt(state, expression, "#s IN (:scheduled, :queued)", values)


def end_unclaimed(state: State, status: Status, now: int, fault: Fault) -> State | None:
    """Ends what no worker has taken: expired, failed by a local fault, or of a deleted channel."""
    values = {
        ":over": status,
        ":rank": rank(status),
        ":scheduled": Status.SCHEDULED,
        ":queued": Status.QUEUED,
        ":now": now,
    }
    values |= {":error": fault.model_dump(exclude_none=True)}
    expression = "SET #s = :over, #r = :rank, #error = :error, times.#t = :now REMOVE held_by, hold_until"
    return attempt(state, expression, "#s IN (:scheduled, :queued)", values, {"#error": "error", "#t": str(status)})
