"""What the run of a broadcast says about one of its rows, before the rules that are the same for every message."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from parley.model.broadcast import BroadcastStatus, DeliveryWindow
from parley.model.decision import Decision, Step
from parley.model.message import Fault, State
from parley.model.quiet import QuietHours
from parley.model.quiet import ends as ends_of_quiet
from parley.model.run import Run
from parley.model.status import Status, rank

STOPPED = frozenset({BroadcastStatus.PAUSED, BroadcastStatus.CHECKING, BroadcastStatus.SCHEDULED})
GONE = Fault(code="broadcast_gone", message="The broadcast is gone.")
ARRIVED = Fault(code="arrived_meanwhile", message="The row that this one sends again arrived meanwhile.")


def decide(state: State, run: Run | None, now: int, answered: State | None = None) -> Decision | None:
    """None: nothing speaks against it. `answered` is the row that this one sends again."""
    if state.status is not Status.QUEUED:
        return None
    if run and run.status is BroadcastStatus.CANCELLED:  # before its time to live: an end by that has a fallback
        return Decision(step=Step.CANCEL)
    if run and run.status in STOPPED:  # a paused run waits for its owner, however long
        return Decision(step=Step.HOLD, hold="broadcast")
    if state.expires_at <= now:
        return None
    if run is None:
        return Decision(step=Step.FAIL, fault=GONE)
    if answered and has_arrived(answered):
        return Decision(step=Step.SKIP, fault=ARRIVED)
    opens = opening(run.delivery_window, now) if run.delivery_window else None
    return Decision(step=Step.HOLD, hold="parked", until=opens) if opens else None


def has_arrived(state: State) -> bool:
    """Evidence that came after the resend was asked for."""
    return state.rank >= rank(Status.DELIVERED) or state.status in (Status.ACCEPTED, Status.SENT)


def opening(window: DeliveryWindow, now: int) -> int | None:
    """When the window opens again (epoch milliseconds); None while it is open.

    Outside of the window is the quiet time of its complement."""
    if window.start == window.end:
        return None
    closed = QuietHours(start=window.end, end=window.start, time_zone=window.time_zone)
    return ends_of_quiet(closed, (window.time_zone,), now)


def closing(window: DeliveryWindow, now: int) -> int:
    """When a window that is open closes (epoch milliseconds)."""
    zone = ZoneInfo(window.time_zone)
    local = datetime.fromtimestamp(now / 1000, UTC).astimezone(zone)
    hour, minute = map(int, window.end.split(":"))
    end = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
    end = end if end > local else end + timedelta(days=1)
    return round(end.timestamp() * 1000)
