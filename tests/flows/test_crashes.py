"""A worker that dies at any call it makes, or whose line breaks there: the same end, nobody served twice."""

from collections.abc import Callable

import pytest
from parley.model import ids
from parley.model.lane import Lane
from parley.model.message import State
from parley.model.status import Status
from parley.store import messages as store

from tests.support.world import ANA, TEXT, World

Story = Callable[[World, str], str]
MOST = 40
HOW = ["before", "after", pytest.param("error", marks=pytest.mark.soak)]
"""A death before or after the call took effect; an error of it looks like the first, and is left to the long run."""

PER_STORY = 6


def plain(world: World, to: str) -> str:
    return world.say(to)


def silent(world: World, to: str) -> str:
    return world.say(to, **world.instead("undelivered", 120))


def refused(world: World, to: str) -> str:
    world.meta.happens(to, "131026")
    return world.say(to, **world.instead("send_failed", None))


def cut(world: World, to: str) -> str:
    world.meta.happens(to, "cut")
    return world.say(to, **world.instead("undelivered", 120))


def throttled(world: World, to: str) -> str:
    world.meta.happens(to, "130429")
    return world.say(to)


def code(world: World, to: str) -> str:
    world.meta.happens(to, "lose")
    return world.say(to, template="code", **world.instead("undelivered", 300))


def disconnected(world: World, to: str) -> str:
    world.meta.happens(to, "190")
    return world.say(to)


STORIES: dict[str, tuple[Story, int, int]] = {
    "plain": (plain, 1, 0),
    "silent": (silent, 1, 1),
    "refused": (refused, 0, 1),
    "cut": (cut, 1, 1),
    "throttled": (throttled, 1, 0),
    "code": (code, 1, 1),
    "disconnected": (disconnected, 1, 0),
}
"""How often a person is served in the end, by WhatsApp and by SMS. A death in the very call leaves an unknown, which
may have been nothing; only a code may then arrive twice."""


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("story", STORIES)
def test_a_death_at_any_call(quick: World, story: str, how: str) -> None:
    """One person for each call of the story, from the worker's first to the last; then all of them live on."""
    tell, *wanted = STORIES[story]
    quick.approved("code", "AUTHENTICATION")
    quick.run()
    said: dict[str, str] = {}
    for nth in range(1, MOST):
        to = f"+346010{nth:05}"
        said[to] = tell(quick, to)
        if not broke(quick, nth, how):
            break
        again_connected(quick)
    assert len(said) > PER_STORY
    live(quick)
    for to, message in said.items():
        check(quick, message, to, *wanted)


def broke(world: World, nth: int, how: str) -> bool:
    world.faults.arm(nth, how)
    world.run(400)
    world.faults.disarm()
    return world.faults.fired


def again_connected(world: World) -> None:
    """Somebody binds anew whatever lost its credential."""
    from parley.operations import channels

    if str(channels.get(world.organization, world.whatsapp).connection) == "disconnected":
        world.bind(
            world.whatsapp,
            {"waba_id": "102290129340398", "phone_number_id": "106540352242922"},
            {"access_token": "EAA-token"},
        )


def live(world: World) -> None:
    """Two hours and three minute jobs, without any death."""
    for _ in range(3):
        again_connected(world)
        world.run(2400)
        world.pump.minute()
    world.run(60)


def check(world: World, message: str, to: str, by_whatsapp: int, by_sms: int) -> None:
    """Each leg ended, was served as the story wants it, and nobody was served twice."""
    state, copy = world.state(message), store.get(world.organization, ids.copy_of(message, 1))
    assert (copy is not None) == bool(by_sms), state
    served(state, len(world.meta.of(message)), by_whatsapp)
    if copy:
        served(copy, len(world.sms.of(copy.id)), by_sms)
    assert len(world.sms.sent_to(to)) <= 1


def served(state: State, times: int, wanted: int) -> None:
    assert state.status not in (Status.QUEUED, Status.SENDING, Status.SCHEDULED), state
    assert state.status is not Status.UNKNOWN or state.settled, state
    assert times <= wanted + (state.resent and state.attempt == 2), state
    spoilt = state.lane is Lane.OTP and state.status is Status.EXPIRED  # a fault of ours outlasted its five minutes
    assert times == wanted or state.status is Status.UNKNOWN or state.resent or spoilt, state


