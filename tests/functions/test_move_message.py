"""move_message: another time for what is still scheduled."""

import pytest
from parley.model.status import Status
from parley.model.times import DAY

from tests.support import builders, kept
from tests.support.events import Json, call, refused
from tests.support.time import NOW, Clock

EVENING = "2026-03-02T17:00:00.000Z"


def test_takes_the_new_time_and_keeps_its_time_to_live() -> None:
    builders.message(status=Status.SCHEDULED, send_at=NOW + 3_600_000, expires_at=NOW + 3_600_000 + DAY)
    answer = call("move_message")
    assert (answer.status, answer.body["send_at"], answer.body["status"]) == (200, EVENING, "scheduled")
    (state,) = kept.states()
    assert state["expires_at"] - state["send_at"] == DAY
    (schedule,) = kept.schedules()
    assert (schedule["at"], schedule["input"]["send_at"]) == ("at(2026-03-02T16:59:00)", state["send_at"])


def test_a_repeat_sets_no_second_schedule() -> None:
    builders.message(status=Status.SCHEDULED, send_at=NOW + 3_600_000)
    assert call("move_message") == call("move_message")
    assert len(kept.schedules()) == 1


@pytest.mark.parametrize("status", [each for each in Status if each is not Status.SCHEDULED])
def test_what_is_queued_cannot_be_moved(status: Status) -> None:
    builders.message(status=status)
    with kept.nothing_changes():
        assert refused(call("move_message"))[:2] == (409, "not_scheduled")


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"send_at": "2026-03-01T09:30:00Z", "time_zone": None}, "in_the_past", "send_at"),
        ({"send_at": "2027-03-03T09:30:00Z"}, "beyond_horizon", "send_at"),
        ({"time_zone": "Mars/Olympus"}, "unknown_zone", "time_zone"),
        ({"time_zone": None}, "zone_missing", "send_at"),
        ({"send_at": "2026-03-29T02:30:00"}, "time_does_not_exist", "send_at"),
        ({"send_at": None}, "string_type", "send_at"),
    ],
)
def test_bad_times(body: Json, code: str, field: str) -> None:
    builders.message(status=Status.SCHEDULED)
    with kept.nothing_changes():
        assert refused(call("move_message", body)) == (422, code, [field])


def test_a_move_to_soon_needs_no_schedule(time: Clock) -> None:
    builders.message(status=Status.SCHEDULED, send_at=NOW + 3_600_000)
    call("move_message", {"send_at": time.text(60)})
    assert (kept.schedules(), kept.delays("TimersQueue")) == ([], [60])
