"""When a broadcast goes out: at an instant, or by each recipient's own clock."""

from datetime import datetime
from typing import Any

from parley.errors import Invalid, Problem
from parley.model.broadcast import NewStart
from parley.model.run import Run
from parley.operations import plan


def when(send_at: str | None, zone: str | None, local: bool, now: int) -> dict[str, Any]:
    """The fields `send_at`, `wall_time`, `time_zone` and `local_time` of a Run. Raises Invalid for no time ahead.

    A local time is checked for the zone of the broadcast; people elsewhere are checked row by row."""
    if not local:
        if send_at is None and zone:
            raise Invalid([Problem("send_at", "field_missing", "A time_zone without a send_at says nothing.")])
        return {"send_at": plan.future(send_at, zone, now), "time_zone": zone} if send_at else {}
    if send_at is None or zone is None:
        missing = "send_at" if send_at is None else "time_zone"
        reason = "Local time needs a wall-clock send_at, and a time_zone for people whose own is not known."
        raise Invalid([Problem(missing, "field_missing", reason)])
    if _has_offset(send_at):
        raise Invalid([Problem("send_at", "offset_not_expected", "Write it without an offset, like 2026-03-01T09:30.")])
    return {"send_at": _earliest(send_at, zone, now), "wall_time": send_at, "time_zone": zone, "local_time": True}


def of_start(run: Run, new: NewStart, now: int) -> dict[str, Any]:
    """The time that a checked broadcast is given when it is started, if any. Raises Invalid like `when`, and where each
    recipient has a time of their own already."""
    if new.send_at and run.local_time:
        reason = "Each recipient has a time of their own; give them another one with …/move, then start it."
        raise Invalid([Problem("send_at", "field_not_expected", reason)])
    return when(new.send_at, new.time_zone or (run.time_zone if new.send_at else None), False, now)


def _has_offset(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        raise Invalid([Problem("send_at", "invalid_time", "Write it like 2026-03-01T09:30.")]) from None


def _earliest(text: str, zone: str, now: int) -> int:
    """In the zone of the broadcast. That the time may be over where somebody else lives is a matter of their row."""
    return plan.future(text, zone, now)