@pytest.mark.parametrize("how", HOW)
def test_a_death_while_a_receipt_is_applied(quick: World, how: str) -> None:
    for nth in range(1, MOST):
        to = f"+346011{nth:05}"
        message = quick.say(to, **quick.instead("undelivered", 3600))
        quick.run(10)
        quick.meta.says(quick.meta.report(quick.sent(message), "failed"))
        quick.faults.arm(nth, how)
        quick.pump.drain("webhooks")
        broke = quick.faults.fired
        quick.faults.disarm()
        quick.run(1200)
        assert (quick.status(message), quick.copies(to)) == (Status.FAILED, [TEXT])
        if not broke:
            break
    assert nth > PER_STORY


@pytest.mark.parametrize("how", HOW)
def test_a_death_while_a_schedule_fires(quick: World, how: str) -> None:
    for nth in range(1, MOST):
        to = f"+346012{nth:05}"
        message = quick.say(to, send_at=quick.time.text(30))
        quick.run(29)
        quick.faults.arm(nth, how)
        quick.time.forward(1)
        quick.pump.drain("timers")
        broke = quick.faults.fired
        quick.faults.disarm()
        quick.run(1200)
        assert len(quick.meta.of(message)) == 1
        if not broke:
            break
    assert nth > 2


def test_every_record_three_times_in_any_order(quick: World) -> None:
    """At least once means at least once: everything that is queued arrives three times, shuffled."""
    from random import Random

    quick.pump.copies, quick.pump.dice, quick.pump.batch = 3, Random(11), 3
    fates = {"take": (1, 1), "131026": (0, 1), "cut": (1, 1), "130429": (1, 1), "131016": (1, 1)}
    said = {}
    for number, fate in enumerate(fates):
        to = f"+346013{number:05}"
        quick.meta.happens(to, fate)
        said[to] = (quick.say(to, **quick.instead("undelivered", 60)), fates[fate])
    quick.run(3600)
    for to, (message, served) in said.items():
        assert (len(quick.meta.of(message)), len(quick.sms.sent_to(to))) == served


def test_nobody_is_served_twice_when_a_whole_batch_dies(quick: World) -> None:
    people = [f"+346014{number:05}" for number in range(10)]
    said = {to: quick.say(to, **quick.instead("undelivered", 600)) for to in people}
    quick.faults.arm(4, "after", "provider")
    quick.run(1)
    assert quick.faults.fired
    quick.pump.live(12)
    for to, message in said.items():
        assert len(quick.meta.of(message)) == 1
        assert quick.copies(to) == [TEXT]
    assert ANA not in people


def by_bot(world: World, to: str) -> str:
    return world.tell(to)


def shut_out(world: World, to: str) -> str:
    world.telegram.happens(to, "blocked")
    return world.tell(to, **world.instead("send_failed", None, to=ANA))


def moved(world: World, to: str) -> str:
    world.telegram.happens(to, f"migrate:-100{to[1:]}")
    return world.tell(to)


BY_BOT: dict[str, tuple[Story, str, int]] = {"a person": (by_bot, "", 1), "shut out": (shut_out, "", 0)}
BY_BOT |= {"a group that moves": (moved, "-", 1)}


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("story", BY_BOT)
def test_a_death_at_any_call_of_a_bots_message(quick: World, story: str, how: str) -> None:
    """The platform echoes nothing, and still nobody is served twice; a move is followed whatever died on the way."""
    tell, sign, wanted = BY_BOT[story]
    said: dict[str, str] = {}
    for nth in range(1, MOST):
        to = f"{sign}601{nth:05}"
        said[to] = tell(quick, to)
        if not broke(quick, nth, how):
            break
    assert len(said) > PER_STORY
    live(quick)
    for to, message in said.items():
        served(quick.state(message), len(quick.telegram.sent_to(to)) + len(at_new_address(quick, to)), wanted)
        if wanted == 0:
            copy = store.get(quick.organization, ids.copy_of(message, 1))
            assert copy is not None
            assert len(quick.sms.of(copy.id)) <= 1


def at_new_address(world: World, to: str) -> list[object]:
    return [each for each in world.telegram.accepted if to.startswith("-") and each.to == f"-100{to[1:]}"]
