"""Counters of one-time codes in the runtime table: an item for each window, moved by one conditional write each."""

from collections.abc import Iterable

from parley.model.pumping import Counts, Rule, Window, today
from parley.model.times import DAY
from parley.store import keys, table
from parley.store.table import ConditionFailed, Key

ANY = 2**53
REMEMBERED = 7
"""Days for which counters outlive their window, since results come late, and for which a result counts as feedback."""


def take(organization: str, channel: str, window: Window) -> Counts | None:
    """Counts one code more; None: the window has as many as it may. What it answers holds this code already."""
    values = {":one": 1, ":most": window.most or ANY, ":expires": _expires(window)}
    room = "attribute_not_exists(codes) OR codes < :most"
    try:
        item = table.update(
            table.runtime(), _key(organization, channel, window), "SET expires = :expires ADD codes :one", room, values
        )
    except ConditionFailed:
        return None
    return Counts.model_validate(item)


def give_back(organization: str, channel: str, taken: Iterable[Window]) -> None:
    """What was counted for a code that does not go out after all."""
    for window in taken:
        key = _key(organization, channel, window)
        table.update(table.runtime(), key, "ADD codes :back", "attribute_exists(codes)", {":back": -1})


def learn(organization: str, channel: str, window: Window, result: Counts) -> None:
    values = {":reported": result.reported, ":converted": result.converted, ":expires": _expires(window)}
    table.update(
        table.runtime(),
        _key(organization, channel, window),
        "SET expires = :expires ADD reported :reported, converted :converted",
        "attribute_exists(pk) OR attribute_not_exists(pk)",
        values,
    )


def has_feedback(organization: str, channel: str, now: int) -> bool:
    """Whether any result was reported for a code of the last days."""
    days = [_key(organization, channel, today(now - back * DAY)) for back in range(REMEMBERED)]
    return any(item.get("reported") for item in table.get_many(table.runtime(), days))


def of_today(organization: str, channel: str, now: int) -> Counts:
    return Counts.model_validate(table.get(table.runtime(), _key(organization, channel, today(now))) or {})


def _key(organization: str, channel: str, window: Window) -> Key:
    """Windows of another length are counted apart."""
    owner = "" if window.rule is Rule.ORGANIZATION else channel
    span = f"{window.end - window.start}#{window.start}"
    return keys.codes(organization, owner, window.rule, window.whose, span)


def _expires(window: Window) -> int:
    return (window.end + REMEMBERED * DAY) // 1000
