"""A broadcast's run: every row once, stopped and steered while it goes on, done only when each row is."""

from collections import Counter
from typing import Any

import pytest
from parley.cloud import files
from parley.model.broadcast import BroadcastChanges, DeliveryWindow, NewResend
from parley.model.message import NewTime
from parley.model.status import Status
from parley.model.suppression import NewSuppression
from parley.model.times import instant
from parley.operations import broadcast_rows, broadcasts, row_files, suppressions
from parley.store import cursors

from tests.support import bulk
from tests.support.world import World


def sent(world: World) -> Counter[str]:
    """How often each person got it."""
    return Counter(each.to for each in world.meta.accepted)


def stands(world: World, broadcast: str) -> str:
    return str(bulk.shown(world, broadcast).status)


def live(world: World, broadcast: str, minutes: int = 10) -> None:
    """Until it is over, with the jobs of every minute."""
    for _ in range(minutes):
        world.run(60)
        world.pump.minute()
        if bulk.shown(world, broadcast).done_at:
            return


def test_each_row_goes_out_once_and_the_run_is_done(quick: World) -> None:
    broadcast = bulk.started(quick, 20)
    live(quick, broadcast)
    assert stands(quick, broadcast) == "done"
    assert sent(quick) == Counter(bulk.numbers(20))
    assert bulk.statuses(quick, broadcast) == {"accepted": 20}
    assert cursors.get(quick.organization, broadcast).tally == {"accepted": 20}
    assert not list(cursors.marks())


def test_everything_that_comes_twice_changes_nothing(quick: World) -> None:
    quick.pump.copies = 2
    broadcast = bulk.started(quick, 25)
    live(quick, broadcast)
    assert sent(quick) == Counter(bulk.numbers(25))
    assert cursors.get(quick.organization, broadcast).tally == {"accepted": 25}


def test_a_paused_run_sends_nothing_and_goes_on_where_it_stopped(quick: World) -> None:
    broadcast = bulk.started(quick, 24, speed=2)
    quick.run(5)
    broadcasts.pause(quick.organization, broadcast)
    before = len(quick.meta.accepted)
    quick.run(600)
    assert 0 < before < 24
    assert len(quick.meta.accepted) == before
    assert bulk.statuses(quick, broadcast)["queued"] > 0  # those that were on their way are held
    broadcasts.resume(quick.organization, broadcast)
    live(quick, broadcast)
    assert sent(quick) == Counter(bulk.numbers(24))


def test_a_cancelled_run_leaves_what_nobody_claimed(quick: World) -> None:
    broadcast = bulk.started(quick, 24, speed=2)
    quick.run(5)
    broadcasts.cancel(quick.organization, broadcast)
    before = len(quick.meta.accepted)
    live(quick, broadcast)
    assert len(quick.meta.accepted) == before
    assert bulk.statuses(quick, broadcast) == {"accepted": before, "cancelled": 24 - before}
    shown = bulk.shown(quick, broadcast)
    assert (shown.status, shown.progress and shown.progress.settled) == ("cancelled", 24)
    assert shown.done_at


def test_a_cancel_while_it_is_paused_ends_the_held_rows(quick: World) -> None:
    broadcast = bulk.started(quick, 20, speed=2)
    quick.run(4)
    broadcasts.pause(quick.organization, broadcast)
    quick.run(30)
    broadcasts.cancel(quick.organization, broadcast)
    live(quick, broadcast)
    found = bulk.statuses(quick, broadcast)
    assert found.keys() == {"accepted", "cancelled"}
    assert sum(found.values()) == 20


def test_a_run_keeps_to_its_speed_and_to_a_new_one(quick: World) -> None:
    broadcast = bulk.started(quick, 60, speed=2)
    quick.run(10)
    slow = len(quick.meta.accepted)
    broadcasts.update(quick.organization, broadcast, BroadcastChanges(speed=5))
    quick.run(20)  # what lay on the queue goes out at the old speed
    fast = len(quick.meta.accepted) - slow
    assert 16 <= slow <= 22
    assert fast >= 30
    live(quick, broadcast)
    assert sent(quick) == Counter(bulk.numbers(60))


