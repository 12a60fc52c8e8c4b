"""The daily look: each kind of left-over is put on its way again or ended, and healthy messages are left alone."""

from collections.abc import Callable

import pytest
from parley.model.status import Status
from parley.operations import reconciliation

from tests.support.world import ANA, TEXT, World

HOUR = 3600


def forgotten(world: World) -> None:
    """Every queue message and every schedule is gone; only the table remembers."""
    world.pump.records.clear()
    world.pump.schedules.clear()


def look(world: World) -> dict[str, int]:
    found: dict[str, int] = world.pump.job("reconcile_messages", 900_000)
    return found


def queued(world: World) -> str:
    return world.say(**world.instead())


def scheduled(world: World) -> str:
    return world.say(send_at=world.time.text(HOUR), **world.instead())


def sending(world: World) -> str:
    message = world.say(**world.instead("undelivered", HOUR))
    world.faults.arm(1, "after", "provider")
    world.run(1)
    return message


def unknown(world: World) -> str:
    world.meta.happens(ANA, "cut")
    return accepted(world)


def accepted(world: World, *words: str, trigger: str = "undelivered") -> str:
    message = world.say(**world.instead(trigger, HOUR))
    world.run(1)
    for word in words:
        world.reports(message, word)
    return message


def unread(world: World) -> str:
    return accepted(world, "delivered", trigger="unread")


def sent(world: World) -> str:
    return accepted(world, "sent")


def fired(world: World) -> str:
    """The step is taken, the worker died before the copy was kept."""
    message = world.say(**world.instead("undelivered", 60))
    world.run(59)
    world.faults.arm(1, "before", "PutItem")
    world.run(2)
    assert (world.faults.fired, world.state(message).step) == (True, 1)
    return message


def superseded(world: World) -> str:
    """A code that was queued again is taken over, and the worker died before the copy was kept."""
    world.approved("code", "AUTHENTICATION")
    world.run()
    world.meta.happens(ANA, "lose")
    message = world.say(template="code", **world.instead("undelivered", 30))
    world.run(29)
    world.pump.batch = 1
    world.time.forward(1)
    world.pump.step()
    assert world.status(message) is Status.QUEUED
    world.faults.arm(1, "before", "PutItem")
    world.pump.drain("timers")
    assert (world.faults.fired, world.status(message)) == (True, Status.SUPERSEDED)
    return message


COPIED = Status.ACCEPTED, [TEXT]
CASES: list[tuple[Callable[[World], str], Status, list[str]]] = [
    (queued, Status.ACCEPTED, [TEXT]),
    (scheduled, Status.ACCEPTED, [TEXT]),
    (sending, Status.FAILED, [TEXT]),
    (unknown, Status.FAILED, [TEXT]),
    (accepted, Status.ACCEPTED, [TEXT]),
    (sent, Status.SENT, [TEXT]),
    (unread, Status.DELIVERED, [TEXT]),
    (fired, Status.ACCEPTED, [TEXT]),
    (superseded, Status.SUPERSEDED, [TEXT]),
]


@pytest.mark.parametrize(("made", "status", "copies"), CASES, ids=lambda each: getattr(each, "__name__", ""))
def test_each_left_over_is_mended(
    world: World, made: Callable[[World], str], status: Status, copies: list[str]
) -> None:
    message = made(world)
    world.faults.disarm()
    world.pump.batch = 10
    forgotten(world)
    for _ in range(4):
        world.time.forward(3 * HOUR)
        look(world)
        world.run(600)
    assert (world.status(message), world.copies()) == (status, copies)
    assert len(world.meta.of(message)) <= 1


def test_what_nobody_took_in_time_expires(world: World) -> None:
    message = world.say(ttl=HOUR, **world.instead("send_failed", None))
    forgotten(world)
    world.time.forward(2 * HOUR)
    look(world)
    world.run(60)
    assert (world.status(message), world.meta.asked, world.copies()) == (Status.EXPIRED, 0, [TEXT])


def test_an_end_that_did_not_fire_is_fired(world: World) -> None:
    world.meta.happens(ANA, "131026")
    message = world.say(**world.instead())
    world.faults.arm(3, "after", "UpdateItem")
    world.run(1)
    state = world.state(message)
    assert (state.status, state.step, world.faults.fired) == (Status.FAILED, 0, True)
    forgotten(world)
    look(world)
    world.run(60)
    assert world.copies() == [TEXT]


def test_a_healthy_day_is_left_alone(world: World) -> None:
    done, ended, waiting = world.say(), world.say(), world.say(**world.instead("undelivered", 72 * HOUR))
    world.run(1)
    world.reports(done, "read")
    world.reports(ended, "failed")
    before = [world.state(message) for message in (done, ended, waiting)]
    world.time.forward(2 * HOUR)
    assert look(world)["mended"] == 0
    world.run(60)
    assert [world.state(message) for message in (done, ended, waiting)] == before
    assert (world.meta.asked, world.copies()) == (3, [])


def test_what_is_on_its_way_is_not_hurried(world: World) -> None:
    message = world.say()
    world.time.forward(30 * 60)
    assert look(world)["mended"] == 0
    world.run(1)
    assert (world.status(message), world.meta.asked) == (Status.ACCEPTED, 1)


def test_every_look_may_be_repeated(world: World) -> None:
    message = accepted(world)
    forgotten(world)
    world.time.forward(2 * HOUR)
    for _ in range(3):
        look(world)
    world.pump.copies = 2
    world.run(HOUR)
    assert (world.copies(), len(world.meta.of(message))) == ([TEXT], 1)


def test_a_look_that_is_cut_short_goes_on_where_it_stopped(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    message = queued(world)
    forgotten(world)
    world.time.forward(2 * HOUR)
    left = iter([60_000] + [0] * 99)
    reconciliation.reconcile(lambda: next(left))
    reconciliation.reconcile(lambda: 60_000)
    world.run(60)
    assert world.status(message) is Status.ACCEPTED


def test_a_message_made_long_before_its_time_is_reached_as_well(world: World) -> None:
    """The daily look reaches four days back by creation; what was made earlier has a look of its own."""
    message = world.say(send_at=world.time.text(30 * 24 * HOUR), ttl=24 * HOUR, **world.instead("undelivered", HOUR))
    world.meta.happens(ANA, "cut")
    world.run(30 * 24 * HOUR + 1)
    assert world.status(message) is Status.UNKNOWN
    world.pump.records.clear()
    for _ in range(4):
        world.run(12 * HOUR)
        look(world)
    assert (world.status(message), world.copies()) == (Status.FAILED, [TEXT])


def test_one_poisoned_message_does_not_stop_the_look(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    messages = [world.say(f"+3460066000{number}") for number in range(4)]
    forgotten(world)
    world.time.forward(2 * HOUR)
    real = reconciliation.mend

    def poisoned(state: object) -> bool:
        if getattr(state, "id", "") == messages[1]:
            raise RuntimeError("poison")
        return bool(real(state))  # type: ignore[arg-type]

    monkeypatch.setattr(reconciliation, "mend", poisoned)
    look(world)
    world.run(60)
    assert [str(world.status(message)) for message in messages] == ["accepted", "queued", "accepted", "accepted"]
