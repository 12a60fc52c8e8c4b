"""What a batch of a lane brings: messages that are kept, and rows of broadcasts that nobody has written yet."""

from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

from parley.model.message import State
from parley.model.run import Run
from parley.operations import row_files, rows
from parley.operations.each import each
from parley.store import controls
from parley.store import messages as store
from parley.store.table import Item

FAILED = "a row could not be read"
Bodies = Mapping[str, dict[str, Any]]
Named = tuple[str, str]


class Arrived(NamedTuple):
    """`fresh`: a row without an item; `content` is what it says. `answered` is the state of the row that it sends
    again."""

    state: State
    fresh: bool = False
    content: Item | None = None
    answered: State | None = None


def read(bodies: Bodies, now: int) -> tuple[dict[str, Arrived], list[str]]:
    """By record, and the records of rows that could not be read just now. What is unknown and no row is in neither: its
    message was never accepted."""
    named = {record: (body["organization"], body["message"]) for record, body in bodies.items()}
    parents = {record: (body["organization"], body["parent"]) for record, body in bodies.items() if "parent" in body}
    broadcasts = {(body["organization"], body["broadcast"]) for body in bodies.values() if "broadcast" in body}
    states, runs = controls.arriving({*named.values(), *parents.values()}, broadcasts)
    found: dict[str, Arrived] = {}

    def put(record: str, body: dict[str, Any]) -> None:
        arrived = _arrived(body, states.get(named[record]), runs, now)
        answered = states.get(parents[record]) if record in parents else None
        if arrived:
            found[record] = arrived._replace(answered=answered)

    return found, [record for record, body in bodies.items() if not each(FAILED, partial(put, record, body))]


def _arrived(body: dict[str, Any], state: State | None, runs: dict[Named, Run], now: int) -> Arrived | None:
    run = runs.get((body["organization"], body.get("broadcast", "")))
    if run is None:
        return Arrived(state) if state else None
    number, row = body["row"], rows.line_of(run, body)
    said: Item = {"content": rows.content(run, number, row)}
    return Arrived(state or rows.fresh(run, number, row, now), state is None, said)


def answered(state: State, run: Run) -> State | None:
    """The row that this one sends again, where the queue did not tell it."""
    if run.parent is None or state.row is None:
        return None
    extra = row_files.row(run.folder, state.row).extra or {}
    return store.get(run.organization, rows.parent_of(run, extra["parent"]))
