"""What became of one-time codes, as the business tells it: kept with the message, counted for the guard."""

from collections.abc import Iterator

from parley.cloud.metrics import count
from parley.errors import Conflict, NotFound
from parley.model import ids
from parley.model.lane import Category
from parley.model.message import State
from parley.model.message_view import Message
from parley.model.pumping import Counts, NewOtpResult, learning
from parley.operations import messages, otp_pool, pumping
from parley.store import channels, velocity
from parley.store import messages as store


def report(organization: str, message: str, new: NewOtpResult) -> Message:
    """The first answer counts, only a false may still become true. It holds for the copies too: nobody knows from which
    of them the code was typed in. Raises Conflict for what is no code of ours."""
    state = store.get(organization, message)
    if state is None:
        raise NotFound("message")
    if state.direction == "in" or state.category is not Category.AUTHENTICATION:
        raise Conflict(
            "not_a_code", "Results are reported for one-time codes: messages of the category AUTHENTICATION."
        )
    for leg in _legs(state):
        _note(leg, new.converted)
    return messages.get(organization, message)


def _legs(state: State) -> Iterator[State]:
    """The message, and the copies that went out instead of it."""
    leg: State | None = state
    while leg:
        yield leg
        leg = store.get(leg.organization, ids.copy_of(leg.root, leg.leg + 1)) if leg.fired_at else None


def _note(state: State, converted: bool) -> None:
    """Kept first and counted then, so that a repeat never counts twice."""
    if state.converted is not None and state.converted >= converted:
        return
    if store.convert(state, converted):
        _learn(state, converted)
        return
    fresh = store.get(state.organization, state.id)  # somebody was faster; what is kept only grows
    if fresh:
        _note(fresh, converted)


def _learn(state: State, converted: bool) -> None:
    """What one new result teaches; `state` is from before it."""
    count("OtpConverted" if converted else "OtpNotConverted")
    otp_pool.learned(state, converted)
    channel = channels.get(state.organization, state.channel)
    guard = pumping.guard_of(channel) if channel else None
    if guard is None or not guard.guards(state.address, state.category):
        return
    result = Counts(reported=int(state.converted is None), converted=int(converted))
    for window in learning(guard, state.address.value, state.created_at):
        velocity.learn(state.organization, state.channel, window, result)
