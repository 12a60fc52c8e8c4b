"""What a run makes good itself: rows and copies that somebody's death left behind, while it waits or goes on."""

from typing import Any

import pytest
from parley.model import ids
from parley.model.cursors import Cursors
from parley.model.run import Wave
from parley.model.status import Status
from parley.model.times import HOUR
from parley.operations import broadcasts
from parley.store import broadcasts as store
from parley.store import cursors, messages, takeovers

from tests.support import bulk
from tests.support.world import World


def live(world: World, minutes: int) -> None:
    for _ in range(minutes):
        world.run(60)
        world.pump.minute()


def test_rows_lost_before_a_long_rest_do_not_wait_for_its_end(world: World) -> None:
    """The next wave is an hour away."""
    broadcast = bulk.made(world, bulk.people(2))
    world.pump.forget("jobs")
    waves = [Wave(due=world.time(), first=0, count=3), Wave(due=world.time() + HOUR, first=3, count=3)]
    bulk.check(world.organization, broadcast, bulk.numbers(6), waves=waves)
    world.pump.drain("feeds")
    world.pump.forget("marketing")
    live(world, 4)
    assert bulk.statuses(world, broadcast) == {"accepted": 3, "waiting": 3}


def test_a_copy_is_made_up_for_whose_maker_died_behind_the_takeover(world: World) -> None:
    broadcast = bulk.started(world, 2, **world.instead(wait=600))
    world.run(60)
    row = messages.get(world.organization, ids.row_of(broadcast, 0))
    assert row
    assert takeovers.first(row, world.time(), "failed", [Status.ACCEPTED])
    live(world, 12)
    assert [len(world.copies(to)) for to in bulk.numbers(2)] == [1, 1]


def test_what_a_dead_step_handed_out_is_not_called_cancelled(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    broadcast = bulk.started(world, 10)
    move = cursors.move

    def dies(known: Cursors, **fields: Any) -> Cursors:
        if "fed" in fields:
            raise RuntimeError("died")
        return move(known, **fields)

    with monkeypatch.context() as patch:
        patch.setattr(cursors, "move", dies)
        world.pump.drain("feeds")
    world.run(20)
    broadcasts.cancel(world.organization, broadcast)
    live(world, 5)
    assert bulk.statuses(world, broadcast) == {"accepted": 10}
    assert cursors.get(world.organization, broadcast).tally == {"accepted": 10}


def test_a_channel_that_is_inactive_when_the_step_fires_holds_the_copy(world: World) -> None:
    broadcast = bulk.started(world, 2, **world.instead(wait=60))
    world.run(20)
    run = store.get(world.organization, broadcast)
    assert run
    sms = run.steps[0].channel_id
    world.switch(sms, on=False)
    live(world, 3)
    assert [len(world.copies(to)) for to in bulk.numbers(2)] == [0, 0]
    world.switch(sms, on=True)
    live(world, 2)
    assert [len(world.copies(to)) for to in bulk.numbers(2)] == [1, 1]
