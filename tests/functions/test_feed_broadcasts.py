"""feed_broadcasts: one step of a run; it hands out rows, looks at what became of them, and asks for the next step."""

from typing import Any

import pytest
from parley.cloud import files
from parley.model import ids
from parley.model.cursors import Cursors
from parley.model.run import Wave
from parley.model.times import HOUR
from parley.operations import feeding, row_files
from parley.store import cursors, rates

from tests.support import builders, kept, runs
from tests.support.builders import ORGANIZATION, WHATSAPP
from tests.support.events import call, records, sample
from tests.support.invoke import invoke
from tests.support.runs import BROADCAST
from tests.support.time import NOW, Clock

STEP: dict[str, Any] = {"organization": ORGANIZATION, "broadcast": BROADCAST}
DONE: dict[str, Any] = {"batchItemFailures": []}


@pytest.fixture(autouse=True)
def _cast() -> None:
    builders.story()


def step(turn: int | None = None, left: int = 60_000) -> Any:
    return invoke("feed_broadcasts", records(STEP if turn is None else {**STEP, "turn": turn}), left)


def handed_out() -> list[dict[str, Any]]:
    return kept.queued("MarketingQueue")


def known() -> Cursors:
    return cursors.get(ORGANIZATION, BROADCAST)


def waits_for() -> str | None:
    found = runs.shown()["waits_for"]
    return None if found is None else str(found)


def test_rows_lie_on_their_lane_with_their_words() -> None:
    run = runs.broadcast()
    assert step() == DONE
    first = {"organization": ORGANIZATION, "message": ids.row_of(run.id, 0), "lane": "marketing"}
    first |= {"broadcast": BROADCAST, "row": 0, "line": [2, "phone:+34600000001", ["A-2", "Name 2"]]}
    assert handed_out()[0] == first
    assert [body["row"] for body in handed_out()] == [0, 1, 2]
    assert (known().fed, known().seen) == (3, 0)


def test_the_sample_is_the_step_after_the_first() -> None:
    runs.moved(runs.broadcast())
    assert invoke("feed_broadcasts", sample("feed_broadcasts")) == DONE
    assert len(handed_out()) == 3


def test_the_next_step_is_asked_for_and_its_turn_is_the_one_of_this_chain() -> None:
    runs.broadcast(rows=700)
    step()
    assert (kept.queued("FeedsQueue"), kept.delays("FeedsQueue")) == ([{**STEP, "turn": 1}], [3])
    assert runs.marks() == [NOW + feeding.CADENCE]


def test_a_step_that_comes_twice_is_made_once() -> None:
    runs.broadcast(rows=700)
    step()
    step(turn=1)
    before = kept.everything()
    assert step(turn=1) == DONE
    assert kept.everything() == before


def test_two_workers_do_not_make_steps_at_once() -> None:
    run = runs.broadcast()
    cursors.lease(run, "other", None, NOW, NOW + 60_000)
    step()
    assert (handed_out(), kept.queued("FeedsQueue"), kept.delays("FeedsQueue")) == ([], [STEP], [1])


def test_the_lease_of_a_dead_worker_ends(time: Clock) -> None:
    run = runs.broadcast()
    cursors.lease(run, "dead", None, NOW, NOW + 60_000)
    time.forward(60)
    step()
    assert len(handed_out()) == 3


def test_no_more_is_handed_out_than_ten_seconds_of_the_senders_rate(time: Clock) -> None:
    call("update_service_settings", {"messages_per_second": 10})
    runs.broadcast(rows=300)
    step()
    assert len(handed_out()) == 80  # bulk has four fifths of the rate
    assert max(kept.delays("MarketingQueue")) <= 10
    time.forward(3)
    step(turn=1)
    assert 80 < len(handed_out()) <= 105


def test_its_own_speed_counts_where_it_is_lower() -> None:
    runs.broadcast(rows=300, speed=2)
    step()
    assert len(handed_out()) == 20


def test_runs_on_one_channel_share_its_rate() -> None:
    call("update_service_settings", {"messages_per_second": 10})
    for number in range(3):
        cursors.mark(runs.broadcast(f"other-{number}"), NOW)
    runs.broadcast(rows=300)
    cursors.mark(runs.kept(), NOW)
    step()
    assert len(handed_out()) == 20


@pytest.mark.parametrize("status", ["running", "cancelled", "done"])
def test_a_run_that_only_waits_takes_no_share(status: str) -> None:
    """All rows of the other one are handed out; it waits for their ends, or for their fallbacks."""
    call("update_service_settings", {"messages_per_second": 10})
    fallback = {"channel_id": WHATSAPP, "trigger": "undelivered", "wait": 600, "text": "Hi"}
    other = runs.broadcast("other", status=status, steps=[fallback])
    for at in range(3):
        runs.row(other, at)
    runs.moved(other, fed=3, moved_at=NOW)
    invoke("feed_broadcasts", records({**STEP, "broadcast": "other"}))
    runs.broadcast(rows=300)
    cursors.mark(runs.kept(), NOW)
    step()
    assert len([each for each in handed_out() if each["broadcast"] == BROADCAST]) == 80


def test_a_run_whose_workers_do_not_follow_waits_for_them(time: Clock) -> None:
    run = runs.broadcast(rows=300, speed=1)
    runs.moved(run, fed=60, moved_at=NOW)
    step()
    assert (handed_out(), waits_for()) == ([], "workers")


