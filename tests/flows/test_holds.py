"""Waiting for long: throttled, disconnected, inactive, paused; held under an index and released (rules §5)."""

import pytest
from parley.model.status import Status
from parley.operations import binding, channels
from parley.store import controls

from tests.support.world import ANA, BOB, EVE, NUMBER, OTHER_NUMBER, TEXT, WABA, World

SETTINGS = {"waba_id": WABA, "phone_number_id": NUMBER}
TOKEN = {"access_token": "EAA-another-token"}


def test_a_short_throttle_goes_round_the_queue(world: World) -> None:
    world.meta.happens(ANA, "130429")
    message = world.say()
    world.run(1)
    assert (world.status(message), world.shown(message).held) == (Status.QUEUED, None)
    world.run(5)
    assert (world.status(message), world.meta.asked) == (Status.ACCEPTED, 2)


def test_a_throttled_sender_rests_with_everything_it_sends(world: World) -> None:
    world.meta.happens(ANA, "4")
    world.say(ANA)
    world.run(1)
    world.say(BOB)
    world.run(50)
    assert world.meta.asked == 1
    world.run(60)
    assert len(world.meta.accepted) == 2


def test_the_limit_of_one_pair_holds_nobody_else_up(world: World) -> None:
    world.meta.happens(ANA, "131056")
    world.say(ANA)
    world.run(1)
    other = world.say(BOB)
    world.run(1)
    assert world.status(other) is Status.ACCEPTED


def test_a_long_throttle_parks_the_sender(world: World) -> None:
    world.meta.happens(ANA, "131048")
    message = world.say(ANA)
    world.run(1)
    next_one = world.say(BOB)
    world.run(5)
    assert (world.shown(message).held, world.shown(next_one).held) == ("parked", "parked")
    assert (world.meta.asked, world.pump.waiting("transactional")) == (1, [])
    until(world, 59)
    assert world.meta.asked == 1
    until(world, 3)
    assert len(world.meta.accepted) == 2
    assert world.status(message) is Status.ACCEPTED


def until(world: World, minutes: int) -> None:
    for _ in range(minutes):
        world.run(60)
        world.pump.minute()
    world.run(30)


def test_a_parked_message_still_expires(world: World) -> None:
    world.meta.happens(ANA, "131048")
    message = world.say(ttl=600, **world.instead("send_failed", None))
    until(world, 12)
    assert (world.status(message), world.copies()) == (Status.EXPIRED, [TEXT])


@pytest.mark.parametrize("fate", ["131048", "190"])
def test_a_code_is_never_held(world: World, fate: str) -> None:
    world.approved("code", "AUTHENTICATION")
    world.meta.happens(ANA, fate)
    message = world.say(template="code", **world.instead("undelivered", 60))
    world.run(1)
    shown = world.shown(message)
    assert (shown.status, shown.error and shown.error.code) == (Status.FAILED, "channel_unavailable")
    assert world.copies() == [TEXT]


def disconnected(world: World) -> str:
    """A message that found out that the credential is dead."""
    world.meta.happens(ANA, "190")
    message = world.say(ANA)
    world.run(1)
    return message


def test_a_dead_credential_shows_and_holds(world: World) -> None:
    message = disconnected(world)
    waiting = world.say(BOB)
    until(world, 3)
    assert str(channels.get(world.organization, world.whatsapp).connection) == "disconnected"
    assert (world.shown(message).held, world.shown(waiting).held) == ("channel", "channel")
    assert (world.meta.asked, world.pump.waiting("transactional")) == (1, [])


def test_binding_again_releases_at_once(world: World) -> None:
    disconnected(world)
    world.say(BOB)
    world.run(600)
    world.bind(world.whatsapp, SETTINGS, TOKEN)
    world.run(5)
    assert sorted(each.to for each in world.meta.accepted) == [ANA, BOB]


def test_the_minute_job_releases_what_nobody_else_did(world: World) -> None:
    message = disconnected(world)
    world.bind(world.whatsapp, SETTINGS, TOKEN)
    world.pump.records = [record for record in world.pump.records if record.queue != "timers"]
    until(world, 2)
    assert world.status(message) is Status.ACCEPTED
    assert len(world.meta.of(message)) == 1


def test_a_held_message_goes_out_once_however_often_it_is_released(world: World) -> None:
    message = disconnected(world)
    world.bind(world.whatsapp, SETTINGS, TOKEN)
    world.pump.copies = 2
    for _ in range(3):
        world.pump.minute()
    until(world, 5)
    assert len(world.meta.of(message)) == 1


def test_what_is_held_for_too_long_expires_and_falls_back(world: World) -> None:
    world.meta.happens(ANA, "190")
    message = world.say(ANA, ttl=600, **world.instead("undelivered", 60))
    until(world, 12)
    assert (world.status(message), world.copies()) == (Status.EXPIRED, [TEXT])
    world.bind(world.whatsapp, SETTINGS, TOKEN)
    until(world, 3)
    assert world.meta.of(message) == []


