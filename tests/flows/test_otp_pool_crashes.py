"""A worker that dies at any call while a code goes out through the pool: only what nobody knew of goes twice."""

import pytest
from parley.model.message import State
from parley.model.status import Status
from parley.operations import channels

from tests.support.pooled import THIRD, Pooled
from tests.support.world import NUMBER, OTHER_NUMBER, World

MOST = 40
FATES: dict[str, list[str]] = {
    "plain": [],
    "dead credential": ["190"],
    "asked to rest": ["131048"],
    "not available": ["131016"],
    "both refuse": ["190", "130497"],
    "cut": ["cut"],
}


@pytest.mark.parametrize("how", ["before", "after"])
@pytest.mark.parametrize("fate", FATES)
def test_a_death_at_any_call(quick: World, fate: str, how: str) -> None:
    """One person for each call, from the worker's first to the last; then all of them live on."""
    pooled = Pooled(quick, use_own_numbers=True)
    other = pooled.bind(THIRD)
    pooled.add(other)
    bound = {pooled.channel: OTHER_NUMBER, other: THIRD}
    said: list[str] = []
    for nth in range(1, MOST):
        to = f"+346030{nth:05}"
        quick.meta.happens(to, *FATES[fate])
        said.append(pooled.code(to))
        quick.faults.arm(nth, how)
        quick.run(4000)
        quick.faults.disarm()
        revive(quick, bound)
        if not quick.faults.fired:
            break
    assert len(said) > 10
    for _ in range(3):
        quick.run(2400)
        quick.pump.minute()
    for message in said:
        check(quick.state(message), pooled.senders(message))


def revive(world: World, bound: dict[str, str]) -> None:
    """Somebody binds anew whatever lost its credential."""
    for channel, number in bound.items():
        if not channels.get(world.organization, channel).can_send:
            settings = {"waba_id": "102290129340398", "phone_number_id": number}
            world.bind(channel, settings, {"access_token": "EAA-token"})


def check(state: State, senders: list[str]) -> None:
    """It ended, its receipts would be believed, and only what nobody knew of went twice."""
    assert state.status not in (Status.QUEUED, Status.SENDING), state
    assert state.status is not Status.UNKNOWN or state.settled, state
    assert len(senders) <= 1 + state.resent, (state, senders)
    assert not senders or state.sent_from == senders[-1], (state, senders)
    spoilt = state.status is Status.EXPIRED  # a fault of ours outlasted its five minutes
    assert senders or spoilt or state.status is Status.UNKNOWN or state.resent, state
    assert set(senders) <= {NUMBER, OTHER_NUMBER, THIRD}
