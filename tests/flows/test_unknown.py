"""Outcomes that nobody knows: what settles them, what goes again, what late evidence does (rules §3, §4, §7)."""

import pytest
from parley.model.status import Status

from tests.support.world import ANA, TEXT, World


@pytest.mark.parametrize("fate", ["cut", "lose", "131000", "1"])
def test_nobody_knows_for_ten_minutes_and_then_it_counts_as_failed(world: World, fate: str) -> None:
    world.meta.happens(ANA, fate)
    message = world.say()
    world.run(599)
    assert world.status(message) is Status.UNKNOWN
    world.run(2)
    shown = world.shown(message)
    assert (shown.status, shown.error and shown.error.code) == (Status.FAILED, "outcome_unknown")
    world.pump.live(48)
    assert world.meta.asked == 1


def test_a_receipt_settles_it(world: World) -> None:
    world.meta.happens(ANA, "cut")
    message = world.say()
    world.run(60)
    world.reports(message, "sent")
    assert world.status(message) is Status.SENT
    world.run(3600)
    assert (world.status(message), world.meta.asked) == (Status.SENT, 1)


@pytest.mark.parametrize(
    ("word", "status"), [("sent", Status.SENT), ("delivered", Status.DELIVERED), ("read", Status.READ)]
)
def test_a_late_receipt_still_raises_what_was_settled(world: World, word: str, status: Status) -> None:
    world.meta.happens(ANA, "cut")
    message = world.say()
    world.run(3600)
    assert world.status(message) is Status.FAILED
    world.reports(message, word)
    assert (world.status(message), world.shown(message).error) == (status, None)


def test_settling_falls_back_once_and_evidence_after_it_is_late(world: World) -> None:
    world.meta.happens(ANA, "cut")
    message = world.say(**world.instead("undelivered", 3600))
    world.run(601)
    fallback = world.shown(message).fallback
    assert (world.copies(), fallback and fallback.reason) == ([TEXT], "outcome_unknown")
    world.reports(message, "delivered")
    world.pump.live(30)
    assert (world.shown(message).late, world.copies()) == (True, [TEXT])


def test_the_wait_starts_at_unknown_and_may_be_shorter(world: World) -> None:
    world.meta.happens(ANA, "cut")
    message = world.say(**world.instead("undelivered", 30))
    world.run(31)
    assert world.copies() == [TEXT]
    world.run(3600)
    assert (world.status(message), world.copies()) == (Status.FAILED, [TEXT])


def code(world: World, *fates: str, **fallback: object) -> str:
    world.approved("code", "AUTHENTICATION")
    world.meta.happens(ANA, *fates)
    message = world.say(template="code", **fallback)
    world.run()
    return message


def test_a_code_goes_once_more_after_half_a_minute(world: World) -> None:
    message = code(world, "lose")
    world.run(29)
    assert world.meta.asked == 1
    world.run(2)
    assert (world.status(message), world.meta.asked) == (Status.ACCEPTED, 2)


def test_a_code_goes_once_more_even_if_it_may_arrive_twice_but_never_thrice(world: World) -> None:
    message = code(world, "cut", "cut", "cut")
    world.pump.live(24)
    assert len(world.meta.of(message)) == 2
    assert world.status(message) is Status.FAILED


def test_a_receipt_in_time_stops_the_second_code(world: World) -> None:
    message = code(world, "cut")
    world.run(20)
    world.reports(message, "delivered")
    world.run(3600)
    assert (world.status(message), world.meta.asked) == (Status.DELIVERED, 1)


def test_the_second_unknown_waits_its_own_half_minute(world: World) -> None:
    message = code(world, "lose", "cut", **world.instead("undelivered", None))
    world.run(31)
    assert (world.meta.asked, world.status(message)) == (2, Status.UNKNOWN)
    world.run(25)
    assert (world.status(message), world.copies()) == (Status.UNKNOWN, [])
    world.reports(message, "delivered")
    world.run(3600)
    assert (world.status(message), world.copies()) == (Status.DELIVERED, [])


def test_a_code_whose_sms_went_out_is_not_sent_again(world: World) -> None:
    message = code(world, "cut", **world.instead("undelivered", 10))
    world.run(600)
    assert (world.copies(), len(world.meta.of(message))) == ([TEXT], 1)


def test_an_unavailable_platform_is_asked_again_until_the_time_is_over(world: World) -> None:
    world.meta.happens(ANA, *["131016"] * 500)
    message = world.say(ttl=600, **world.instead("send_failed", None))
    world.run(590)
    assert world.status(message) in (Status.QUEUED, Status.SENDING)
    world.run(120)
    assert (world.status(message), world.copies()) == (Status.EXPIRED, [TEXT])
    assert 5 < world.meta.asked < 40


def test_an_unavailable_platform_that_comes_back_gets_it_once(world: World) -> None:
    world.meta.happens(ANA, "131016", "refuse", "2")
    message = world.say()
    world.run(300)
    assert (world.status(message), len(world.meta.of(message)), world.meta.asked) == (Status.ACCEPTED, 1, 4)
    assert world.state(message).attempt == 4


def test_two_broken_connections_do_not_mix(world: World) -> None:
    world.meta.happens(ANA, "cut")
    one, other = world.say(), world.say()
    world.run(5)
    assert {world.status(one), world.status(other)} == {Status.UNKNOWN, Status.ACCEPTED}
    broken = one if world.status(one) is Status.UNKNOWN else other
    world.reports(broken, "delivered")
    assert world.status(broken) is Status.DELIVERED