def test_bound_to_another_number_the_old_ones_messages_fail(world: World) -> None:
    message = disconnected(world)
    world.bind(world.whatsapp, {**SETTINGS, "phone_number_id": OTHER_NUMBER}, TOKEN)
    until(world, 2)
    shown = world.shown(message)
    assert (shown.status, shown.error and shown.error.code) == (Status.FAILED, "sender_gone")
    fresh = world.say(BOB)
    world.run(5)
    assert (world.status(fresh), world.sent(fresh).sender) == (Status.ACCEPTED, OTHER_NUMBER)


def test_a_disconnection_of_the_old_credential_does_not_mark_the_new_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker has read the old binding; before its call is refused somebody binds anew."""
    message, real = world.say(ANA), controls.load

    def bound_meanwhile(*given: object) -> object:
        known = real(*given)  # type: ignore[arg-type]
        world.bind(world.whatsapp, SETTINGS, TOKEN)
        return known

    world.meta.happens(ANA, "190")
    with monkeypatch.context() as patch:
        patch.setattr(controls, "load", bound_meanwhile)
        world.pump.step()
    world.run(5)
    assert str(channels.get(world.organization, world.whatsapp).connection) == "connected"
    assert (world.status(message), len(world.meta.of(message))) == (Status.ACCEPTED, 1)


def test_an_inactive_channel_holds_what_it_accepted(world: World) -> None:
    message = world.say()
    world.switch(world.whatsapp, on=False)
    until(world, 5)
    assert (world.shown(message).held, world.meta.asked) == ("channel", 0)
    world.switch(world.whatsapp, on=True)
    world.run(5)
    assert (world.status(message), world.meta.asked) == (Status.ACCEPTED, 1)


def test_a_channel_that_is_switched_while_a_worker_holds_is_not_forgotten(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After writing a hold the worker looks once more: the release may have looked before the hold was there."""
    from parley.operations import holds

    message, real = world.say(), holds._mark
    world.switch(world.whatsapp, on=False)

    def switched_meanwhile(*given: object) -> str:
        world.switch(world.whatsapp, on=True)
        world.pump.records = [record for record in world.pump.records if record.queue != "timers"]
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(holds, "_mark", switched_meanwhile)
    world.pump.step()
    world.run(5)
    assert world.status(message) is Status.ACCEPTED


def test_receipts_of_an_inactive_channel_still_count(world: World) -> None:
    message = world.say()
    world.run(1)
    world.switch(world.whatsapp, on=False)
    world.reports(message, "delivered")
    assert world.status(message) is Status.DELIVERED


def test_unbound_holds_and_a_new_binding_releases(world: World) -> None:
    message = world.say()
    binding.unbind(world.organization, world.whatsapp)
    until(world, 2)
    assert world.shown(message).held == "channel"
    world.bind(world.whatsapp, SETTINGS, TOKEN)
    world.run(5)
    assert world.status(message) is Status.ACCEPTED


def test_a_deleted_channel_ends_what_waits_on_it(world: World) -> None:
    queued, held, timed = world.say(ANA), world.say(BOB), world.say(EVE, send_at=world.time.text(86_400))
    world.switch(world.whatsapp, on=False)
    world.run(5)
    channels.delete(world.organization, world.whatsapp)
    until(world, 2)
    for message in (queued, held):
        state = world.state(message)
        assert (state.status, state.error and state.error.code) == (Status.FAILED, "channel_deleted")
    assert (world.state(timed).status, world.meta.asked) == (Status.CANCELLED, 0)


def test_a_deleted_channel_still_hears_of_what_it_sent(world: World) -> None:
    message = world.say(**world.instead("undelivered", 3600))
    world.run(1)
    sent = world.sent(message)
    channels.delete(world.organization, world.whatsapp)
    until(world, 2)
    world.meta.says(world.meta.report(sent, "delivered"))
    world.pump.live(3)
    assert (world.state(message).status, world.copies()) == (Status.DELIVERED, [])


def test_a_deleted_channels_message_falls_back(world: World) -> None:
    message = world.say(**world.instead("undelivered", 60))
    channels.delete(world.organization, world.whatsapp)
    world.run(5)
    assert (world.state(message).status, world.copies()) == (Status.FAILED, [TEXT])


def test_a_message_past_its_time_is_not_sent(world: World) -> None:
    message = world.say(ttl=60, **world.instead("undelivered", 60))
    world.time.forward(61)
    world.run(1)
    assert (world.status(message), world.meta.asked, world.copies()) == (Status.EXPIRED, 0, [TEXT])
