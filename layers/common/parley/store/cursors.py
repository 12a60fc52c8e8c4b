"""How far a broadcast's run is: cursors that one worker at a time moves, under a lease, and the marks of runs that go
on."""

from collections.abc import Iterator
from typing import Any

from pydantic import ConfigDict, Field

from parley.model.run import Run
from parley.model.types import Model
from parley.store import keys, table
from parley.store.table import ConditionFailed, Item


class Busy:
    """Another worker has the lease."""


class Cursors(Model):
    """Rows below each number: `fed` were put on a lane, `seen` have an item (or were passed over after a long wait),
    `settled` are accepted or ended, `trailed` need no fallback any more. `next_at` is when the next row goes out, in
    epoch milliseconds; `moved_at` when a cursor moved last; `tally` counts settled rows by status; `samples` are
    [epoch milliseconds, seen]. `turn` grows with every step, so that a message of an older one is known."""

    model_config = ConfigDict(extra="ignore")

    organization: str
    broadcast: str
    fed: int = 0
    seen: int = 0
    settled: int = 0
    trailed: int = 0
    turn: int = 0
    next_at: float = 0.0
    moved_at: int = 0
    again_at: int = 0
    waits_for: str = ""
    tally: dict[str, int] = Field(default_factory=dict)
    samples: list[list[int]] = Field(default_factory=list)
    worker: str = ""
    lease_until: int = 0


def get(organization: str, broadcast: str) -> Cursors:
    item = table.get(table.data(), keys.cursors(organization, broadcast)) or {}
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
        item = table.update(table.data(), keys.cursors(run.organization, run.id), expression, condition, values)
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
        keys.cursors(cursors.organization, cursors.broadcast),
        expression,
        "worker = :owner AND turn = :mine",
        {**values, ":owner": cursors.worker, ":mine": cursors.turn},
        names,
    )
    return cursors.model_copy(update=fields)


def rewind(run: Run) -> None:
    """Nothing was fed yet; a new set of rows begins at the first one."""
    table.delete(table.data(), keys.cursors(run.organization, run.id))


def mark(run: Run, due: int) -> None:
    """So that the minute job finds a run whose next step is due and did not come."""
    item = {"organization": run.organization, "broadcast": run.id, "due": due}
    table.put(table.runtime(), keys.running(run.organization, run.channel, run.id) | item)


def unmark(run: Run) -> None:
    table.delete(table.runtime(), keys.running(run.organization, run.channel, run.id))


def marks() -> Iterator[Item]:
    return table.query(table.runtime(), "pk = :pk", {":pk": keys.RUNNING}, consistent=True)


def running_on(organization: str, channel: str, now: int) -> int:
    """How many runs share a channel just now, this one included."""
    pk, prefix = keys.running_on(organization, channel)
    values = {":pk": pk, ":prefix": prefix}
    found = table.query(table.runtime(), "pk = :pk AND begins_with(sk, :prefix)", values)
    return max(1, len([item for item in found if item["due"] <= now + SOON]))


SOON = 60_000
"""A run whose next step lies further ahead takes no share."""