def test_of_rows_on_their_way_only_those_without_an_item_count() -> None:
    """One row that is late must not stop all that are behind it."""
    run = runs.broadcast(rows=100, speed=1)
    for at in range(1, 60):
        runs.row(run, at)
    runs.moved(run, fed=60, moved_at=NOW)
    step()
    assert len(handed_out()) == 10
    assert waits_for() is None


@pytest.mark.parametrize(
    ("before", "body", "reason"),
    [("update_channel", {"is_active": False}, "channel"), ("archive_template", None, "template")],
)
def test_what_stands_in_the_way_is_named(before: str, body: Any, reason: str) -> None:
    runs.broadcast()
    call(before, body)
    step()
    assert (handed_out(), waits_for(), kept.delays("FeedsQueue")) == ([], reason, [10])


def test_a_sender_that_is_to_rest_is_left_alone(time: Clock) -> None:
    runs.broadcast()
    rates.push_back(ORGANIZATION, WHATSAPP, NOW + 40_000)
    step()
    assert (handed_out(), waits_for(), kept.delays("FeedsQueue")) == ([], "rate", [40])
    time.forward(40)
    step(turn=1)
    assert len(handed_out()) == 3


def test_outside_of_its_window_it_rests(time: Clock) -> None:
    window = {"start": "10:00", "end": "18:00", "time_zone": "UTC"}
    runs.broadcast(delivery_window=window)
    step()
    assert (handed_out(), waits_for()) == ([], "window")
    [timer] = [each["input"] for each in kept.schedules()]
    assert (timer["kind"], timer["due"]) == ("feed", NOW + HOUR // 2 - 10_000)
    time.now = timer["due"]
    invoke("fire_timers", records(timer))
    assert kept.queued("FeedsQueue") == [{**STEP, "turn": 1}]
    time.forward(3)
    step(turn=1)
    assert kept.delays("MarketingQueue") == [7, 8, 8]


def test_its_waves_go_out_one_after_the_other(time: Clock) -> None:
    waves = [Wave(due=NOW, first=0, count=1), Wave(due=NOW + HOUR, first=1, count=2)]
    runs.broadcast(waves=waves)
    step()
    assert len(handed_out()) == 1
    time.forward(3)
    step(turn=1)
    assert (len(handed_out()), waits_for()) == (1, "time")
    runs.row(runs.kept(), 0)
    time.now = NOW + HOUR - 7000
    step(turn=2)
    assert kept.delays("MarketingQueue")[1:] == [7, 8]


def test_a_scheduled_one_begins_at_its_time(time: Clock) -> None:
    runs.broadcast(status="scheduled", send_at=NOW + HOUR)
    step()
    assert (runs.kept().status, handed_out()) == ("scheduled", [])
    time.now = NOW + HOUR - 7000
    step(turn=1)
    assert (runs.kept().status, runs.kept().started_at) == ("running", NOW + HOUR - 7000)
    assert kept.delays("MarketingQueue") == [7, 8, 8]


def test_it_is_done_when_every_row_is_accepted_or_has_ended(time: Clock) -> None:
    run = runs.broadcast()
    runs.moved(run, fed=3, moved_at=NOW)
    runs.row(run, 0, "accepted")
    runs.row(run, 1, "failed")
    runs.row(run, 2, "sending", lease_until=NOW + 90_000)
    step()
    assert (runs.shown()["status"], known().settled) == ("running", 2)
    builders.messages.reach(builders.messages.get(ORGANIZATION, ids.row_of(run.id, 2)), builders.Status.SENT, NOW)
    time.forward(1)
    step(turn=2)
    shown = runs.shown()
    assert (shown["status"], shown["done_at"], shown["progress"]["settled"]) == ("done", time.text(), 3)
    assert known().tally == {"accepted": 1, "failed": 1, "sent": 1}
    assert kept.queued("JobsQueue") == [{"kind": "recount", **STEP}]
    assert runs.marks() == []


@pytest.mark.parametrize("settled", [True, False])
def test_an_unknown_outcome_ends_when_it_is_settled(settled: bool) -> None:
    run = runs.broadcast(rows=1)
    runs.moved(run, fed=1, moved_at=NOW)
    runs.row(run, 0, "unknown", settled=settled)
    step()
    assert (runs.shown()["status"] == "done") == settled


def test_rows_that_left_no_trace_are_put_on_their_lane_again(time: Clock) -> None:
    """Whoever had them is gone; a row that has an item is not repeated."""
    run = runs.broadcast()
    step()
    runs.row(run, 1)
    time.forward(30)
    step(turn=1)
    assert len(handed_out()) == 3
    time.forward(90)
    step(turn=2)
    assert [body["row"] for body in handed_out()[3:]] == [0, 2]


@pytest.mark.parametrize("status", ["checking", "refused", "checked", "paused"])
def test_what_does_not_run_is_left_alone(status: str) -> None:
    runs.broadcast(status=status)
    with kept.nothing_changes():
        assert step() == DONE


def test_so_is_what_does_not_exist() -> None:
    with kept.nothing_changes():
        assert step() == DONE


def test_without_its_rows_the_step_comes_back() -> None:
    runs.broadcast()
    for name in kept.files():
        files.delete(name)
    row_files.read.cache_clear()
    assert len(step()["batchItemFailures"]) == 1
