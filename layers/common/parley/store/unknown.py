"""Messages whose outcome nobody knows: how they come to that, go once more, or are settled without evidence."""

from parley.model.message import Fault, State
from parley.model.status import Status, rank
from parley.store.messages import attempt


def lose(state: State, now: int) -> State | None:
    """`sending → unknown` once the lease is over: the worker died and nobody knows whether the call went out."""
    values = {
        ":unknown": Status.UNKNOWN,
        ":rank": rank(Status.UNKNOWN),
        ":sending": Status.SENDING,
        ":now": now,
        ":attempt": state.attempt,
    }
    condition = "#s = :sending AND lease_until <= :now AND attempt = :attempt"
    return attempt(
        state,
        "SET #s = :unknown, #r = :rank, unknown_at = :now, times.#s2 = if_not_exists(times.#s2, :now)",
        condition,
        values,
        {"#s2": "unknown"},
    )


def resend(state: State) -> State | None:
    """`unknown → queued`, once, for a one-time code whose call nobody heard of."""
    values = {
        ":unknown": Status.UNKNOWN,
        ":queued": Status.QUEUED,
        ":rank": rank(Status.QUEUED),
        ":attempt": state.attempt,
        ":yes": True,
    }
    condition = (
        "#s = :unknown AND attempt = :attempt AND attribute_not_exists(fired_at) AND attribute_not_exists(resent)"
    )
    return attempt(state, "SET #s = :queued, #r = :rank, resent = :yes", condition, values)


def settle(state: State, fault: Fault) -> State | None:
    """Marks an `unknown` that no evidence came for; its rank stays, so a late receipt still raises it."""
    values = {
        ":unknown": Status.UNKNOWN,
        ":attempt": state.attempt,
        ":yes": True,
        ":error": fault.model_dump(exclude_none=True),
    }
    condition = "#s = :unknown AND attempt = :attempt"
    return attempt(state, "SET settled = :yes, #error = :error", condition, values, {"#error": "error"})
