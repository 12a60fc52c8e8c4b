"""start_broadcast: the good rows of what was checked go out, now or at a time."""

import pytest
from parley.model.broadcast import BroadcastStatus
from parley.model.broadcast_view import CheckReport
from parley.model.run import Wave
from parley.model.times import DAY, HOUR
from parley.store import broadcasts

from tests.support import builders, kept, runs
from tests.support.builders import ORGANIZATION
from tests.support.events import LEFT_OUT, Answer, Json, refused
from tests.support.runs import BROADCAST
from tests.support.time import NOW, Clock

EVENING = "2026-03-02T17:00:00.000Z"
DUE = 1_772_470_800_000
NOW_PLEASE = {"send_at": LEFT_OUT, "time_zone": LEFT_OUT}
LOCAL = {"local_time": True, "wall_time": "2026-03-02T18:00:00", "send_at": DUE, "time_zone": "Europe/Madrid"}
STEP = {"organization": ORGANIZATION, "broadcast": BROADCAST}


def start(body: Json | None = None) -> Answer:
    return runs.do("start", body)


@pytest.fixture(autouse=True)
def _cast() -> None:
    builders.story()


def test_it_runs_at_once(time: Clock) -> None:
    runs.broadcast(status="checked", dry_run=True, on_bad_rows="ask", report=CheckReport(rows=5, good=3, bad=2))
    answer = start(NOW_PLEASE)
    assert (answer.status, answer.body["status"], answer.body["started_at"]) == (200, "running", time.text())
    assert (answer.body["dry_run"], answer.body["on_bad_rows"]) == (False, "skip")
    assert (kept.queued("FeedsQueue"), runs.marks()) == ([STEP], [NOW])


def test_or_at_its_time() -> None:
    runs.broadcast(status="checked")
    answer = start()
    assert (answer.status, answer.body["status"], answer.body["send_at"]) == (200, "scheduled", EVENING)
    assert (answer.body["time_zone"], answer.body["started_at"]) == ("Europe/Madrid", None)
    assert [wave.due for wave in runs.kept().waves] == [DUE]
    (schedule,) = kept.schedules()
    assert schedule["input"] == {"kind": "feed", **STEP, "turn": None, "due": DUE - 10_000}
    assert (kept.queued("FeedsQueue"), runs.marks()) == ([], [DUE - 10_000])


def test_a_timed_one_that_was_only_looked_at_keeps_its_time() -> None:
    runs.broadcast(status="checked", send_at=DUE, time_zone="Europe/Madrid")
    assert start(NOW_PLEASE).body["status"] == "scheduled"
    assert [wave.due for wave in runs.kept().waves] == [DUE]


def test_one_whose_time_is_over_meanwhile_goes_out_now() -> None:
    runs.broadcast(status="checked", send_at=NOW - HOUR)
    assert start(NOW_PLEASE).body["status"] == "running"


def test_the_zone_that_it_was_made_with_counts() -> None:
    runs.broadcast(status="checked", send_at=NOW + DAY, time_zone="Europe/Madrid")
    assert start({"time_zone": LEFT_OUT}).body["send_at"] == EVENING


def test_people_keep_their_local_times() -> None:
    waves = [Wave(due=NOW + HOUR, first=0, count=1), Wave(due=NOW + 2 * HOUR, first=1, count=2)]
    runs.broadcast(status="checked", **LOCAL, waves=waves)
    with kept.nothing_changes():
        assert refused(start()) == (422, "field_not_expected", ["send_at"])
    assert start(NOW_PLEASE).body["status"] == "scheduled"
    assert runs.kept().waves == waves


def test_a_repeat_answers_what_was_started_and_makes_its_step_again() -> None:
    runs.broadcast(status="checked")
    first = start(NOW_PLEASE)
    assert start(NOW_PLEASE).body == first.body
    assert start().body["send_at"] is None
    assert kept.queued("FeedsQueue") == [STEP] * 3


@pytest.mark.parametrize("status", ["checking", "refused", "paused", "cancelled", "done"])
def test_only_what_was_checked_can_be_started(status: str) -> None:
    runs.broadcast(status=status)
    answer = start(NOW_PLEASE)
    assert refused(answer)[:2] == (409, "not_startable")
    assert status in answer.body["detail"]
    assert (runs.kept().status, kept.queued("FeedsQueue")) == (status, [])


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"send_at": "2026-03-01T09:30:00Z", "time_zone": LEFT_OUT}, "in_the_past", "send_at"),
        ({"send_at": "2027-03-03T09:30:00Z"}, "beyond_horizon", "send_at"),
        ({"time_zone": LEFT_OUT}, "zone_missing", "send_at"),
        ({"send_at": LEFT_OUT}, "field_missing", "send_at"),
        ({"time_zone": "Mars/Olympus"}, "value_error", "time_zone"),
        ({"send_at": "2026-03-29T02:30:00"}, "time_does_not_exist", "send_at"),
    ],
)
def test_bad_times(body: Json, code: str, field: str) -> None:
    runs.broadcast(status="checked")
    with kept.nothing_changes():
        assert refused(start(body)) == (422, code, [field])


def test_of_two_at_once_one_starts_it(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = runs.broadcast(status="checked")
    start()
    found, answers = broadcasts.get, iter([seen])
    monkeypatch.setattr(broadcasts, "get", lambda *key: next(answers, None) or found(*key))
    assert refused(start(NOW_PLEASE))[:2] == (409, "not_startable")
    assert runs.kept().status is BroadcastStatus.SCHEDULED