def test_a_timed_one_goes_out_at_its_second_and_may_be_moved(quick: World) -> None:
    start = quick.time()
    broadcast = bulk.started(quick, 20, send_at="2026-03-01T11:00:00Z")
    assert stands(quick, broadcast) == "scheduled"
    broadcasts.move(quick.organization, broadcast, NewTime(send_at="2026-03-01T12:00:00Z"))
    due = instant("2026-03-01T12:00:00Z", None)
    quick.run((due - start) / 1000 - 1)
    assert not quick.meta.accepted
    quick.run(5)
    assert sent(quick) == Counter(bulk.numbers(20))
    first = [row.times["sending"] for row in bulk.rows(quick, broadcast)]
    assert min(first) >= "2026-03-01T12:00:00"


def test_the_window_closes_and_opens_again(quick: World) -> None:
    window = DeliveryWindow(start="08:00", end="09:31", time_zone="UTC")
    broadcast = bulk.started(quick, 24, speed=0.2, delivery_window=window.model_dump())
    quick.run(120)
    before = len(quick.meta.accepted)
    quick.run(3600)
    quick.pump.minute()
    assert 8 <= before <= 14
    assert len(quick.meta.accepted) == before
    assert bulk.shown(quick, broadcast).waits_for == "window"
    quick.run(22 * 3600)
    live(quick, broadcast)
    assert sent(quick) == Counter(bulk.numbers(24))


def test_a_channel_that_stops_holds_the_run_and_releases_it(quick: World) -> None:
    broadcast = bulk.started(quick, 50, speed=2)
    quick.run(4)
    quick.switch(quick.whatsapp, on=False)
    before = len(quick.meta.accepted)
    quick.run(300)
    fed = cursors.get(quick.organization, broadcast).fed
    assert len(quick.meta.accepted) == before
    assert fed < 50  # nothing more was handed out
    assert bulk.shown(quick, broadcast).waits_for == "channel"
    quick.switch(quick.whatsapp, on=True)
    live(quick, broadcast)
    assert sent(quick) == Counter(bulk.numbers(50))


def test_rows_that_the_queue_lost_go_out_all_the_same(quick: World) -> None:
    broadcast = bulk.started(quick, 20, speed=5)
    quick.run(2)
    quick.pump.forget("marketing")
    live(quick, broadcast, 30)
    assert sent(quick) == Counter(bulk.numbers(20))
    assert stands(quick, broadcast) == "done"


def test_a_chain_that_broke_is_begun_again(quick: World) -> None:
    broadcast = bulk.started(quick, 20, speed=5)
    quick.run(2)
    quick.pump.forget("feeds")
    live(quick, broadcast)
    assert sent(quick) == Counter(bulk.numbers(20))


def test_long_values_are_read_from_their_file(quick: World) -> None:
    broadcast = bulk.made(quick, bulk.people(2))
    quick.pump.forget("jobs")
    bulk.check(quick.organization, broadcast, bulk.numbers(3), name="x" * 5000)
    live(quick, broadcast)
    assert sent(quick) == Counter(bulk.numbers(3))


def test_a_row_that_cannot_be_read_stops_no_other_one(quick: World) -> None:
    lost = bulk.made(quick, bulk.people(2))
    quick.pump.forget("jobs")
    bulk.check(quick.organization, lost, bulk.numbers(1, 900), name="x" * 5000)
    quick.pump.drain("feeds")
    bulk.started(quick, 3)
    quick.pump.drain("feeds")
    [rows_of_the_lost] = row_files.names(row_files.folder(quick.organization, lost, "attempt"), 1)
    files.delete(rows_of_the_lost)
    row_files.read.cache_clear()
    assert len(quick.pump.waiting("marketing")) == 4  # in one batch, the lost one first
    quick.run(30)
    assert sent(quick) == Counter(bulk.numbers(3))


def test_suppressed_people_are_skipped_and_the_sums_agree(quick: World) -> None:
    to = bulk.numbers(30)
    for each in to[:3]:
        suppressions.create(quick.organization, NewSuppression(channel_id=quick.whatsapp, to=each))
    quick.meta.happens(to[5], "131026")
    quick.meta.happens(to[6], "cut")
    quick.meta.happens(to[7], "130429")
    broadcast = bulk.started(quick, 30)
    live(quick, broadcast, 30)
    found = bulk.statuses(quick, broadcast)
    assert found == {"accepted": 25, "skipped": 3, "failed": 2}  # nobody knows of the one that was cut
    unknown = [row for row in bulk.rows(quick, broadcast) if row.error and row.error.code == "outcome_unknown"]
    assert [row.to.value for row in unknown] == [to[6]]
    assert stands(quick, broadcast) == "done"


def policy(**fields: Any) -> Any:
    return {"fallbacks": [{"trigger": "undelivered", "wait": 600, "text": "Hello by SMS", **fields}]}


