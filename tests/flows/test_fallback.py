"""Triggers, waits and takeovers: when the SMS goes out, and that it goes out once (sending rules §7)."""

import pytest
from parley.errors import Invalid
from parley.model.status import Status

from tests.support.world import ANA, TEXT, World


def test_unread_fires_after_delivered(world: World) -> None:
    message = world.say(**world.instead("unread", 60))
    world.run(1)
    world.reports(message, "sent", "delivered")
    world.run(60)
    fallback = world.shown(message).fallback
    assert (world.copies(), fallback and fallback.reason) == ([TEXT], "unread")


def test_unread_does_not_fire_after_read(world: World) -> None:
    message = world.say(**world.instead("unread", 60))
    world.run(59)
    world.reports(message, "read")
    world.run(3600)
    assert world.copies() == []


def test_unread_fires_at_once_for_a_failure(world: World) -> None:
    message = world.say(**world.instead("unread", 3600))
    world.run()
    world.reports(message, "failed")
    assert world.copies() == [TEXT]


def test_undelivered_without_a_wait_fires_on_a_failure_only(world: World) -> None:
    silent, broken = world.say(**world.instead(wait=None)), world.say(**world.instead(wait=None))
    world.run()
    world.reports(broken, "failed")
    world.pump.live(30)
    assert len(world.copies()) == 1
    assert world.shown(silent).fallback is not None


@pytest.mark.parametrize("trigger", ["send_failed", "undelivered", "unread"])
def test_a_refusal_of_the_platform_fires_every_trigger_at_once(world: World, trigger: str) -> None:
    world.meta.happens(ANA, "131026")
    message = world.say(**world.instead(trigger, 3600))
    world.run()
    assert (world.status(message), world.copies()) == (Status.FAILED, [TEXT])


def test_send_failed_does_not_wait_for_receipts(world: World) -> None:
    world.say(**world.instead("send_failed", None))
    world.run(7200)
    assert world.copies() == []


def test_an_empty_wait_for_unread_is_refused(world: World) -> None:
    with pytest.raises(Invalid) as caught:
        world.say(**world.instead("unread", None))
    assert caught.value.problems[0].field == "fallback.wait"


def test_delivered_after_the_sms_is_late_and_takes_nothing_back(world: World) -> None:
    message = world.say(**world.instead(wait=60))
    world.run(61)
    world.reports(message, "delivered")
    shown = world.shown(message)
    assert (shown.status, shown.late) == (Status.DELIVERED, True)
    assert world.copies() == [TEXT]
    assert world.copy(message).status is Status.ACCEPTED
    world.reports(message, "read")
    assert (world.shown(message).status, world.shown(message).late) == (Status.READ, True)
    assert world.copies() == [TEXT]


def test_sent_after_the_sms_is_not_late(world: World) -> None:
    message = world.say(**world.instead(wait=60))
    world.run(61)
    world.reports(message, "sent")
    assert (world.status(message), world.shown(message).late) == (Status.SENT, False)


def test_failed_after_the_sms_sends_no_second_one(world: World) -> None:
    message = world.say(**world.instead(wait=60))
    world.run(61)
    world.reports(message, "failed", "failed")
    world.run(3600)
    assert world.copies() == [TEXT]


def test_delivered_after_failed_counts_as_late_and_shows_no_error(world: World) -> None:
    message = world.say(**world.instead())
    world.run()
    world.reports(message, "failed")
    world.reports(message, "delivered")
    shown = world.shown(message)
    assert (shown.status, shown.late, shown.error) == (Status.DELIVERED, True, None)
    assert world.copies() == [TEXT]


def test_delivered_and_failed_in_one_body_in_any_order(world: World) -> None:
    for words in (("delivered", "failed"), ("read", "failed", "sent", "delivered")):
        message = world.say(**world.instead())
        world.run()
        world.reports(message, *words)
        assert world.status(message) in (Status.DELIVERED, Status.READ)
    assert world.copies() == []


