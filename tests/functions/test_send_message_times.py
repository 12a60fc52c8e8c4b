"""send_message at a set time: instants, zones, the two days of the year on which clocks jump, and the horizon."""

import pytest

from tests.support import builders, kept
from tests.support.builders import ORGANIZATION, WHATSAPP
from tests.support.events import Json, call, refused
from tests.support.time import NOW, Clock

HORIZON = 366 * 86_400


@pytest.fixture(autouse=True)
def _cast() -> None:
    builders.story()


def at(send_at: str, zone: str | None = None) -> Json:
    return {"send_at": send_at} | ({"time_zone": zone} if zone else {})


@pytest.mark.parametrize(
    ("body", "instant"),
    [
        (at("2026-03-02T09:30:00Z"), "2026-03-02T09:30:00.000Z"),
        (at("2026-03-02T09:30:00+05:30"), "2026-03-02T04:00:00.000Z"),
        (at("2026-03-02T09:30:00", "Europe/Madrid"), "2026-03-02T08:30:00.000Z"),
        (at("2026-07-02T09:30:00", "Europe/Madrid"), "2026-07-02T07:30:00.000Z"),
        (at("2026-03-02T09:30:00Z", "Europe/Madrid"), "2026-03-02T09:30:00.000Z"),
        (at("2026-10-25T02:30:00", "Europe/Madrid"), "2026-10-25T00:30:00.000Z"),
        (at("2026-11-01T01:30:00", "America/New_York"), "2026-11-01T05:30:00.000Z"),
        (at("2026-04-05T01:45:00", "Australia/Lord_Howe"), "2026-04-04T14:45:00.000Z"),
    ],
)
def test_is_scheduled_for_the_instant_that_was_meant(body: Json, instant: str) -> None:
    """A local time that happens twice is the first one."""
    answer = call("send_message", body)
    assert (answer.status, answer.body["status"], answer.body["send_at"]) == (202, "scheduled", instant)


def test_stands_in_the_schedule_of_its_channel_a_minute_early() -> None:
    answer = call("send_message", at("2026-03-02T09:30:00Z"))
    (state,) = kept.states()
    assert state["held_by"] == f"ORG#{ORGANIZATION}#SCHEDULE#{WHATSAPP}"
    (schedule,) = kept.schedules()
    assert schedule["at"] == "at(2026-03-02T09:29:00)"
    assert schedule["input"] == {
        "kind": "send",
        "organization": ORGANIZATION,
        "message": answer.body["id"],
        "send_at": state["send_at"],
        "due": state["send_at"],
    }
    assert all(not kept.queued(name) for name in ("TransactionalQueue", "TimersQueue"))


def test_what_is_due_soon_needs_no_schedule(time: Clock) -> None:
    call("send_message", at(time.text(600)))
    assert (kept.schedules(), kept.delays("TimersQueue")) == ([], [600])
    assert kept.queued("TimersQueue")[0]["due"] == NOW + 600_000


def test_the_time_to_live_begins_then(time: Clock) -> None:
    call("send_message", at(time.text(3600)) | {"ttl": 60})
    assert kept.states()[0]["expires_at"] == NOW + 3_660_000


def test_a_repeat_sets_one_schedule(time: Clock) -> None:
    assert call("send_message", at(time.text(7200))) == call("send_message", at(time.text(7200)))
    assert len(kept.schedules()) == 1


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        (at("2026-03-01T09:30:00Z"), "in_the_past", "send_at"),
        (at("2026-03-01T10:29:59", "Europe/Madrid"), "in_the_past", "send_at"),
        (at("2020-01-01T00:00:00Z"), "in_the_past", "send_at"),
        (at("0001-01-01T00:00:00", "Asia/Tokyo"), "invalid_time", "send_at"),
        (at("9999-12-31T23:59:59", "America/New_York"), "invalid_time", "send_at"),
        (at("tomorrow"), "invalid_time", "send_at"),
        (at("2026-02-30T09:30:00Z"), "invalid_time", "send_at"),
        (at("2026-03-02T09:30:00"), "zone_missing", "send_at"),
        (at("2026-03-02T09:30:00", "Mars/Olympus"), "unknown_zone", "time_zone"),
        (at("2026-03-02T09:30:00", "Europe"), "unknown_zone", "time_zone"),
        (at("2026-03-02T09:30:00", "../../etc/passwd"), "unknown_zone", "time_zone"),
        (at("2026-03-02T09:30:00", "x" * 5000), "unknown_zone", "time_zone"),
        ({"time_zone": "Europe/Madrid"}, "field_missing", "send_at"),
    ],
)
def test_bad_times(body: Json, code: str, field: str) -> None:
    with kept.nothing_changes():
        assert refused(call("send_message", body)) == (422, code, [field])


def test_the_horizon_is_366_days(time: Clock) -> None:
    assert call("send_message", at(time.text(HORIZON))).status == 202
    with kept.nothing_changes():
        answer = call("send_message", at(time.text(HORIZON + 1)), headers={"idempotency-key": "another"})
        assert refused(answer) == (422, "beyond_horizon", ["send_at"])


@pytest.mark.parametrize(
    ("body", "before", "after"),
    [
        (at("2026-03-29T02:30:00", "Europe/Madrid"), "2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z"),
        (at("2026-03-08T02:00:00", "America/New_York"), "2026-03-08T06:59:59Z", "2026-03-08T07:00:00Z"),
        (at("2026-10-04T02:15:00", "Australia/Lord_Howe"), "2026-10-03T15:29:59Z", "2026-10-03T15:30:00Z"),
    ],
)
def test_a_local_time_that_the_clocks_skip(body: Json, before: str, after: str) -> None:
    with kept.nothing_changes():
        answer = call("send_message", body)
        assert refused(answer) == (422, "time_does_not_exist", ["send_at"])
    assert f"{before} or {after}" in answer.body["errors"][0]["reason"]
