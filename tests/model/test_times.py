"""Wall clocks and instants: every zone, every gap and fold."""

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parley.errors import Invalid
from parley.model.times import day, instant, rfc3339

ZONES = st.sampled_from(sorted(available_timezones()))
WALLS = st.datetimes(datetime(1971, 1, 1), datetime(2037, 12, 31)).map(lambda at: at.replace(microsecond=0))
NEAREST = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def refusal(text: str, zone: str | None) -> tuple[str, str, str]:
    with pytest.raises(Invalid) as caught:
        instant(text, zone)
    found = caught.value.problems[0]
    return found.field, found.code, found.reason


@pytest.mark.parametrize(
    ("text", "zone", "shown"),
    [
        ("2026-03-01T09:30:00Z", None, "2026-03-01T09:30:00.000Z"),
        ("2026-03-01T09:30:00+01:00", None, "2026-03-01T08:30:00.000Z"),
        ("2026-03-01T09:30:00.250Z", None, "2026-03-01T09:30:00.250Z"),
        ("2026-03-01T09:30:00", "Europe/Berlin", "2026-03-01T08:30:00.000Z"),
        ("2026-07-01T09:30:00", "Europe/Berlin", "2026-07-01T07:30:00.000Z"),
        ("2026-07-01T09:30:00-03:00", "Europe/Berlin", "2026-07-01T12:30:00.000Z"),
        ("2026-10-25T02:30:00", "Europe/Berlin", "2026-10-25T00:30:00.000Z"),
        ("2026-11-01T01:30:00", "America/New_York", "2026-11-01T05:30:00.000Z"),
        ("2026-03-01T09:30:00", "Asia/Kathmandu", "2026-03-01T03:45:00.000Z"),
        ("2011-12-29T23:59:59", "Pacific/Apia", "2011-12-30T09:59:59.000Z"),
        ("2011-12-31T00:00:00", "Pacific/Apia", "2011-12-30T10:00:00.000Z"),
    ],
)
def test_reads(text: str, zone: str | None, shown: str) -> None:
    assert rfc3339(instant(text, zone)) == shown


@pytest.mark.parametrize(
    ("text", "zone", "nearest"),
    [
        ("2026-03-29T02:30:00", "Europe/Berlin", ["2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z"]),
        ("2026-03-08T02:00:00", "America/New_York", ["2026-03-08T06:59:59Z", "2026-03-08T07:00:00Z"]),
        ("2026-10-04T02:15:00", "Australia/Lord_Howe", ["2026-10-03T15:29:59Z", "2026-10-03T15:30:00Z"]),
        ("2011-12-30T00:00:00", "Pacific/Apia", ["2011-12-30T09:59:59Z", "2011-12-30T10:00:00Z"]),
        ("2011-12-30T23:59:59", "Pacific/Apia", ["2011-12-30T09:59:59Z", "2011-12-30T10:00:00Z"]),
        ("1993-08-21T12:00:00", "Pacific/Kwajalein", ["1993-08-21T11:59:59Z", "1993-08-21T12:00:00Z"]),
        ("1994-12-31T12:00:00", "Pacific/Kiritimati", ["1994-12-31T09:59:59Z", "1994-12-31T10:00:00Z"]),
    ],
)
def test_a_time_that_the_clocks_skip_names_its_neighbours(text: str, zone: str, nearest: list[str]) -> None:
    field, code, reason = refusal(text, zone)
    assert (field, code, NEAREST.findall(reason)) == ("send_at", "time_does_not_exist", nearest)
    assert zone in reason


@pytest.mark.parametrize(
    ("text", "zone", "code"),
    [
        ("tomorrow", None, "invalid_time"),
        ("", None, "invalid_time"),
        ("2026-02-30T09:00:00Z", None, "invalid_time"),
        ("2026-03-01T25:00:00Z", None, "invalid_time"),
        ("2026-03-01T09:30:00", None, "zone_missing"),
        ("2026-03-01", None, "zone_missing"),
        ("0001-01-01T00:00:00", "Asia/Tokyo", "invalid_time"),
        ("9999-12-31T23:59:59", "America/New_York", "invalid_time"),
    ],
)
def test_refuses(text: str, zone: str | None, code: str) -> None:
    assert refusal(text, zone)[1] == code


