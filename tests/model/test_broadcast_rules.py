"""What a run says about one of its rows; when its window opens and closes, on the days when clocks change too."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from parley.model.broadcast import BroadcastStatus, DeliveryWindow
from parley.model.broadcast_rules import closing, decide, has_arrived, opening
from parley.model.decision import Step
from parley.model.run import Account, Run, Wave
from parley.model.status import Status

from tests.support import make
from tests.support.make import CHANNEL, MESSAGE, NOW, ORGANIZATION

ZONES = ["UTC", "Europe/Madrid", "America/New_York", "Asia/Kathmandu", "Pacific/Apia", "Australia/Lord_Howe"]
WALL = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59))
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))
DAY = 24 * 3_600_000


def run(status: str = "running", **fields: Any) -> Run:
    known = {"id": MESSAGE, "organization": ORGANIZATION, "name": "Spring", "status": status, "template_name": "t"}
    known |= {"accounts": [Account(channel=CHANNEL, sender="s", template="t")], "language": "en", "ttl": 3600}
    known |= {"category": "MARKETING", "lane": "marketing", "source": "upload", "fingerprint": "f"}
    return Run.model_validate({**known, "created_at": NOW, "updated_at": NOW, **fields})


def at(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def wall(moment: int, zone: str) -> datetime:
    return datetime.fromtimestamp(moment / 1000, UTC).astimezone(ZoneInfo(zone))


def is_open(window: DeliveryWindow, moment: int) -> bool:
    clock = wall(moment, window.time_zone).time()
    start, end = time.fromisoformat(window.start), time.fromisoformat(window.end)
    return start <= clock < end if start < end else clock >= start or clock < end or start == end


# ---- a row


@pytest.mark.parametrize(
    ("status", "step"),
    [
        ("running", None),
        ("done", None),
        ("checked", None),
        ("paused", Step.HOLD),
        ("scheduled", Step.HOLD),
        ("checking", Step.HOLD),
        ("cancelled", Step.CANCEL),
    ],
)
def test_the_state_of_the_run_decides(status: str, step: Step | None) -> None:
    decision = decide(make.state(), run(status), NOW)
    assert (decision and decision.step) == step
    if step is Step.HOLD:
        assert decision is not None
        assert (decision.hold, decision.until) == ("broadcast", None)


def test_without_its_run_a_row_fails() -> None:
    decision = decide(make.state(), None, NOW)
    assert decision is not None
    assert (decision.step, decision.fault and decision.fault.code) == (Step.FAIL, "broadcast_gone")


@pytest.mark.parametrize("status", [each for each in Status if each is not Status.QUEUED])
def test_it_says_nothing_about_what_was_claimed(status: Status) -> None:
    for each in (run("cancelled"), run("paused"), None):
        assert decide(make.state(status), each, NOW) is None


def test_nor_about_what_is_past_its_time() -> None:
    for each in (run("running"), None):
        assert decide(make.state(expires_at=NOW), each, NOW) is None


def test_a_paused_run_waits_for_its_owner_however_long() -> None:
    """If its rows expired, their fallbacks would go out of it."""
    decision = decide(make.state(expires_at=NOW), run("paused"), NOW)
    assert decision is not None
    assert (decision.step, decision.hold) == (Step.HOLD, "broadcast")


def test_what_is_past_its_time_is_cancelled_with_its_run() -> None:
    """If it expired, its fallback would go out, of a broadcast that was cancelled."""
    decision = decide(make.state(expires_at=NOW), run("cancelled"), NOW)
    assert decision is not None
    assert decision.step is Step.CANCEL


ARRIVED = {Status.ACCEPTED, Status.SENT, Status.DELIVERED, Status.READ}


@pytest.mark.parametrize("status", list(Status))
def test_a_row_goes_out_again_unless_it_has_arrived(status: Status) -> None:
    before = make.state(status)
    decision = decide(make.state(), run(), NOW, before)
    assert has_arrived(before) == (decision is not None)
    if status in ARRIVED:
        assert decision is not None
        assert (decision.step, decision.fault and decision.fault.code) == (Step.SKIP, "arrived_meanwhile")
    elif status is not Status.RECEIVED:
        assert decision is None


def test_outside_of_the_window_it_is_parked_until_that_opens() -> None:
    window = DeliveryWindow(start="09:00", end="18:00", time_zone="Europe/Madrid")
    evening = at("2026-03-01T18:00:00+01:00")
    decision = decide(make.state(expires_at=evening + DAY), run(delivery_window=window), evening)
    assert decision is not None
    opens = at("2026-03-02T09:00:00+01:00")
    assert (decision.step, decision.hold, decision.until) == (Step.HOLD, "parked", opens)
    assert decide(make.state(expires_at=opens + DAY), run(delivery_window=window), opens) is None


# ---- the window


@pytest.mark.parametrize(
    ("start", "end", "now", "opens", "closes"),
    [
        ("09:00", "18:00", "2026-03-01T09:00:00+01:00", None, "2026-03-01T18:00:00+01:00"),
        ("09:00", "18:00", "2026-03-01T17:59:59+01:00", None, "2026-03-01T18:00:00+01:00"),
        ("09:00", "18:00", "2026-03-01T18:00:00+01:00", "2026-03-02T09:00:00+01:00", None),
        ("09:00", "18:00", "2026-03-01T08:59:59+01:00", "2026-03-01T09:00:00+01:00", None),
        ("20:00", "02:00", "2026-03-01T23:00:00+01:00", None, "2026-03-02T02:00:00+01:00"),
        ("20:00", "02:00", "2026-03-02T01:00:00+01:00", None, "2026-03-02T02:00:00+01:00"),
        ("20:00", "02:00", "2026-03-02T02:00:00+01:00", "2026-03-02T20:00:00+01:00", None),
        # the night of the twenty-three hour day, and of the one with twenty-five
        ("20:00", "09:00", "2026-03-28T23:00:00+01:00", None, "2026-03-29T09:00:00+02:00"),
        ("09:00", "20:00", "2026-03-28T20:00:00+01:00", "2026-03-29T09:00:00+02:00", None),
        ("20:00", "09:00", "2026-10-24T23:00:00+02:00", None, "2026-10-25T09:00:00+01:00"),
        ("09:00", "20:00", "2026-10-24T20:00:00+02:00", "2026-10-25T09:00:00+01:00", None),
        # a time that comes twice closes it the first time; one that never comes, when the clocks have passed it
        ("20:00", "02:30", "2026-10-25T01:00:00+02:00", None, "2026-10-25T02:30:00+02:00"),
        ("20:00", "02:30", "2026-10-25T02:10:00+01:00", None, "2026-10-25T02:30:00+01:00"),
        ("20:00", "02:30", "2026-03-29T01:00:00+01:00", None, "2026-03-29T03:30:00+02:00"),
        ("20:00", "02:30", "2026-03-29T03:00:00+02:00", "2026-03-29T20:00:00+02:00", None),
        ("02:30", "04:00", "2026-03-29T01:00:00+01:00", "2026-03-29T03:30:00+02:00", None),
    ],
)
def test_a_window(start: str, end: str, now: str, opens: str | None, closes: str | None) -> None:
    window = DeliveryWindow(start=start, end=end, time_zone="Europe/Madrid")
    assert opening(window, at(now)) == (at(opens) if opens else None)
    if closes:
        assert closing(window, at(now)) == at(closes)


def test_one_that_ends_where_it_starts_never_closes() -> None:
    window = DeliveryWindow(start="09:00", end="09:00")
    assert all(opening(window, NOW + hour * 3_600_000) is None for hour in range(24))


@given(WALL, WALL, st.sampled_from(ZONES), MOMENTS)
def test_it_opens_by_the_clock_of_its_zone(start: str, end: str, zone: str, now: datetime) -> None:
    window, moment = DeliveryWindow(start=start, end=end, time_zone=zone), round(now.timestamp() * 1000)
    opens = opening(window, moment)
    assert (opens is None) == is_open(window, moment)
    if opens is not None:
        assert moment < opens <= moment + 26 * 3_600_000
        assert opening(window, opens) is None


@given(WALL, WALL, st.sampled_from(ZONES), MOMENTS, st.floats(0, 1))
def test_until_it_closes_it_is_open(start: str, end: str, zone: str, now: datetime, part: float) -> None:
    window, moment = DeliveryWindow(start=start, end=end, time_zone=zone), round(now.timestamp() * 1000)
    assume(is_open(window, moment))
    closes = closing(window, moment)
    assert moment < closes <= moment + 26 * 3_600_000
    clock = wall(closes, zone)
    if f"{clock:%H:%M}" == end:  # else the clocks skip it
        assert is_open(window, moment + round((closes - 1 - moment) * part))
        assert is_open(window, closes) == (start == end)


# ---- the run


@given(st.lists(st.integers(1, 500), min_size=1, max_size=20), st.integers(0, 10**9))
def test_rows_are_shared_out_by_weight_and_always_the_same_way(weights: list[int], first: int) -> None:
    accounts = [Account(channel=f"c{i}", sender="s", template="t", weight=each) for i, each in enumerate(weights)]
    shared, whole = run(accounts=accounts), sum(weights)
    assume(whole < 2000)
    found = [shared.account_of(row).channel for row in range(first, first + whole)]
    assert [found.count(account.channel) for account in accounts] == weights
    again = run(accounts=accounts)
    assert [again.account_of(first + index).channel for index in range(min(20, whole))] == found[:20]


@given(st.lists(st.integers(1, 50), min_size=1, max_size=12))
def test_every_row_is_in_one_wave(counts: list[int]) -> None:
    waves = [Wave(due=NOW + i, first=sum(counts[:i]), count=each) for i, each in enumerate(counts)]
    timed = run(waves=waves, rows=sum(counts))
    for wave in waves:
        assert {timed.wave_of(row).due for row in range(wave.first, wave.first + wave.count)} == {wave.due}


def test_every_status_of_a_run_has_its_rule() -> None:
    assert {each for each in BroadcastStatus if decide(make.state(), run(each), NOW) is None} == {
        BroadcastStatus.RUNNING,
        BroadcastStatus.DONE,
        BroadcastStatus.CHECKED,
        BroadcastStatus.REFUSED,
    }


def test_days_of_these_tests_are_those_on_which_clocks_change() -> None:
    spring, autumn = (datetime(2026, *day, tzinfo=ZoneInfo("Europe/Madrid")) for day in ((3, 29), (10, 25)))
    assert (spring + timedelta(days=1)).astimezone(UTC) - spring.astimezone(UTC) == timedelta(hours=23)
    assert (autumn + timedelta(days=1)).astimezone(UTC) - autumn.astimezone(UTC) == timedelta(hours=25)
