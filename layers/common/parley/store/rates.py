"""Rate slots: one number for each sender, moved by one conditional write for a whole batch, and for each person where
their platform limits what they get."""

from parley.model.rate import Slots
from parley.store import keys, table
from parley.store.keys import Key
from parley.store.table import ConditionFailed, Item

_seen: dict[str, float] = {}
FORGET = 3600
"""Seconds after which a free person's number may be forgotten."""


def take(organization: str, channel: str, count: int, interval: float, horizon: float, now: int) -> Slots | float:
    """Books `count` slots that begin within `horizon` milliseconds, or says in how many milliseconds to ask again.

    The sender was busy or idle when this process saw it last; the branch that fits is tried first, since each costs a
    write even if its condition fails."""
    key, first_within = keys.rate(organization, channel), max(0.0, horizon - (count - 1) * interval)
    for book in [_busy, _idle] if _seen.get(channel, 0.0) > now else [_idle, _busy]:
        booked = book(key, count * interval, now, first_within)
        if booked is not None:
            start, ahead = booked
            _remember(channel, start + count * interval)
            return ahead if ahead > 0 else Slots(start, interval)
    return interval  # somebody was faster by a moment


def booked_until(organization: str, channel: str) -> float:
    """Epoch milliseconds at which a sender is free; in the past where nothing is booked."""
    item = table.get(table.runtime(), keys.rate(organization, channel), consistent=False)
    return float(item["tat"]) if item else 0.0


def _busy(key: Key, cost: float, now: int, horizon: float) -> tuple[float, float] | None:
    """The first slot behind those booked, and by how much it lies beyond the horizon; None: nothing is booked."""
    values = {":cost": cost, ":now": now, ":latest": now + horizon}
    try:
        item = table.update(table.runtime(), key, "SET tat = tat + :cost", "tat > :now AND tat <= :latest", values)
    except ConditionFailed as failed:
        free = float(failed.old["tat"]) if failed.old else 0.0
        return (free, free - now - horizon) if free > now + horizon else None
    return item["tat"] - cost, 0.0


def _idle(key: Key, cost: float, now: int, horizon: float) -> tuple[float, float] | None:
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


def take_of_person(organization: str, channel: str, who: str, at: float, every: float, *, turn: bool) -> float | None:
    """Books the moment `at` for a message to one person; None when it is theirs, else when they are free.

    Who had no turn in the line yet gets nothing while others wait in it."""
    values: Item = {":at": at, ":next": at + every, ":expires": int(at / 1000) + FORGET}
    nobody_waits = " AND (attribute_not_exists(line) OR line <= :at)"
    condition = f"(attribute_not_exists(tat) OR tat <= :at){'' if turn else nobody_waits}"
    key = keys.person_rate(organization, channel, who)
    try:
        table.update(table.runtime(), key, "SET tat = :next, expires = :expires", condition, values)
    except ConditionFailed as failed:
        return max(float((failed.old or {}).get("tat", at)), at)
    return None


def stand_in_line(organization: str, channel: str, who: str, free: float, every: float, horizon: float) -> float:
    """When to ask again for a person who is free at `free`: behind all who wait, so that each asks about once."""
    key = keys.person_rate(organization, channel, who)
    for place in (_behind, _first, _behind):  # the third when somebody else became the first meanwhile
        turn = place(key, free, every, free + horizon)
        if turn is not None:
            return turn
    return free + horizon


def _behind(key: Key, free: float, every: float, latest: float) -> float | None:
    values = {":every": every, ":free": free, ":latest": latest}
    try:
        item = table.update(
            table.runtime(), key, "SET line = line + :every", "line > :free AND line <= :latest", values
        )
    except ConditionFailed:
        return None
    return float(item["line"]) - every


def _first(key: Key, free: float, every: float, latest: float) -> float | None:
    values = {":next": free + every, ":free": free}
    try:
        table.update(table.runtime(), key, "SET line = :next", "attribute_not_exists(line) OR line <= :free", values)
    except ConditionFailed:
        return None
    return free


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
