"""The instant of a wall-clock time in every zone there is, at every change of its clocks, against a plain search."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

import pytest
from parley.errors import Invalid
from parley.model.local_times import LocalTimes, first_instant

ZONES = sorted(name for name in available_timezones() if not name.startswith(("Etc/", "right/", "posix/")))
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
BEGINNING, YEARS = datetime(2026, 1, 1, tzinfo=UTC), 2
MADRID, CHICAGO, MOSCOW = "phone:+34600111222", "phone:+13125550123", "phone:+79161234567"


def changes(zone: ZoneInfo, begin: datetime, end: datetime, step: timedelta) -> Iterator[datetime]:
    """The first minute of each new offset, found by going through time in ever smaller steps."""
    at = begin
    while at < end:
        if at.astimezone(zone).utcoffset() != (at + step).astimezone(zone).utcoffset():
            yield from (
                [at + step] if step == MINUTE else changes(zone, at, at + step, step / 24 if step == DAY else MINUTE)
            )
        at += step


Minutes = list[tuple[datetime, datetime]]


def searched(wall: datetime, minutes: Minutes) -> datetime:
    """The first that shows this time, else the first that shows a later one."""
    same = [each for each, shown in minutes if shown == wall]
    return same[0] if same else next(each for each, shown in minutes if shown > wall)


def check(name: str, change: datetime, reach: timedelta, steps: list[timedelta]) -> None:
    zone = ZoneInfo(name)
    passing = [change - reach + MINUTE * each for each in range(int(reach / MINUTE) * 2)]
    minutes = [(each, each.astimezone(zone).replace(tzinfo=None, fold=0)) for each in passing]
    before = (change - MINUTE).astimezone(zone).replace(tzinfo=None, fold=0) + MINUTE
    for wall in [before + step for step in steps]:
        assert first_instant(wall, zone) == searched(wall, minutes).timestamp() * 1000, (name, wall)


@lru_cache(maxsize=1)
def different() -> list[tuple[str, datetime]]:
    """Every change of the clocks, once for all the zones that share a rule."""
    found = {}
    for name in ZONES:
        zone = ZoneInfo(name)
        for change in changes(zone, BEGINNING, BEGINNING + DAY * 365 * YEARS, DAY):
            offsets = [(change + shift).astimezone(zone).utcoffset() for shift in (-MINUTE, MINUTE)]
            found.setdefault((change, *offsets), name)
    return [(name, change) for (change, *_), name in found.items()]


def test_every_change_of_the_clocks() -> None:
    steps = [HOUR * quarters / 4 for quarters in range(-9, 10, 2)] + [timedelta(), -MINUTE, MINUTE, HOUR, -HOUR]
    assert len(different()) > 60
    for name, change in different():
        check(name, change, 6 * HOUR, steps)


def test_a_whole_day_that_was_skipped() -> None:
    check("Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC), 30 * HOUR, [HOUR, 12 * HOUR, 23 * HOUR, 24 * HOUR])


def test_an_ordinary_time_in_every_zone() -> None:
    for name in ZONES:
        wall = datetime(2026, 8, 14, 9, 30, 15)
        assert (
            datetime.fromtimestamp(first_instant(wall, ZoneInfo(name)) / 1000, ZoneInfo(name)).replace(tzinfo=None)
            == wall
        )


def at(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)


@pytest.mark.parametrize(
    ("named", "to", "home", "wanted"),
    [
        ("Asia/Tokyo", MADRID, "Europe/Madrid", "2026-06-01T09:00:00+09:00"),
        ("asia/tokyo", MADRID, None, "2026-06-01T09:00:00+09:00"),
        ("", CHICAGO, "Europe/Madrid", "2026-06-01T09:00:00-05:00"),
        ("", MADRID, "Europe/Madrid", "2026-06-01T09:00:00+02:00"),
        ("", MADRID, "Atlantic/Canary", "2026-06-01T09:00:00+01:00"),
        ("", MADRID, "Asia/Tokyo", "2026-06-01T09:00:00+01:00"),
        ("", MADRID, None, "2026-06-01T09:00:00+01:00"),
        ("", MOSCOW, "Europe/Moscow", "2026-06-01T09:00:00+03:00"),
        ("", "chat:4211", "Europe/Berlin", "2026-06-01T09:00:00+02:00"),
        ("", "phone:+88213123456", "Europe/Berlin", "2026-06-01T09:00:00+02:00"),
    ],
)
def test_whose_clock_counts(named: str, to: str, home: str | None, wanted: str) -> None:
    assert LocalTimes("2026-06-01T09:00:00", home).due(named, to) == at(wanted)


@pytest.mark.parametrize("named", ["Mars/Olympus", "Europe", "../etc/passwd", "CET\0", "x" * 300, "Europe/"])
def test_a_zone_that_does_not_exist(named: str) -> None:
    with pytest.raises(Invalid) as refused:
        LocalTimes("2026-06-01T09:00:00", "UTC").due(named, MADRID)
    assert [(each.field, each.code) for each in refused.value.problems] == [("time_zone", "unknown_zone")]


def test_somebody_of_whom_nothing_tells() -> None:
    with pytest.raises(Invalid) as refused:
        LocalTimes("2026-06-01T09:00:00", None).due("", "chat:4211")
    assert refused.value.code == "zone_missing"
