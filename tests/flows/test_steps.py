"""A fallback of several steps: each goes out instead of the one before it, once, and none after somebody had it."""

from typing import Any

import pytest
from parley.errors import Invalid
from parley.model import ids
from parley.model.status import Status

from tests.support.world import ANA, BOB, TEXT, World

AGAIN = "We still could not reach you."
CHAT = {"type": "chat", "value": "4211"}


def steps(world: World, *waits: int | None, first: str = "undelivered", second: str = "undelivered") -> dict[str, Any]:
    """By one gateway, then by the other one."""
    channels, texts, triggers = (world.gateway, world.other_gateway), (TEXT, AGAIN), (first, second)
    given = zip(channels, triggers, waits, texts, strict=True)
    made = [{"channel_id": where, "trigger": what, "wait": wait, "text": text} for where, what, wait, text in given]
    return {"fallbacks": [{name: value for name, value in each.items() if value is not None} for each in made]}


def leg(world: World, message: str, step: int) -> Any:
    return world.shown(ids.copy_of(message, step))


def test_each_step_waits_for_the_one_before(world: World) -> None:
    message = world.say(**steps(world, 60, 120))
    world.run(61)
    assert world.copies() == [TEXT]
    world.run(118)
    assert world.copies() == [TEXT]
    world.run(5)
    assert world.copies() == [TEXT, AGAIN]
    world.run(7200)
    assert world.copies() == [TEXT, AGAIN]
    first = leg(world, message, 1)
    assert (first.fallback.reason, first.fallback.message_id) == ("undelivered", ids.copy_of(message, 2))
    assert leg(world, message, 2).fallback_of == message


def test_a_step_that_is_refused_brings_the_next_one_at_once(world: World) -> None:
    world.sms.happens(ANA, "400")
    message = world.say(**steps(world, 60, None))
    world.run(62)
    assert world.copies() == [AGAIN]
    assert [leg(world, message, step).status for step in (1, 2)] == [Status.FAILED, Status.ACCEPTED]


def test_each_leg_has_a_goal_of_its_own(world: World) -> None:
    """Delivered but not read brings the SMS; what became of that decides on the next step."""
    world.sms.happens(ANA, "400")
    message = world.say(**steps(world, 60, None, first="unread", second="send_failed"))
    world.run(1)
    world.reports(message, "delivered")
    world.run(62)
    assert world.copies() == [AGAIN]


def test_a_third_step_looks_at_all_before_it(world: World) -> None:
    """By the two gateways, then by the bot; the first SMS arrives while the second one waits."""
    bot = {"channel_id": world.bot, "trigger": "undelivered", "wait": 60, "to": CHAT, "text": "Third"}
    three = [*steps(world, 60, 60)["fallbacks"], bot]
    message, other = world.say(fallbacks=three), world.say(BOB, fallbacks=three)
    world.run(125)
    world.sms.says(world.sms.sent_to(ANA)[0], "DELIVRD")
    world.run(70)
    assert world.telegram.texts("4211") == ["Third"]
    assert leg(world, other, 3).status is Status.SENT
    assert leg(world, message, 2).fallback.fired_at is None


@pytest.mark.parametrize("word", ["delivered", "read"])
def test_the_message_itself_came_late_so_no_further_step_goes_out(world: World, word: str) -> None:
    message = world.say(**steps(world, 60, 60))
    world.run(61)
    world.reports(message, word)
    assert world.shown(message).late
    world.run(7200)
    assert world.copies() == [TEXT]
    assert leg(world, message, 1).fallback.fired_at is None


def test_what_the_first_step_brought_needs_no_second(world: World) -> None:
    message = world.say(**steps(world, 60, 60))
    world.run(61)
    [sent] = world.sms.sent_to(ANA)
    world.sms.says(sent, "DELIVRD")
    world.run(7200)
    assert (world.copies(), leg(world, message, 1).status) == ([TEXT], Status.DELIVERED)


def test_a_first_step_that_comes_late_is_marked(world: World) -> None:
    message = world.say(**steps(world, 60, 60))
    world.run(125)
    assert world.copies() == [TEXT, AGAIN]
    world.sms.says(world.sms.sent_to(ANA)[0], "DELIVRD")
    world.hears()
    assert (leg(world, message, 1).status, leg(world, message, 1).late) == (Status.DELIVERED, True)
    assert not leg(world, message, 2).late


def test_over_any_channels(world: World) -> None:
    """WhatsApp, then the bot, who is blocked, then an SMS."""
    world.telegram.happens("4211", "blocked")
    bot = {"channel_id": world.bot, "trigger": "undelivered", "wait": 60, "to": CHAT, "text": TEXT}
    sms = {"channel_id": world.gateway, "trigger": "send_failed", "to": ANA, "text": AGAIN}
    message = world.say(fallbacks=[bot, sms])
    world.run(65)
    assert [leg(world, message, step).status for step in (1, 2)] == [Status.FAILED, Status.ACCEPTED]
    assert (world.telegram.texts("4211"), world.copies()) == ([], [AGAIN])


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ([{}, {}], ("fallbacks.1.channel_id", "same_channel")),
        ([{"channel": "bot", "to": CHAT}, {}], ("fallbacks.1.trigger", "no_such_receipt")),
        ([{}, {"channel": "other_gateway", "wait": 9}], None),
        ([{"channel": "whatsapp"}], ("fallbacks.0.channel_id", "same_channel")),
        ([{}, {"channel": "other_gateway", "text": None}], ("fallbacks.1.text", "field_missing")),
        ([{}, {"channel": "bot"}], ("fallbacks.1.to", "address_missing")),
    ],
)
def test_what_cannot_be_promised(world: World, change: list[dict[str, Any]], wrong: tuple[str, str] | None) -> None:
    known = {"trigger": "undelivered", "wait": 60, "text": TEXT}
    made = [{**known, "channel_id": getattr(world, each.pop("channel", "gateway")), **each} for each in change]
    with pytest.raises((Invalid, ValueError)) as caught:
        world.say(fallbacks=made)
    if wrong:
        assert isinstance(caught.value, Invalid)
        assert wrong in {(each.field, each.code) for each in caught.value.problems}


def test_one_fallback_or_several(world: World) -> None:
    with pytest.raises(Invalid) as caught:
        world.say(**world.instead(), **steps(world, 60, 60))
    assert [(each.field, each.code) for each in caught.value.problems] == [("fallbacks", "field_not_expected")]
