"""A worker that dies at any call while receipts are made or pushed: every event comes, and nothing gets stuck."""

import pytest

from tests.support.faults import Killed
from tests.support.told import FINE, SHOP, Answer, Post, Told
from tests.support.world import World

MOST = 60


@pytest.fixture
def told(quick: World, monkeypatch: pytest.MonkeyPatch) -> Told:
    return Told(quick, monkeypatch)


@pytest.mark.parametrize("how", ["before", "after", "error"])
def test_a_death_while_receipts_are_made(told: Told, how: str) -> None:
    """The stream brings the batch again."""
    told.endpoint()
    messages: set[str] = set()
    for nth in range(1, MOST):
        messages.add(told.reach(f"+3460030{nth:04}"))
        place = told.stream.place
        told.world.faults.arm(nth, how)
        try:
            told.stream.flow(told.world.time())
        except (Killed, Exception):
            told.stream.place = place
        told.world.faults.disarm()
        told.run(1)
        if not told.world.faults.fired:
            break
    assert len(messages) > 5
    told.wakes(300)
    assert {message for message, _ in told.statuses()} == messages


@pytest.mark.parametrize("how", ["before", "after", "error"])
@pytest.mark.parametrize("fate", ["fine", "fails once"])
def test_a_death_while_receipts_are_pushed(told: Told, fate: str, how: str) -> None:
    endpoint, failed, messages = told.endpoint(), set[str](), set[str]()

    def once(post: Post) -> Answer:
        if fate == "fine" or post.id in failed:
            return FINE
        failed.add(post.id)
        return Answer(500, "", "refused", 3)

    told.servers.answers[SHOP] = once
    for nth in range(1, MOST):
        messages.add(told.reach(f"+3460030{nth:04}"))
        told.stream.flow(told.world.time())
        told.world.faults.arm(nth, how)
        told.world.run(400)
        told.world.faults.disarm()
        if not told.world.faults.fired:
            break
    assert len(messages) > 8
    told.wakes(1200)
    assert {message for message, _ in told.statuses()} == messages
    assert {each.status for each in told.deliveries(endpoint)} == {"delivered"}
