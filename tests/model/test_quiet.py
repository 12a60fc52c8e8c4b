"""Quiet hours by the clock where people are, over midnights, months and changes of the clocks."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parley.model.address import Address
from parley.model.quiet import QuietHours, ends, zones_of
from pydantic import ValidationError

NIGHT = QuietHours(start="21:00", end="08:00", time_zone="Europe/Madrid")
ZONES = ["UTC", "Europe/Madrid", "America/New_York", "Asia/Kathmandu", "Pacific/Apia", "Australia/Lord_Howe"]
WALL = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59))


def at(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2026-03-01T20:59:59+01:00", None),
        ("2026-03-01T21:00:00+01:00", "2026-03-02T08:00:00+01:00"),
        ("2026-03-02T00:30:00+01:00", "2026-03-02T08:00:00+01:00"),
        ("2026-03-02T07:59:59+01:00", "2026-03-02T08:00:00+01:00"),
        ("2026-03-02T08:00:00+01:00", None),
        ("2026-03-28T23:00:00+01:00", "2026-03-29T08:00:00+02:00"),
        ("2026-12-31T23:00:00+01:00", "2027-01-01T08:00:00+01:00"),
    ],
)
def test_a_night(now: str, end: str | None) -> None:
    assert ends(NIGHT, ["Europe/Madrid"], at(now)) == (at(end) if end else None)


def test_a_time_that_comes_twice_ends_them_the_second_time() -> None:
    """The clocks went back at three; it is a quarter past two for the second time."""
    early = QuietHours(start="21:00", end="02:30")
    assert ends(early, ["Europe/Berlin"], at("2026-10-25T01:15:00Z")) == at("2026-10-25T01:30:00Z")
    zones = ["Australia/Sydney", "Australia/Adelaide", "Australia/Perth", "Australia/Lord_Howe"]
    now = at("2026-04-04T15:45:00Z")
    assert now < (ends(early, zones, now) or 0) < now + 86_400_000


def test_a_siesta() -> None:
    siesta = QuietHours(start="14:00", end="16:00")
    assert ends(siesta, ["UTC"], at("2026-03-01T15:00:00Z")) == at("2026-03-01T16:00:00Z")
    assert ends(siesta, ["UTC"], at("2026-03-01T16:00:00Z")) is None


def test_none_of_several_zones_is_woken() -> None:
    zones = ["America/New_York", "America/Los_Angeles"]
    assert ends(NIGHT, zones, at("2026-03-02T13:30:00Z")) == at("2026-03-02T16:00:00Z")


def test_where_it_is_never_day_in_all_of_them_the_first_counts() -> None:
    long = QuietHours(start="12:00", end="11:00")
    assert ends(long, ["UTC", "Asia/Tokyo"], at("2026-03-02T10:00:00Z")) == at("2026-03-02T11:00:00Z")


@given(
    WALL, WALL, st.sampled_from(ZONES), st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))
)
def test_nobody_is_written_to_in_their_quiet_hours(start: str, end: str, zone: str, now: datetime) -> None:
    quiet, moment = QuietHours(start=start, end=end), round(now.timestamp() * 1000)
    when = ends(quiet, [zone], moment) or moment
    local = datetime.fromtimestamp(when / 1000, UTC).astimezone(ZoneInfo(zone)).time()
    first, last = time.fromisoformat(start), time.fromisoformat(end)
    assert moment <= when <= moment + 26 * 3_600_000
    assert not (first <= local < last if first <= last else local >= first or local < last)


@pytest.mark.parametrize(
    ("to", "zones"),
    [
        ({"type": "phone", "value": "+34600111222"}, {"Atlantic/Canary", "Europe/Madrid"}),
        ({"type": "phone", "value": "+12025550123"}, {"America/New_York"}),
        ({"type": "phone", "value": "+8000123456789"}, {"Europe/Madrid"}),
        ({"type": "chat", "value": "4211"}, {"Europe/Madrid"}),
    ],
)
def test_where_somebody_is(to: dict[str, str], zones: set[str]) -> None:
    assert zones <= set(zones_of(Address.model_validate(to), NIGHT))


@pytest.mark.parametrize(
    "wrong",
    [
        {"start": "24:00"},
        {"end": "8:00"},
        {"time_zone": "Europe/Atlantis"},
        {"time_zone": "../etc/passwd"},
        {"categories": ["AUTHENTICATION"]},
        {"categories": []},
    ],
)
def test_nonsense(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        QuietHours.model_validate({"start": "21:00", "end": "08:00", **wrong})
