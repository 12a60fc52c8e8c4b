"""Quiet hours: when people are not written to, by the clock where they are."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field

from parley.model.address import Address, AddressKind
from parley.model.lane import Category
from parley.model.times import DAY
from parley.model.types import Strict


def _known(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("This is not an IANA time zone like Europe/Berlin.") from None


WallTime = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", examples=["21:00"])]
ZoneName = Annotated[str, AfterValidator(_known), Field(max_length=64, examples=["Europe/Madrid"])]


class QuietHours(Strict):
    """From `start` to `end` (of the next day, where that is earlier) in the recipient's zone; `time_zone` is for people
    whose address does not tell where they are. A message without a category counts as UTILITY; one-time codes go out at
    any time."""

    start: WallTime
    end: WallTime
    time_zone: ZoneName = "UTC"
    categories: list[Literal["MARKETING", "UTILITY"]] = Field(default=["MARKETING"], min_length=1)

    def concerns(self, category: Category | None) -> bool:
        return (category or Category.UTILITY) in self.categories


def zones_of(to: Address, quiet: QuietHours) -> Sequence[str]:
    """The zones that a person may be in, as far as their number's prefix tells."""
    return prefix_zones(to) or (quiet.time_zone,)


def prefix_zones(to: Address) -> Sequence[str]:
    """The zones that a phone number may be in; none where nothing tells."""
    if to.type is not AddressKind.PHONE:
        return ()
    import phonenumbers
    from phonenumbers import timezone  # its table is large, and only who has quiet hours or local times needs it

    found: Sequence[str] = timezone.time_zones_for_number(phonenumbers.parse(to.value))
    return () if timezone.UNKNOWN_TIMEZONE in found else found


def ends(quiet: QuietHours, zones: Sequence[str], now: int) -> int | None:
    """When somebody in one of `zones` may be written to (epoch milliseconds); None: now. Of several possible zones none
    may have quiet hours then, or, where that never is, not the first."""
    at = now
    while later := [end for name in zones if (end := _end(quiet, ZoneInfo(name), at)) and end > at]:
        at = max(later)
        if at > now + 2 * DAY:
            return ends(quiet, zones[:1], now)
    return at if at > now else None


def _end(quiet: QuietHours, where: ZoneInfo, at: int) -> int | None:
    """The end of the quiet time that `at` lies in."""
    local = datetime.fromtimestamp(at / 1000, UTC).astimezone(where)
    start, end = time.fromisoformat(quiet.start), time.fromisoformat(quiet.end)
    clock, overnight = local.time(), start > end
    inside = clock >= start or clock < end if overnight else start <= clock < end
    if not inside:
        return None
    day = local.date() + timedelta(days=1 if overnight and clock >= start else 0)
    first, second = (datetime.combine(day, end, where).replace(fold=fold).timestamp() * 1000 for fold in (0, 1))
    return round(first if first > at else second)  # where the clocks go back, the same time comes twice
