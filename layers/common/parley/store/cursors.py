"""How far a broadcast's run is: cursors that one worker at a time moves, under a lease, and the marks of runs that go
on."""

from collections.abc import Iterator
from typing import Any

from parley.model.cursors import Cursors
from parley.model.run import Run
from parley.store import broadcast_keys, table
from parley.store.table import ConditionFailed, Item


class Busy:
    """Another worker has the lease."""


def get(organization: str, broadcast: str) -> Cursors:
    item = table.get(table.data(), broadcast_keys.cursors(organization, broadcast)) or {}
    return Cursors.model_validate({**item, "organization": organization, "broadcast": broadcast})


def lease(run: Run, worker: str, turn: int | None, now: int, until: int) -> Cursors | Busy | None:
    """Takes the run for one step. `turn` is the step after which this one was asked for, None: somebody wants one now.

    None: a later step was made already. Busy: somebody is at it."""
    values: Item = {":worker": worker, ":until": until, ":now": now, ":one": 1, ":zero": 0}
    expression = "SET worker = :worker, lease_until = :until, turn = if_not_exists(turn, :zero) + :one"
    condition = "(attribute_not_exists(lease_until) OR lease_until <= :now)"
    if turn is not None:
        condition, values = f"{condition} AND turn = :turn", values | {":turn": turn}
    try:
        item = table.update(
            table.data(), broadcast_keys.cursors(run.organization, run.id), expression, condition, values
        )
    except ConditionFailed as failed:
        return _refused(failed.old or {}, run, worker, turn)
    return _read(item, run)


def _refused(old: Item, run: Run, worker: str, turn: int | None) -> Cursors | Busy | None:
    if old.get("worker") == worker:  # the SDK repeated our own write
        return _read(old, run)
    return None if turn is not None and old.get("turn", 0) != turn else Busy()


def _read(item: Item, run: Run) -> Cursors:
    return Cursors.model_validate({**item, "organization": run.organization, "broadcast": run.id})


def move(cursors: Cursors, **fields: Any) -> Cursors:
    """Writes what the owner of the lease found out. Raises ConditionFailed when the lease was lost."""
    values: Item = {f":{name}": value for name, value in fields.items()}
    expression = "SET " + ", ".join(f"#{name} = :{name}" for name in fields)
    names = {f"#{name}": name for name in fields}
    table.update(
        table.data(),
        broadcast_keys.cursors(cursors.organization, cursors.broadcast),
        expression,
        "worker = :owner AND turn = :mine",
        {**values, ":owner": cursors.worker, ":mine": cursors.turn},
        names,
    )
    return cursors.model_copy(update=fields)


def mark(run: Run, due: int, *, hands_out: bool = True) -> None:
    """So that the minute job finds a run whose next step is due and did not come. `hands_out`: rows are still to go
    out, for which it needs its share of the channel."""
    item = {"organization": run.organization, "broadcast": run.id, "due": due, "hands_out": hands_out}
    table.put(table.runtime(), broadcast_keys.running(run.organization, run.channel, run.id) | item)


def unmark(run: Run) -> None:
    table.delete(table.runtime(), broadcast_keys.running(run.organization, run.channel, run.id))


def marks() -> Iterator[Item]:
    return table.query(table.runtime(), "pk = :pk", {":pk": broadcast_keys.RUNNING}, consistent=True)


def running_on(organization: str, channel: str, now: int) -> int:
    """How many runs share a channel just now, this one included."""
    pk, prefix = broadcast_keys.running_on(organization, channel)
    values = {":pk": pk, ":prefix": prefix}
    found = table.query(table.runtime(), "pk = :pk AND begins_with(sk, :prefix)", values)
    return max(1, len([item for item in found if item["due"] <= now + SOON and item.get("hands_out", True)]))


SOON = 60_000
"""A run whose next step lies further ahead takes no share."""