def test_the_trail_fires_the_fallbacks_of_those_who_got_nothing(quick: World) -> None:
    to = bulk.numbers(30)
    quick.meta.happens(to[3], "131026")
    broadcast = bulk.started(quick, 30, **policy(channel_id=quick.gateway))
    quick.run(60)
    assert [each.to for each in quick.sms.accepted] == [to[3]]  # a failure fires at once
    assert not quick.pump.waiting("timers")  # no timer per person
    arrived = {each.to: each.message for each in quick.meta.accepted}
    for each in to[10:]:
        quick.reports(arrived[each], "sent", "delivered")
    assert stands(quick, broadcast) == "done"
    quick.run(900)
    assert Counter(each.to for each in quick.sms.accepted) == Counter(to[:10])
    assert not list(cursors.marks())


def test_nobody_waits_for_a_fallback_behind_a_row_that_is_late(quick: World) -> None:
    to = bulk.numbers(6)
    quick.meta.happens(to[0], "cut")  # nobody knows for ten minutes
    quick.meta.happens(to[1], "130429", "130429")  # goes round the queue
    broadcast = bulk.started(quick, 6, **policy(channel_id=quick.gateway, wait=60))
    quick.run(140)
    assert {each.to for each in quick.sms.accepted} >= set(to[2:])
    live(quick, broadcast, 15)
    quick.run(300)
    assert Counter(each.to for each in quick.sms.accepted) == Counter(to)
    assert stands(quick, broadcast) == "done"


def test_quiet_hours_keep_rows_in_their_file(quick: World) -> None:
    quiet = {"start": "09:00", "end": "12:00", "time_zone": "UTC", "categories": ["UTILITY", "MARKETING"]}
    broadcast = bulk.started(quick, 30, quiet_hours=quiet)
    quick.run(600)
    assert not quick.meta.accepted
    assert cursors.get(quick.organization, broadcast).fed == 0
    assert bulk.shown(quick, broadcast).waits_for == "quiet"
    quick.run(3 * 3600)
    assert sent(quick) == Counter(bulk.numbers(30))


def test_failed_rows_are_resent_as_a_child_and_nobody_gets_it_twice(quick: World) -> None:
    to = bulk.numbers(20)
    for each in to[:4]:
        quick.meta.happens(each, "131026")
    parent = bulk.started(quick, 20)
    live(quick, parent)
    child = broadcast_rows.resend(quick.organization, parent, NewResend())
    again = broadcast_rows.resend(quick.organization, parent, NewResend())
    assert again.id == child.id
    quick.run(5)
    live(quick, child.id)
    assert sent(quick) == Counter(to)
    assert bulk.statuses(quick, child.id) == {"accepted": 4}


def test_a_run_over_two_senders_shares_the_rows_out(quick: World) -> None:
    other = quick.bound(
        "WHATSAPP_CLOUD",
        {"waba_id": "102290129340398", "phone_number_id": "106540352249999"},
        {"access_token": "EAA-other"},
    )
    quick.approved("order_ready", channel_id=other)
    broadcast = bulk.started(quick, 30, more_channel_ids=[other])
    live(quick, broadcast)
    assert sent(quick) == Counter(bulk.numbers(30))
    by = Counter(each.sender for each in quick.meta.accepted)
    assert by["106540352242922"] > 0
    assert by["106540352249999"] > 0


@pytest.mark.parametrize("how", ["before", "after"])
def test_a_death_at_any_call_loses_and_doubles_nobody(quick: World, how: str) -> None:
    """Runs of a few rows, each with one death, from its first call to its last; then all of them live on."""
    begun: dict[int, str] = {}
    for nth in range(1, MOST_CALLS, 4):
        begun[nth] = bulk.made(quick, bulk.people(2))
        quick.pump.forget("jobs")
        bulk.check(quick.organization, begun[nth], bulk.numbers(3, 100 * nth))
        quick.faults.arm(nth, how)
        quick.run(12)
        quick.faults.disarm()
    for _ in range(4):
        quick.run(400)
        quick.pump.minute()
    assert max(sent(quick).values()) == 1
    for nth, broadcast in begun.items():
        assert stands(quick, broadcast) == "done", nth
        for row in bulk.rows(quick, broadcast):
            known = row.error is not None and row.error.code == "outcome_unknown"
            assert known or (row.status == Status.ACCEPTED and sent(quick)[row.to.value] == 1), (nth, row)


MOST_CALLS = 50
"""More than one step and its deliveries make."""