@pytest.mark.parametrize(
    "zone",
    [
        "Europe",
        "America/Argentina",
        "Mars/Base",
        "../../etc/passwd",
        "/etc/passwd",
        "UTC+1",
        "CEST",
        "tzdata.zi",
        "x" * 999,
        "Europe/Berlin\0",
        "Európa/Budapest",
        "\ud800",
    ],
)
def test_names_that_are_no_zone(zone: str) -> None:
    assert refusal("2026-03-01T09:30:00", zone)[:2] == ("time_zone", "unknown_zone")


def test_a_zone_is_checked_even_where_the_offset_decides() -> None:
    assert refusal("2026-03-01T09:30:00Z", "Mars/Base")[1] == "unknown_zone"


def test_the_offending_field_is_named() -> None:
    with pytest.raises(Invalid) as caught:
        instant("soon", None, "since")
    assert caught.value.problems[0].field == "since"


@given(zone=ZONES, wall=WALLS)
def test_agrees_with_a_search_over_all_offsets(zone: str, wall: datetime) -> None:
    agrees(zone, wall)


@given(zone=ZONES, year=st.integers(1971, 2037), minutes=st.integers(-1500, 1500), pick=st.integers(0, 9))
def test_agrees_around_every_jump_of_the_clocks(zone: str, year: int, minutes: int, pick: int) -> None:
    found = jumps(ZoneInfo(zone), year)
    if found:
        wall = found[pick % len(found)].astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)
        agrees(zone, wall + timedelta(minutes=minutes))


def agrees(zone: str, wall: datetime) -> None:
    possible = instants_of(wall, ZoneInfo(zone))
    if possible:
        assert instant(wall.isoformat(), zone) == round(min(possible).timestamp() * 1000)
    else:
        neighbours(zone, wall)


def neighbours(zone: str, wall: datetime) -> None:
    """Both instants that are offered exist, are a second apart, and the wall time lies between what they show."""
    _, code, reason = refusal(wall.isoformat(), zone)
    before, after = (datetime.fromisoformat(each) for each in NEAREST.findall(reason))
    shown = [at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for at in (before, after)]
    assert code == "time_does_not_exist"
    assert after - before == timedelta(seconds=1)
    assert shown[0] < wall < shown[1]


def instants_of(wall: datetime, zone: ZoneInfo) -> list[datetime]:
    """Every instant at which the clocks of a zone show this time, found by trying all offsets in force around it."""
    around = [wall.replace(tzinfo=UTC) + timedelta(hours=hours) for hours in range(-50, 51)]
    offsets = {at.astimezone(zone).utcoffset() or timedelta() for at in around}
    tried = [wall.replace(tzinfo=UTC) - offset for offset in offsets]
    return [at for at in tried if at.astimezone(zone).replace(tzinfo=None) == wall]


def jumps(zone: ZoneInfo, year: int) -> list[datetime]:
    """The instants, to the minute, at which a zone changes its offset within a year."""
    days = [datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=each) for each in range(366)]
    changed = [(a, b) for a, b in pairwise(days) if offset(a, zone) != offset(b, zone)]
    return [bisect(a, b, zone) for a, b in changed]


def bisect(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    while high - low > timedelta(minutes=1):
        middle = low + (high - low) / 2
        low, high = (middle, high) if offset(middle, zone) == offset(low, zone) else (low, middle)
    return high.replace(second=0, microsecond=0)


def offset(at: datetime, zone: ZoneInfo) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()


@given(st.integers(0, 4_102_444_800_000))
def test_what_is_shown_reads_back(at: int) -> None:
    assert instant(rfc3339(at), None) == at
    assert rfc3339(at).startswith(day(at))


def test_a_day_begins_at_midnight_utc() -> None:
    midnight = instant("2026-03-01T00:00:00Z", None)
    assert [day(midnight - 1), day(midnight)] == ["2026-02-28", "2026-03-01"]
