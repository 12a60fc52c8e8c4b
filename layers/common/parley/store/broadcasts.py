"""Broadcasts: what each one is, changed only while it is in a state that the change is for; and their list."""

from collections.abc import Sequence
from typing import Any

from parley.model.broadcast import BroadcastStatus
from parley.model.run import Run
from parley.store import broadcast_keys, table
from parley.store.table import ConditionFailed, Item, TransactionFailed

Statuses = frozenset[BroadcastStatus]
Writes = Sequence[dict[str, Any]]


class UseFailed(Exception):
    """What the broadcast would use is not there any more."""


def insert(run: Run, uses: Writes = ()) -> Run | None:
    """Keeps a new one. Returns None when it was new, else what is kept under its id. `uses` are the writes by which
    something knows that it is used; raises UseFailed for what is not there."""
    lists: Item = {"listed_at": run.created_at, "day_list": broadcast_keys.listed_broadcasts(run.organization)}
    if run.reference:
        lists["reference_key"] = broadcast_keys.broadcasts_by_reference(run.organization, run.reference)
    item = {**broadcast_keys.broadcast(run.organization, run.id), **lists, **_item(run)}
    put = {"TableName": table.data(), "Item": item, "ConditionExpression": "attribute_not_exists(pk)"}
    try:
        table.transact([{"Put": put}, *uses])
    except TransactionFailed as failed:
        kept = get(run.organization, run.id)
        if kept is None and uses:
            raise UseFailed from failed
        return kept
    return None


def get(organization: str, broadcast: str) -> Run | None:
    item = table.get(table.data(), broadcast_keys.broadcast(organization, broadcast))
    return read(item) if item else None


def read(item: Item) -> Run:
    return Run.model_validate(item)


def change(run: Run, fields: dict[str, Any], within: Statuses, now: int) -> Run | None:
    """Changes it if nobody did since it was read, and it is in one of these states; a None takes a field away.

    None: it is not as it was any more; read it again."""
    sets, gone = {"version": run.version + 1, "updated_at": now}, []
    for name, value in fields.items():
        if value is None:
            gone.append(name)
        else:
            sets[name] = value
    names = {f"#{name}": name for name in [*sets, *gone, "status"]}
    expression = "SET " + ", ".join(f"#{name} = :{name}" for name in sets)
    expression += f" REMOVE {', '.join(f'#{name}' for name in gone)}" if gone else ""
    states = {f":in{i}": str(status) for i, status in enumerate(sorted(within))}
    values: Item = {**{f":{name}": value for name, value in sets.items()}, **states, ":before": run.version}
    condition = f"#version = :before AND #status IN ({', '.join(states)})"
    key = broadcast_keys.broadcast(run.organization, run.id)
    try:
        return read(table.update(table.data(), key, expression, condition, values, names))
    except ConditionFailed as failed:
        old = failed.old or {}
        mine = all(old.get(name) == value for name, value in sets.items()) and not set(gone) & old.keys()
        return read(old) if mine else None  # the SDK repeated our own write


def page(organization: str, reference: str | None, start: Item | None, limit: int) -> tuple[list[Run], Item | None]:
    """All of them, or those of a reference; the newest first."""
    index, attribute, value = "by_day", "day_list", broadcast_keys.listed_broadcasts(organization)
    if reference:
        index, attribute = "by_reference", "reference_key"
        value = broadcast_keys.broadcasts_by_reference(organization, reference)
    condition, values = f"{attribute} = :value", {":value": value}
    found, last = table.query_page(
        table.data(), condition, values, index=index, start=start, limit=limit, newest_first=True
    )
    return _whole(found), last


def _whole(rows: list[Item]) -> list[Run]:
    wanted = [{"pk": row["pk"], "sk": row["sk"]} for row in rows]
    items = {item["sk"]: item for item in table.get_many(table.data(), wanted)}
    return [read(items[key["sk"]]) for key in wanted if key["sk"] in items]


def _item(run: Run) -> Item:
    return run.model_dump(mode="json", exclude_none=True)
