"""Rate slots of senders: one number each, moved by one conditional write for a whole batch."""

from parley.model.rate import Slots
from parley.store import keys, table
from parley.store.table import ConditionFailed

_seen: dict[str, float] = {}


def take(organization: str, channel: str, count: int, interval: float, horizon: float, now: int) -> Slots | float:
    """Books `count` slots that begin within `horizon` milliseconds, or says in how many milliseconds to ask again.

    The sender was busy or idle when this process saw it last; the branch that fits is tried first, since each costs a
    write even if its condition fails."""
    key = keys.rate(organization, channel)
    for book in [_busy, _idle] if _seen.get(channel, 0.0) > now else [_idle, _busy]:
        booked = book(key, count * interval, now, horizon)
        if booked is not None:
            start, ahead = booked
            _remember(channel, start + count * interval)
            return ahead if ahead > 0 else Slots(start, interval)
    return interval  # somebody was faster by a moment


def _busy(key: keys.Key, cost: float, now: int, horizon: float) -> tuple[float, float] | None:
    """The first slot behind those booked, and by how much it lies beyond the horizon; None: nothing is booked."""
    values = {":cost": cost, ":now": now, ":latest": now + horizon}
    try:
        item = table.update(table.runtime(), key, "SET tat = tat + :cost", "tat > :now AND tat <= :latest", values)
    except ConditionFailed as failed:
        free = float(failed.old["tat"]) if failed.old else 0.0
        return (free, free - now - horizon) if free > now + horizon else None
    return item["tat"] - cost, 0.0


def _idle(key: keys.Key, cost: float, now: int, horizon: float) -> tuple[float, float] | None:
    """The first slot now, if nothing is booked."""
    values = {":next": now + cost, ":now": now}
    try:
        table.update(table.runtime(), key, "SET tat = :next", "attribute_not_exists(tat) OR tat <= :now", values)
    except ConditionFailed:
        return None
    return float(now), 0.0


def _remember(channel: str, tat: float) -> None:
    if len(_seen) > 1000:
        _seen.clear()
    _seen[channel] = tat


def push_back(organization: str, channel: str, until: int) -> None:
    """The platform asked to wait: nobody sends from here before `until`."""
    try:
        table.update(
            table.runtime(),
            keys.rate(organization, channel),
            "SET tat = :until",
            "attribute_not_exists(tat) OR tat < :until",
            {":until": until},
        )
    except ConditionFailed:
        return
