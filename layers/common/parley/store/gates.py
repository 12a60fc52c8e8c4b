"""The gate before each endpoint and business system: few calls at once, and none for a while where all of them fail.

An item holds a lease for each call under way, how many calls in a row have failed and since when, and until when it is
shut. Behind that time it opens for one call alone, which decides whether it stays open."""

from typing import NamedTuple

from parley.model.receipt_delivery import AT_ONCE, FAILURES, LEASE, PATIENCE, STEPS, pause
from parley.store import receipt_keys, table
from parley.store.table import ConditionFailed, Item

PLACES = tuple(f"place{n}" for n in range(AT_ONCE))
PROBE = "probe"


class Gate(NamedTuple):
    """How it stands after a call: until when it is shut, in epoch milliseconds; whether every call failed for so long
    that nobody should make another one; and whether somebody was turned away, who counts on others to look on."""

    shut_until: int | None = None
    hopeless: bool = False
    turned_away: bool = False


OPEN = Gate()


def enter(organization: str, target: str, now: int) -> str | None:
    """A place for one call, to be given back by `leave`. None: it is shut, or full, and whoever leaves it knows; looked
    at once more after that, since the last one may just have left."""
    return _place(organization, target, now) or _turned_away(organization, target, now)


def _turned_away(organization: str, target: str, now: int) -> str | None:
    _always(organization, target, "SET turned_away = :now", {":now": now})
    return _place(organization, target, now)


def _place(organization: str, target: str, now: int) -> str | None:
    tried = list(PLACES)
    while tried:
        place = tried.pop(0)
        free = f"(attribute_not_exists({place}) OR {place} < :now) AND attribute_not_exists(shut_until)"
        old = _try(organization, target, f"SET {place} = :lease", free, now)
        if old is None:
            return place
        if old.get("shut_until"):
            return _probe(organization, target, now)
        tried = [each for each in tried if old.get(each, 0) < now]
    return None


def _probe(organization: str, target: str, now: int) -> str | None:
    """The one call after a pause: nobody else comes in until it is over, or its worker is dead."""
    return PROBE if _try(organization, target, "SET shut_until = :lease", "shut_until < :now", now) is None else None


def _try(organization: str, target: str, expression: str, condition: str, now: int) -> Item | None:
    """None: it worked. Else what stands there."""
    try:
        values = {":now": now, ":lease": now + LEASE}
        table.update(table.runtime(), receipt_keys.gate(organization, target), expression, condition, values)
    except ConditionFailed as failed:
        return failed.old or {}
    return None


def leave(organization: str, target: str, place: str, now: int, *, ok: bool, wait: int = 0) -> Gate:
    """Gives the place back, and counts how the call went. `wait`: so many milliseconds it asks to be left alone."""
    if ok:
        return _well(organization, target, place)
    item = _counted(organization, target, place, now)
    if item is None:
        return OPEN
    shut = _shut(organization, target, place, item, now, wait)
    hopeless = item["failures"] >= len(STEPS) and item["failing_since"] + PATIENCE < now
    return Gate(shut, hopeless, "turned_away" in item)


def _well(organization: str, target: str, place: str) -> Gate:
    """Open again; but who asked to be left alone is, whatever a call brings that was under way then."""
    free, condition = "REMOVE shut_until, asked, failures, failing_since, pauses", "attribute_exists(pk)"
    if place != PROBE:
        free, condition = f"{free}, {place}", f"{condition} AND attribute_not_exists(asked)"
    try:
        item = table.update(table.runtime(), receipt_keys.gate(organization, target), free, condition, {})
    except ConditionFailed:
        item = _given_back(organization, target, place)
    return Gate(turned_away=place == PROBE or "turned_away" in item)


def _given_back(organization: str, target: str, place: str) -> Item:
    """Empty where there is no gate any more."""
    if place == PROBE:
        return {}
    key = receipt_keys.gate(organization, target)
    try:
        return table.update(table.runtime(), key, f"REMOVE {place}", "attribute_exists(pk)", {})
    except ConditionFailed:
        return {}


def _counted(organization: str, target: str, place: str, now: int) -> Item | None:
    """None: the gate was opened anew since this call began; what failed at the old address says nothing of the new."""
    counted = "SET failures = if_not_exists(failures, :none) + :one, failing_since = if_not_exists(failing_since, :now)"
    held, remove = (place, f" REMOVE {place}") if place != PROBE else ("shut_until", "")
    newer = f"attribute_exists({held}) AND (attribute_not_exists(opened) OR opened < {held})"
    key, values = receipt_keys.gate(organization, target), {":none": 0, ":one": 1, ":now": now}
    try:
        return table.update(table.runtime(), key, counted + remove, newer, values)
    except ConditionFailed:
        _given_back(organization, target, place)
        return None


def _shut(organization: str, target: str, place: str, item: Item, now: int, wait: int) -> int | None:
    """Calls that were under way when another one shut it do not shut it for longer; the one call after a pause shuts it
    if it fails, however few failed before."""
    if place != PROBE and item.get("shut_until", 0) > now:
        return int(item["shut_until"])
    failures = max(item["failures"], FAILURES) if place == PROBE else item["failures"]
    length = max(wait, pause(failures, item.get("pauses", 0)) or 0)
    return _shut_for(organization, target, item, now, length, asked=bool(wait)) if length else None


def _shut_for(organization: str, target: str, item: Item, now: int, length: int, *, asked: bool) -> int | None:
    """None: somebody opened it meanwhile, or a call went well."""
    shut = "SET shut_until = :until, pauses = if_not_exists(pauses, :none) + :one"
    shut += ", asked = :one" if asked else " REMOVE asked"
    same = "opened = :opened" if "opened" in item else "attribute_not_exists(opened)"
    same += "" if asked else " AND attribute_exists(failing_since)"
    values = {":until": now + length, ":none": 0, ":one": 1}
    values |= {":opened": item["opened"]} if "opened" in item else {}
    try:
        table.update(table.runtime(), receipt_keys.gate(organization, target), shut, same, values)
    except ConditionFailed:
        return None
    return now + length


def _always(organization: str, target: str, expression: str, values: Item) -> Item:
    """A change that no state forbids."""
    key, anyway = receipt_keys.gate(organization, target), "attribute_exists(pk) OR attribute_not_exists(pk)"
    return table.update(table.runtime(), key, expression, anyway, values)


def calm(organization: str, target: str) -> None:
    """Nobody waits who was turned away."""
    _always(organization, target, "REMOVE turned_away", {})


def open_again(organization: str, target: str, now: int) -> None:
    """Somebody says that it works now, at another address perhaps. Calls under way keep their places, and what they
    bring says nothing any more."""
    gone = "REMOVE shut_until, asked, failures, failing_since, pauses"
    _always(organization, target, f"SET opened = :opened {gone}", {":opened": now + LEASE})


def forget(organization: str, target: str) -> None:
    """Nobody is behind it any more."""
    table.delete(table.runtime(), receipt_keys.gate(organization, target))


def leave_unused(organization: str, target: str, place: str, now: int) -> None:
    """Gives a place back of which no call came."""
    back = f"REMOVE {place}" if place != PROBE else "SET shut_until = :now"
    _always(organization, target, back, {} if place != PROBE else {":now": now - 1})
