"""Accepting: content, state, queue; a crash between them and a repeat of the key end in one message (rules §2)."""

import pytest
from parley.errors import Conflict, NotStored
from parley.model.status import Status

from tests.support.faults import Killed
from tests.support.world import ANA, BOB, TEXT, World


def test_a_repeat_answers_the_same_message(world: World) -> None:
    first, again = world.say(key="k"), world.say(key="k")
    world.run(10)
    assert first == again
    assert world.meta.asked == 1
    assert world.post(key="k").status is Status.ACCEPTED
    world.run(10)
    assert world.meta.asked == 1


def test_without_a_key_every_request_is_another_message(world: World) -> None:
    assert world.say() != world.say()
    world.run(10)
    assert world.meta.asked == 2


@pytest.mark.parametrize("change", [{"to": BOB}, {"variables": {"name": "Bea"}}, {"reference": "x"}, {"ttl": 60}])
def test_another_request_under_the_same_key_is_refused_and_changes_nothing(
    world: World, change: dict[str, object]
) -> None:
    message = world.say(key="k")
    with pytest.raises(Conflict) as caught:
        world.say(key="k", **change)  # type: ignore[arg-type]
    assert caught.value.code == "idempotency_key_reused"
    world.run(10)
    [sent] = world.meta.accepted
    assert (sent.to, sent.body["template"]["components"][0]["parameters"][0]["text"]) == (ANA, "Ana")
    assert world.status(message) is Status.ACCEPTED


def test_a_repeat_is_answered_even_if_it_could_not_be_accepted_any_more(world: World) -> None:
    at = world.time.text(60)
    message = world.say(key="k", send_at=at)
    world.run(120)
    world.switch(world.whatsapp, on=False)
    assert world.say(key="k", send_at=at) == message


def test_a_repeat_enqueues_again_what_is_queued(world: World) -> None:
    """The first request may have died before its queue message."""
    world.say(key="k")
    world.pump.records.clear()
    message = world.say(key="k")
    world.run(10)
    assert world.status(message) is Status.ACCEPTED


def test_a_repeat_arms_again_what_is_scheduled(world: World) -> None:
    at = world.time.text(3600)
    world.say(key="k", send_at=at)
    world.pump.schedules.clear()
    message = world.say(key="k", send_at=at)
    world.run(3700)
    assert world.status(message) is Status.ACCEPTED


HOW = ["before", "after"]


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("when", ["now", "in an hour"])
def test_a_crash_anywhere_and_the_repeat_make_one_message(quick: World, how: str, when: str) -> None:
    people, crashes = [f"+3460022{number:04}" for number in range(16)], 0
    for number, to in enumerate(people):
        fields = {"send_at": quick.time.text(3600)} if when != "now" else {}
        crashes += crashed(quick, number + 1, how, to, **fields)
        quick.say(to, key=to, **fields)
    quick.run(7200)
    assert crashes >= 5
    assert sorted(each.to for each in quick.meta.accepted) == people


def crashed(world: World, nth: int, how: str, to: str, **fields: object) -> bool:
    world.faults.arm(nth, how)
    try:
        world.say(to, key=to, **fields)
    except (Killed, NotStored):
        return True
    finally:
        world.faults.disarm()
    return False


@pytest.mark.parametrize("name", ["PutItem", "SendMessage", "CreateSchedule"])
def test_an_outage_while_keeping_is_a_503_that_asks_to_repeat(world: World, name: str) -> None:
    fields = {"send_at": world.time.text(3600)} if name == "CreateSchedule" else {}
    world.faults.arm(1, "error", name)
    with pytest.raises(NotStored) as caught:
        world.say(key="k", **fields)
    assert (caught.value.status, caught.value.code) == (503, "not_stored")
    world.faults.disarm()
    message = world.say(key="k", **fields)
    world.run(3700)
    assert (world.status(message), world.meta.asked) == (Status.ACCEPTED, 1)


@pytest.mark.parametrize("how", HOW)
def test_a_crash_anywhere_in_an_accepted_failure_sends_one_sms(quick: World, how: str) -> None:
    people = [f"+3460033{number:04}" for number in range(14)]
    for number, to in enumerate(people):
        policy = {**quick.instead("send_failed", None), "variables": {}}
        crashed(quick, number + 1, how, to, **policy)
        quick.say(to, key=to, **policy)
    quick.run(600)
    assert {to: quick.copies(to) for to in people} == {to: [TEXT] for to in people}
