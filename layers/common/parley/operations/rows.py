"""Rows of a broadcast as messages: what a worker is handed, what the row says, and how it stands."""

from collections.abc import Mapping
from typing import Any

from parley.model import ids
from parley.model.broadcast import BroadcastStatus
from parley.model.content import Content, Kind
from parley.model.message import State
from parley.model.run import Run
from parley.model.status import ENDED, Status, rank
from parley.operations import row_files
from parley.operations.row_files import Row
from parley.store import controls
from parley.store import messages as store
from parley.store.table import Item

FINGERPRINT = "row"
MOST_CARRIED = 4000
"""Characters of values; escaped and in UTF-8 that is at most 24 KB."""
Body = Mapping[str, Any]


def body(run: Run, number: int, row: Row) -> dict[str, Any]:
    """What a lane carries for a row: with its words, so that no worker reads the file, unless they are long: ten rows
    must fit into one call."""
    line = {"line": list(row[:3])} if sum(map(len, row.values)) <= MOST_CARRIED else {}
    known = {"organization": run.organization, "message": ids.row_of(run.id, number), "lane": run.lane}
    again = {"parent": parent_of(run, row.extra["parent"])} if row.extra and "parent" in row.extra else {}
    return {**known, "broadcast": run.id, "row": number, **line, **again}


def id_of(run: Run, number: int) -> str:
    return ids.row_of(run.id, number)


def parent_of(run: Run, number: int) -> str:
    """The message of the row that a broadcast sends again."""
    return ids.row_of(run.parent or "", number)


def line_of(run: Run, body: Body) -> Row:
    return Row(*body["line"]) if "line" in body else row_files.row(run.folder, body["row"])


def fresh(run: Run, number: int, row: Row, now: int) -> State:
    """The row as a message that nobody has written yet; its time begins now."""
    account, first = run.account_of(number), run.steps[0] if run.steps else None
    return State(
        id=ids.row_of(run.id, number),
        organization=run.organization,
        channel=account.channel,
        status=Status.QUEUED,
        rank=rank(Status.QUEUED),
        kind=Kind.TEMPLATE,
        lane=run.lane,
        sender=account.sender,
        to=row.to,
        category=run.category,
        template=account.template,
        fingerprint=FINGERPRINT,
        created_at=now,
        send_at=now,
        expires_at=now + run.ttl * 1000,
        times={str(Status.QUEUED): now},
        trigger=first.trigger if first else None,
        wait=first.wait if first else None,
        policy=run.policy,
        broadcast=run.id,
        row=number,
    )


def content(run: Run, number: int, row: Row) -> Content:
    values = dict(zip(run.variables, row.values, strict=True))
    template = run.account_of(number).template
    return Content(type=Kind.TEMPLATE, template=template, language=run.language, variables=values)


def words(state: State, run: Run | None) -> Content:
    """What a row that has an item says. Raises LookupError when its broadcast or its file is gone."""
    if run is None or state.row is None:
        raise LookupError("the broadcast of a row is gone")
    return content(run, state.row, row_files.row(run.folder, state.row))


def states(run: Run, numbers: range) -> dict[int, State]:
    """Those of these rows that have an item."""
    named = {ids.row_of(run.id, number): number for number in numbers}
    found = controls.states((run.organization, name) for name in named)
    return {named[name]: state for (_, name), state in found.items()}


def is_settled(state: State) -> bool:
    """Accepted by a platform, or ended: nothing more is to be done to get it out."""
    if state.status is Status.UNKNOWN:
        return state.settled
    return state.rank >= rank(Status.ACCEPTED) or state.status in ENDED


def outcome(run: Run, state: State | None) -> str:
    """failed, unsent, unknown, or ok: which kind of row it is for a resend."""
    if state is None or state.status is Status.CANCELLED:
        return "unsent" if run.status is BroadcastStatus.CANCELLED else "ok"
    if state.status is Status.UNKNOWN:
        return "unknown"
    return "failed" if state.status in (Status.FAILED, Status.EXPIRED) and not state.fired_at else "ok"


def outcomes(run: Run, first: int, count: int) -> list[str]:
    """The outcome of `count` rows from `first` on."""
    numbers = range(first, first + count)
    found = states(run, numbers)
    return [outcome(run, found.get(number)) for number in numbers]


def keep(state: State) -> State:
    """Writes a row that cannot go out just now as queued; what is there already stays."""
    return store.insert(state) or state


def stored(state: State, run: Run | None) -> Item:
    """As `store.get_content` answers for other messages."""
    return {"content": words(state, run).model_dump(exclude_none=True), "sender": state.sender}
