"""Quiet hours: what would wake somebody waits for the morning, shown as held, and goes out then, once."""

from typing import Any

import pytest
from parley.model.broadcast import BroadcastChanges
from parley.model.channel import ServiceSettingsChanges
from parley.model.status import Status
from parley.operations import broadcasts, channels

from tests.flows.test_holds import until
from tests.support import bulk
from tests.support.world import ANA, TEXT, World

ELSEWHERE = "+81312345678"
"""In Tokyo it is evening."""

NEWS: dict[str, Any] = {"template": "news"}


@pytest.fixture
def night(world: World) -> World:
    """It is 10:30 in Madrid when the world begins; they call that the middle of the night. A Spanish number may be on
    the Canaries, an hour behind."""
    world.approved("news", "MARKETING")
    quiet(world, start="10:00", end="11:30")
    return world


def quiet(world: World, **hours: Any) -> None:
    wanted = {"quiet_hours": {"time_zone": "Europe/Madrid", **hours} if hours else None}
    channels.update_service_settings(world.organization, world.whatsapp, ServiceSettingsChanges.model_validate(wanted))


def test_marketing_waits_for_the_morning(night: World) -> None:
    message = night.say(**NEWS)
    night.run(60)
    assert (night.shown(message).held, night.status(message), night.meta.asked) == ("quiet", Status.QUEUED, 0)
    until(night, 118)
    assert night.meta.asked == 0
    until(night, 3)
    assert (night.status(message), night.meta.asked) == (Status.ACCEPTED, 1)


def test_everything_else_goes_out(night: World) -> None:
    night.approved("code", "AUTHENTICATION")
    for template in ("order_ready", "code"):
        message = night.say(template=template)
        night.run(5)
        assert night.status(message) is Status.ACCEPTED


def test_hours_that_are_taken_away_hold_nobody(night: World) -> None:
    message = night.say(**NEWS)
    night.run(5)
    quiet(night)
    night.run(5)
    assert night.status(message) is Status.ACCEPTED


def test_it_expires_where_its_time_ends_before_the_morning(night: World) -> None:
    message = night.say(**NEWS, ttl=600, **night.instead("send_failed", None))
    until(night, 12)
    assert (night.status(message), night.copies(ANA)) == (Status.EXPIRED, [TEXT])


def test_utility_waits_too_where_that_is_asked_for(world: World) -> None:
    quiet(world, start="10:00", end="11:30", categories=["UTILITY"])
    message = world.say()
    world.run(5)
    assert world.shown(message).held == "quiet"


def test_the_channels_language_stands_in(world: World) -> None:
    changes = ServiceSettingsChanges.model_validate({"default_language": "en_US"})
    channels.update_service_settings(world.organization, world.whatsapp, changes)
    for language in (None, "de"):
        message = world.say(language=language)
        assert world.shown(message).language == "en_US"


def test_the_channels_word_on_changes_of_category(world: World) -> None:
    changes = ServiceSettingsChanges.model_validate({"category_change_paused": True})
    channels.update_service_settings(world.organization, world.whatsapp, changes)
    assert world.designed("one").category_change_paused
    assert not world.designed("two", category_change_paused=False).category_change_paused


HOURS = {"start": "10:15", "end": "10:45", "time_zone": "Europe/Madrid", "categories": ["UTILITY"]}


def test_a_broadcast_may_have_hours_that_its_channel_has_not(world: World) -> None:
    broadcast = bulk.made(world, bulk.people(2), quiet_hours=HOURS)
    world.pump.forget("jobs")
    bulk.check(world.organization, broadcast, [*bulk.numbers(3), ELSEWHERE])
    world.run(30)
    world.pump.minute()
    assert bulk.statuses(world, broadcast) == {"queued": 3, "accepted": 1}
    assert world.pump.waiting("marketing") == []
    until(world, 16)
    assert bulk.statuses(world, broadcast) == {"accepted": 4}


def test_its_rows_go_out_when_these_are_taken_away(world: World) -> None:
    broadcast = bulk.started(world, 3, quiet_hours=HOURS)
    world.run(30)
    broadcasts.update(world.organization, broadcast, BroadcastChanges(quiet_hours=None))
    until(world, 2)
    assert bulk.statuses(world, broadcast) == {"accepted": 3}
