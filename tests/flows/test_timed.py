"""Timed sends: they go out at their time, can be moved and cancelled until the claim (sending rules §8)."""

import pytest
from parley.errors import Conflict, Invalid
from parley.model.message import NewTime
from parley.model.status import Status
from parley.operations import messages

from tests.support.world import ANA, TEXT, World

DAY = 86_400


def later(world: World, seconds: float, **fields: object) -> str:
    return world.say(send_at=world.time.text(seconds), **fields)


def move(world: World, message: str, seconds: float) -> None:
    messages.move(world.organization, message, NewTime(send_at=world.time.text(seconds)))


def cancel(world: World, message: str) -> None:
    messages.cancel(world.organization, message)


@pytest.mark.parametrize("seconds", [5, 600, 901, 3600, 365 * DAY])
def test_goes_out_to_the_second(world: World, seconds: int) -> None:
    message = later(world, seconds)
    assert bool(world.pump.schedules) is (seconds > 900)
    world.run(seconds - 1)
    assert (world.status(message), world.meta.asked) == (Status.SCHEDULED, 0)
    world.run(1)
    assert (world.status(message), world.meta.asked) == (Status.ACCEPTED, 1)


def test_fired_twice_it_goes_out_once(world: World) -> None:
    message = later(world, 3600)
    world.pump.copies = 3
    world.run(2 * DAY)
    assert len(world.meta.of(message)) == 1


def test_moved_later_the_old_firing_does_nothing(world: World) -> None:
    message = later(world, 3600)
    move(world, message, 7200)
    world.run(3700)
    assert (world.status(message), world.meta.asked) == (Status.SCHEDULED, 0)
    world.run(3600)
    assert (world.status(message), world.meta.asked) == (Status.ACCEPTED, 1)


def test_moved_earlier(world: World) -> None:
    message = later(world, 7200)
    move(world, message, 30)
    world.run(31)
    assert world.status(message) is Status.ACCEPTED
    world.run(DAY)
    assert len(world.meta.of(message)) == 1


def test_moved_there_and_back(world: World) -> None:
    message = later(world, 3600)
    at = world.shown(message).send_at
    move(world, message, 7200)
    messages.move(world.organization, message, NewTime(send_at=at))
    world.run(3601)
    assert world.status(message) is Status.ACCEPTED
    world.run(DAY)
    assert len(world.meta.of(message)) == 1


def test_its_time_to_live_moves_along(world: World) -> None:
    message = later(world, 3600, ttl=600)
    move(world, message, 7200)
    state = world.state(message)
    assert state.expires_at - state.send_at == 600_000


def test_cancelled_it_never_goes_out(world: World) -> None:
    message = later(world, 3600, **world.instead())
    cancel(world, message)
    world.pump.live(72)
    assert (world.status(message), world.meta.asked, world.copies()) == (Status.CANCELLED, 0, [])


def test_cancelling_again_says_the_same(world: World) -> None:
    message = later(world, 3600)
    cancel(world, message)
    assert messages.cancel(world.organization, message).status is Status.CANCELLED


def test_cancelled_while_queued_the_worker_leaves_it(world: World) -> None:
    message = world.say()
    cancel(world, message)
    world.run(60)
    assert (world.status(message), world.meta.asked) == (Status.CANCELLED, 0)


@pytest.mark.parametrize("fate", ["take", "cut"])
def test_what_was_claimed_can_neither_be_cancelled_nor_moved(world: World, fate: str) -> None:
    world.meta.happens(ANA, fate)
    message = world.say()
    world.run(1)
    with pytest.raises(Conflict):
        cancel(world, message)
    with pytest.raises(Conflict):
        move(world, message, 600)


def test_cancel_and_claim_race_and_one_of_them_wins(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker has read `queued`; the cancellation comes before its claim."""
    from parley.store import messages as store

    message, real = world.say(), store.claim

    def cancelled_meanwhile(*given: object) -> object:
        cancel(world, message)
        return real(*given)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(store, "claim", cancelled_meanwhile)
        world.run(1)
    world.run(600)
    assert (world.status(message), world.meta.asked) == (Status.CANCELLED, 0)


def test_a_queued_one_cannot_be_moved(world: World) -> None:
    message = world.say()
    with pytest.raises(Conflict):
        move(world, message, 600)


@pytest.mark.parametrize("seconds", [0, -1, 367 * DAY])
def test_times_that_are_over_or_too_far(world: World, seconds: int) -> None:
    with pytest.raises(Invalid):
        later(world, seconds)
    message = later(world, 60)
    with pytest.raises(Invalid):
        move(world, message, seconds)


def test_its_life_begins_at_its_time(world: World) -> None:
    world.meta.happens(ANA, *["131016"] * 99)
    message = later(world, 3600, ttl=120, **world.instead("send_failed", None))
    world.run(3600 + 100)
    assert world.status(message) is Status.QUEUED
    world.run(120)
    assert (world.status(message), world.copies()) == (Status.EXPIRED, [TEXT])


def test_a_firing_that_came_too_late_to_send_expires(world: World) -> None:
    message = later(world, 60, ttl=60)
    world.time.forward(300)
    world.run()
    assert (world.status(message), world.meta.asked) == (Status.EXPIRED, 0)


def test_its_fallback_waits_from_acceptance(world: World) -> None:
    later(world, 3600, **world.instead("undelivered", 60))
    world.run(3600 + 59)
    assert world.copies() == []
    world.run(2)
    assert world.copies() == [TEXT]
