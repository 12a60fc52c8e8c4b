"""move_broadcast: another time for what is scheduled."""

import pytest
from parley.model.run import Wave
from parley.model.times import DAY, HOUR

from tests.support import builders, kept, runs
from tests.support.builders import ORGANIZATION
from tests.support.events import Json, records, refused
from tests.support.invoke import invoke
from tests.support.runs import BROADCAST
from tests.support.time import NOW, Clock

EVENING, DUE = "2026-03-02T17:00:00.000Z", 1_772_470_800_000
LOCAL = {"local_time": True, "wall_time": "2026-03-02T09:00:00", "time_zone": "Europe/Madrid"}
STEP = {"organization": ORGANIZATION, "broadcast": BROADCAST}


@pytest.fixture(autouse=True)
def _cast() -> None:
    builders.story()


def test_it_takes_the_new_time() -> None:
    runs.broadcast(status="scheduled", send_at=NOW + HOUR)
    answer = runs.do("move")
    assert (answer.status, answer.body["status"], answer.body["send_at"]) == (200, "scheduled", EVENING)
    assert [wave.due for wave in runs.kept().waves] == [DUE]
    assert [each["input"]["due"] for each in kept.schedules()] == [DUE - 10_000]
    assert runs.marks() == [DUE - 10_000]


def test_a_repeat_sets_no_second_schedule() -> None:
    runs.broadcast(status="scheduled", send_at=NOW + HOUR)
    assert runs.do("move").body == runs.do("move").body
    assert len(kept.schedules()) == 1


def test_the_step_of_the_time_before_starts_nothing(time: Clock) -> None:
    runs.broadcast(status="scheduled", send_at=NOW + HOUR)
    runs.do("move")
    time.forward(3600)
    invoke("feed_broadcasts", records(STEP))
    assert (runs.kept().status, kept.queued("MarketingQueue")) == ("scheduled", [])
    time.now = DUE
    invoke("feed_broadcasts", records(STEP))
    assert (runs.kept().status, len(kept.queued("MarketingQueue"))) == ("running", 3)


def test_it_may_be_moved_to_soon(time: Clock) -> None:
    runs.broadcast(status="scheduled", send_at=NOW + DAY)
    runs.do("move", {"send_at": time.text(60)})
    assert (kept.schedules(), kept.delays("FeedsQueue")) == ([], [50])


def test_without_a_zone_the_one_that_it_was_made_with_counts() -> None:
    runs.broadcast(status="scheduled", send_at=NOW + HOUR, time_zone="Asia/Tokyo")
    assert runs.do("move", {"time_zone": None}).body["send_at"] == "2026-03-02T09:00:00.000Z"


@pytest.mark.parametrize("status", ["scheduled", "checked"])
def test_local_times_are_computed_anew_by_a_check(status: str) -> None:
    waves = [Wave(due=NOW + HOUR, first=0, count=1), Wave(due=NOW + 2 * HOUR, first=1, count=2)]
    runs.broadcast(status=status, send_at=NOW + HOUR, waves=waves, **LOCAL)
    answer = runs.do("move")
    assert (answer.body["status"], answer.body["send_at"], answer.body["local_time"]) == ("checking", EVENING, True)
    assert runs.kept().wall_time == "2026-03-02T18:00:00"
    assert kept.queued("JobsQueue") == [{"kind": "check", **STEP}]
    assert runs.marks() == []


@pytest.mark.parametrize(("status", "on_bad_rows"), [("scheduled", "skip"), ("checked", "ask")])
def test_what_its_owner_has_not_started_is_not_started_by_that(status: str, on_bad_rows: str) -> None:
    runs.broadcast(status=status, send_at=NOW + HOUR, **LOCAL)
    runs.do("move")
    assert runs.kept().on_bad_rows == on_bad_rows


def test_a_repeat_asks_for_the_check_again() -> None:
    """Who moved it may have died before the job was asked for."""
    runs.broadcast(status="scheduled", send_at=NOW + HOUR, **LOCAL)
    assert runs.do("move").body == runs.do("move").body
    assert kept.queued("JobsQueue") == [{"kind": "check", **STEP}] * 2


@pytest.mark.parametrize("status", ["checking", "refused", "checked", "running", "paused", "cancelled", "done"])
def test_what_is_not_scheduled_cannot_be_moved(status: str) -> None:
    runs.broadcast(status=status)
    with kept.nothing_changes():
        assert refused(runs.do("move"))[:2] == (409, "not_movable")


@pytest.mark.parametrize("status", ["running", "paused", "cancelled", "done"])
def test_nor_can_local_times_that_have_begun(status: str) -> None:
    runs.broadcast(status=status, send_at=NOW, **LOCAL)
    with kept.nothing_changes():
        assert refused(runs.do("move"))[:2] == (409, "not_movable")


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"send_at": "2026-03-01T09:30:00Z", "time_zone": None}, "in_the_past", "send_at"),
        ({"send_at": "2027-03-03T09:30:00Z"}, "beyond_horizon", "send_at"),
        ({"time_zone": "Mars/Olympus"}, "unknown_zone", "time_zone"),
        ({"time_zone": None}, "zone_missing", "send_at"),
        ({"send_at": "2026-03-29T02:30:00"}, "time_does_not_exist", "send_at"),
        ({"send_at": "soon"}, "invalid_time", "send_at"),
        ({"send_at": None}, "string_type", "send_at"),
    ],
)
def test_bad_times(body: Json, code: str, field: str) -> None:
    runs.broadcast(status="scheduled", send_at=NOW + HOUR)
    with kept.nothing_changes():
        assert refused(runs.do("move", body)) == (422, code, [field])


def test_a_local_time_has_no_offset() -> None:
    runs.broadcast(status="scheduled", send_at=NOW + HOUR, **LOCAL)
    with kept.nothing_changes():
        assert refused(runs.do("move", {"send_at": EVENING})) == (422, "offset_not_expected", ["send_at"])