def test_the_timer_and_the_receipt_together_send_one(world: World) -> None:
    message = world.say(**world.instead(wait=60))
    world.run(59.9)
    sent = world.sent(message)
    for _ in range(3):
        world.meta.says(world.meta.report(sent, "failed"))
    world.pump.copies = 3
    world.run(3600)
    assert world.copies() == [TEXT]


def unknown_code(world: World) -> str:
    """A one-time code whose call broke, and which goes once more after 30 s."""
    world.approved("code", "AUTHENTICATION")
    world.meta.happens(ANA, "lose")
    message = world.say(template="code", **world.instead(wait=30))
    world.run()
    assert world.status(message) is Status.UNKNOWN
    return message


def test_an_original_that_is_queued_again_is_superseded(world: World) -> None:
    message = unknown_code(world)
    world.pump.batch, world.meta.script[ANA] = 1, ["take"]
    world.time.forward(30)
    world.pump.step()
    assert world.status(message) is Status.QUEUED
    world.pump.drain("timers")
    world.run(600)
    assert world.status(message) is Status.SUPERSEDED
    assert (world.meta.of(message), world.copies()) == ([], [TEXT])


def test_what_was_taken_over_is_not_sent_again(world: World) -> None:
    message = unknown_code(world)
    world.pump.dice = None
    world.time.forward(31)
    state = world.state(message)
    assert state.resent is False
    world.run(600)
    assert len(world.meta.of(message)) + len(world.copies()) >= 1
    assert len(world.meta.of(message)) <= 1
    assert len(world.copies()) == 1


def test_a_wait_that_ends_during_the_call_waits_for_the_lease(world: World) -> None:
    message = unknown_code(world)
    world.time.forward(30)
    world.pump.batch = 1
    world.pump.step()
    assert world.status(message) is Status.QUEUED
    world.faults.arm(1, "after", "provider")
    world.pump.drain("otp")
    assert world.faults.fired
    assert world.status(message) is Status.SENDING
    world.run(60)
    assert (world.status(message), world.copies()) == (Status.SENDING, [])
    world.run(120)
    assert world.copies() == [TEXT]
    assert len(world.meta.of(message)) == 1


def test_a_timer_that_meets_a_dead_lease_does_not_spin(world: World) -> None:
    """It marks the message and goes on by the unknown's own timers, instead of coming back at once for ever."""
    message = unknown_code(world)
    world.time.forward(30)
    world.pump.batch = 1
    world.pump.step()
    world.faults.arm(1, "after", "provider")
    world.pump.drain("otp")
    before = len(world.faults.seen)
    world.run(300)
    assert world.status(message) is not Status.SENDING
    assert len(world.faults.seen) - before < 150


def test_cancelled_messages_never_fall_back(world: World) -> None:
    from parley.operations import messages

    message = world.say(**world.instead("undelivered", 60))
    messages.cancel(world.organization, message)
    world.pump.live(30)
    assert (world.status(message), world.copies()) == (Status.CANCELLED, [])


def test_a_copy_has_no_copy(world: World) -> None:
    world.sms.happens(ANA, "400")
    message = world.say(**world.instead())
    world.run()
    world.reports(message, "failed")
    world.pump.live(30)
    assert world.copy(message).status is Status.FAILED
    assert len(world.sms.accepted) == 0


def test_a_copy_inherits_lane_and_category(world: World) -> None:
    world.approved("code", "AUTHENTICATION")
    world.run()
    world.meta.happens(ANA, "131026")
    message = world.say(template="code", **world.instead("send_failed", None))
    world.pump.step()
    assert [body["message"] for body in world.pump.waiting("otp")] == [world.copy(message).id]
    assert str(world.copy(message).category) == "AUTHENTICATION"


def test_the_steps_own_address(world: World) -> None:
    world.meta.happens(ANA, "131026")
    world.say(**world.instead(to="+34600555666"))
    world.run()
    assert (world.copies(ANA), world.copies("+34600555666")) == ([], [TEXT])
