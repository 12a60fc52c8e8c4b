"""The main job: a template goes out, its receipts come in; what does not arrive goes out as an SMS, once."""

import pytest
from parley.model.status import Status

from tests.support.world import ANA, BOB, TEXT, World


def test_a_message_and_its_receipts(world: World) -> None:
    message = world.say(reference="order-19")
    assert world.status(message) is Status.QUEUED
    world.run()
    assert world.status(message) is Status.ACCEPTED
    world.reports(message, "sent")
    world.reports(message, "delivered", "read")
    shown = world.shown(message)
    words = [str(entry.status) for entry in shown.timeline]
    assert (shown.status, shown.reference, shown.late) == (Status.READ, "order-19", False)
    assert words == ["queued", "sending", "accepted", "sent", "delivered", "read"]
    assert world.sent(message).body["template"]["name"] == "order_ready"
    assert world.copies() == []


def test_several_people_each_get_theirs(world: World) -> None:
    people = [f"+3460011{number:04}" for number in range(25)]
    said = {to: world.say(to) for to in people}
    world.run(10)
    assert sorted(each.to for each in world.meta.accepted) == people
    assert {to: world.sent(message).to for to, message in said.items()} == {to: to for to in people}


def test_what_fails_goes_out_as_an_sms_once(world: World) -> None:
    message = world.say(**world.instead())
    world.run()
    for _ in range(5):
        world.reports(message, "failed")
    world.run(3600)
    assert world.status(message) is Status.FAILED
    assert world.copies() == [TEXT]
    fallback = world.shown(message).fallback
    assert fallback
    assert (fallback.reason, fallback.message_id) == ("failed", world.copy(message).id)


def test_the_copys_own_receipts_are_its_own(world: World) -> None:
    message = world.say(reference="order-19", **world.instead())
    world.run()
    world.reports(message, "failed")
    [sms] = world.sms.accepted
    world.sms.says(sms, "DELIVRD")
    world.run()
    copy = world.copy(message)
    assert (copy.status, copy.fallback_of, copy.reference) == (Status.DELIVERED, message, "order-19")
    assert (copy.channel_id, copy.to.value) == (world.gateway, ANA)
    assert world.status(message) is Status.FAILED


def test_silence_is_waited_for_and_then_answered(world: World) -> None:
    message = world.say(**world.instead(wait=60))
    world.run(59)
    assert world.copies() == []
    world.run(2)
    assert world.copies() == [TEXT]
    assert world.status(message) is Status.ACCEPTED


def test_a_long_wait_goes_through_the_scheduler(world: World) -> None:
    world.say(**world.instead(wait=72 * 3600))
    world.run(1)
    assert len(world.pump.schedules) == 1
    world.run(72 * 3600 - 5)
    assert world.copies() == []
    world.run(10)
    assert world.copies() == [TEXT]


@pytest.mark.parametrize("word", ["delivered", "read"])
def test_what_arrived_in_time_needs_no_sms(world: World, word: str) -> None:
    message = world.say(**world.instead(wait=60))
    world.run(50)
    world.reports(message, word)
    world.run(7200)
    assert world.copies() == []


def test_sent_is_not_arrived(world: World) -> None:
    message = world.say(**world.instead(wait=60))
    world.run(50)
    world.reports(message, "sent")
    world.run(11)
    assert world.copies() == [TEXT]


def test_one_fails_and_the_others_do_not(world: World) -> None:
    good, bad = world.say(ANA, **world.instead()), world.say(BOB, **world.instead())
    world.run()
    world.meta.says(world.meta.report(world.sent(good), "delivered"), world.meta.report(world.sent(bad), "failed"))
    world.run(3600)
    assert (world.copies(ANA), world.copies(BOB)) == ([], [TEXT])
