"""Wall clocks and instants: RFC 3339 at the door, epoch milliseconds inside, zones only where a person named one."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from parley.errors import Invalid, Problem

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def rfc3339(at: int) -> str:
    """`2026-03-01T09:30:00.000Z` of an epoch millisecond."""
    moment = datetime.fromtimestamp(at // 1000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{at % 1000:03d}Z"


def day(at: int) -> str:
    return f"{datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%d}"


def instant(text: str, zone: str | None, field: str = "send_at") -> int:
    """Epoch milliseconds of an RFC 3339 time with offset, or of a wall-clock time in an IANA zone.

    A local time that happens twice is the first one. Raises Invalid for a time without offset and zone, an unknown
    zone, and a local time that the clocks skip (with the two nearest instants).
    """
    named = _zone(zone) if zone else None
    try:
        moment = datetime.fromisoformat(text)
        located = moment if moment.tzinfo else _localize(moment, named, field)
    except (ValueError, OverflowError):  # OverflowError: a wall clock at the very edge of the calendar
        raise Invalid([Problem(field, "invalid_time", "Write it like 2026-03-01T09:30:00Z.")]) from None
    return round(located.timestamp() * 1000)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # OSError: a name that is a folder of the database, like "Europe"
        reason = f'"{name[:64]}" is not an IANA time zone like Europe/Berlin.'
        raise Invalid([Problem("time_zone", "unknown_zone", reason)]) from None


def _localize(wall: datetime, zone: ZoneInfo | None, field: str) -> datetime:
    if zone is None:
        raise Invalid([Problem(field, "zone_missing", "A time without an offset needs a time_zone.")])
    moment = wall.replace(tzinfo=zone)
    if moment.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == wall:
        return moment
    before, after = sorted((moment.replace(fold=0).astimezone(UTC), moment.replace(fold=1).astimezone(UTC)))
    nearest = " or ".join(f"{each:%Y-%m-%dT%H:%M:%SZ}" for each in _edges(before, after, zone))
    reason = f"The clocks of {zone.key} skip this time; the nearest instants are {nearest}."
    raise Invalid([Problem(field, "time_does_not_exist", reason)])


def _edges(before: datetime, after: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The last second before the clocks jump and the first one after it, between two instants that embrace the jump."""
    low, high = before - timedelta(hours=3), after + timedelta(hours=3)
    offset = low.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
        low, high = (middle, high) if middle.astimezone(zone).utcoffset() == offset else (low, middle)
    return low, high
