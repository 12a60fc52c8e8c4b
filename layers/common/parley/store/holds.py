"""What is held, by what: marks that the minute job starts from, and the sparse index behind each."""

from collections.abc import Iterator

from parley.model.message import State
from parley.store import keys, messages, table, unmarking


def mark(held_by: str, organization: str, thing: str, kind: str, now: int) -> None:
    """Written before the hold itself, so that no hold is ever without its mark."""
    table.put(
        table.runtime(),
        {**keys.hold_mark(held_by), "organization": organization, "thing": thing, "kind": kind, "marked_at": now},
    )


def marks() -> Iterator[table.Item]:
    return table.query(table.runtime(), "pk = :pk", {":pk": "HOLDS"}, consistent=True)


def unmark(held_by: str, before: int) -> None:
    """Only a mark that nobody renewed: the index is read eventually, a fresh hold may not be in it yet."""
    unmarking.unmark(keys.hold_mark(held_by), before)


def held(held_by: str, until: int | None = None) -> Iterator[State]:
    """The messages under a hold, in the order in which their holds end; with `until` only those that end by then."""
    condition, values = "held_by = :held", {":held": held_by, **({":until": until} if until is not None else {})}
    condition += " AND hold_until <= :until" if until is not None else ""
    for key in table.query(table.data(), condition, values, index="by_hold"):
        item = table.get(table.data(), {"pk": key["pk"], "sk": key["sk"]})
        if item and item.get("held_by") == held_by:
            yield messages.read(item)


def any_held(held_by: str) -> bool:
    return bool(table.query_page(table.data(), "held_by = :held", {":held": held_by}, index="by_hold", limit=1)[0])
