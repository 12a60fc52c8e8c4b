"""One wall-clock time for people in many zones: the instant at which the clocks show it where each person is."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from parley.errors import Invalid, Problem
from parley.model.address import of_key
from parley.model.quiet import prefix_zones

COLUMN = "time_zone"


class LocalTimes:
    """`wall` is an ISO time without offset, `home` the zone of those whose number tells none."""

    def __init__(self, wall: str, home: str | None) -> None:
        self._wall, self._home = datetime.fromisoformat(wall), home
        self._known: dict[Sequence[str], int] = {}

    def due(self, named: str, to: str) -> int:
        """Epoch milliseconds. `named` is the person's own zone, empty where nobody told; `to` is `kind:value`.

        Raises Invalid: unknown_zone, and zone_missing where nothing tells."""
        zones = (named,) if named else self._zones(to)
        at = self._known.get(zones)
        if at is None:
            at = self._known[zones] = max(first_instant(self._wall, _zone(each)) for each in zones)
        return at

    def _zones(self, to: str) -> Sequence[str]:
        """Of several, the broadcast's own; else all of them, so that it is too early for nobody."""
        found = prefix_zones(of_key(to))
        if len(found) == 1 or (found and self._home not in found):
            return found
        if self._home is None:
            reason = "Nothing tells where this person is; give a time zone in this row, or one for all."
            raise Invalid([Problem(COLUMN, "zone_missing", reason)])
        return (self._home,)


def first_instant(wall: datetime, zone: ZoneInfo) -> int:
    """Epoch milliseconds of the first moment at which the clocks of a zone show `wall`, or, where they skip it, of the
    first one after the gap."""
    moment = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None, fold=0) != wall:
        moment = _after_gap(wall.replace(tzinfo=zone, fold=1).astimezone(UTC), moment, zone)
    return round(moment.timestamp() * 1000)


def _after_gap(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The first second with the new offset, between two instants that embrace the change."""
    old = before.astimezone(zone).utcoffset()
    low, seconds = before.replace(microsecond=0), 0
    high = int((after - low).total_seconds()) + 1
    while high - seconds > 1:
        middle = (seconds + high) // 2
        same = (low + timedelta(seconds=middle)).astimezone(zone).utcoffset() == old
        seconds, high = (middle, high) if same else (seconds, middle)
    return low + timedelta(seconds=high)


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo:
    """By its name, in capital or small letters."""
    try:
        return ZoneInfo(_names().get(name.lower(), name))
    except (KeyError, ValueError, OSError):  # OSError: a name that is a folder of the database, like "Europe"
        reason = f'"{name[:64]}" is not an IANA time zone like Europe/Berlin.'
        raise Invalid([Problem(COLUMN, "unknown_zone", reason)]) from None


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones()}
