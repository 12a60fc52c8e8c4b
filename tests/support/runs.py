"""Broadcasts of the business, with the id of events/, kept as they would stand at some moment of their life."""

from typing import Any

from parley.cloud import clock
from parley.model.broadcast import BroadcastStatus, SourceKind
from parley.model.broadcast_view import CheckReport
from parley.model.cursors import Cursors
from parley.model.lane import Category, Lane
from parley.model.message import State
from parley.model.run import Account, Run, Wave
from parley.model.status import Status, rank
from parley.operations import row_files
from parley.operations import rows as row_operations
from parley.store import broadcasts, cursors, messages

from tests.support.builders import ORGANIZATION, PHONE_ID, TEMPLATE, WHATSAPP
from tests.support.events import Answer, Json, call

BROADCAST = "5f1d7c3a-2e94-4b60-8a1f-9c0d3e5b7a42"
S = BroadcastStatus
WITHOUT_ROWS = frozenset({S.CHECKING, S.REFUSED})
BEGUN = frozenset({S.RUNNING, S.PAUSED, S.DONE})


def number(index: int) -> str:
    return f"+34600{index:06}"


def broadcast(id: str = BROADCAST, status: str = S.RUNNING, rows: int = 3, **changes: Any) -> Run:
    """With so many checked rows, each `Name <line>`; its channel and its template should exist."""
    now, state = clock.now(), S(status)
    rows = 0 if state in WITHOUT_ROWS else rows
    folder = row_files.folder(ORGANIZATION, id, "attempt") if rows else ""
    fields: Json = {"organization": ORGANIZATION, "name": "Orders of this morning", "template_name": "order_ready"}
    fields |= {"accounts": [Account(channel=WHATSAPP, sender=PHONE_ID, template=TEMPLATE)], "language": "en"}
    fields |= {"category": Category.UTILITY, "lane": Lane.MARKETING, "variables": ["order", "name"]}
    fields |= {"source": SourceKind.RECIPIENTS, "ttl": 86_400, "fingerprint": "0" * 32, "status": state}
    fields |= {"folder": folder, "rows": rows, "created_at": now, "updated_at": now}
    fields |= {"waves": [Wave(due=changes.get("send_at") or now, first=0, count=rows)]} if rows else {}
    fields |= {"report": CheckReport(rows=rows, good=rows)} if rows else {}
    fields |= {"started_at": now} if state in BEGUN else {}
    fields |= {"done_at": now} if state is S.DONE else {}
    run = Run.model_validate({"id": id, **fields, **changes})
    put_rows(run)
    assert broadcasts.insert(run) is None
    return run


def put_rows(run: Run) -> None:
    writer = row_files.Writer(run.folder)
    for line in range(2, run.rows + 2):
        writer.add(line, f"phone:{number(line - 1)}", [f"A-{line}", f"Name {line}"][: len(run.variables)])
    writer.close()


def row(run: Run, at: int, status: str = Status.ACCEPTED, **changes: Any) -> State:
    """A row that a worker took, at this status now."""
    now, state = clock.now(), Status(status)
    fresh = row_operations.fresh(run, at, row_files.row(run.folder, at), now)
    fields = {"status": state, "rank": rank(state), "times": {str(state): now}}
    made = State.model_validate({**fresh.model_dump(), **fields, **changes})
    assert messages.insert(made) is None
    return made


def do(verb: str, body: Json | None = None, id: str = BROADCAST, **changes: Any) -> Answer:
    """The operation `<verb>_broadcast` on its sample, of this broadcast."""
    return call(f"{verb}_broadcast", body, path={"broadcast_id": id}, **changes)


def shown(id: str = BROADCAST) -> Json:
    answer = call("get_broadcast", path={"broadcast_id": id})
    assert answer.status == 200, answer
    return dict(answer.body)


def kept(id: str = BROADCAST) -> Run:
    found = broadcasts.get(ORGANIZATION, id)
    assert found is not None
    return found


def moved(run: Run, **fields: Any) -> None:
    """How far it is: `fed`, `seen`, `settled`, …; nobody has its lease."""
    leased = cursors.lease(run, "worker", None, clock.now(), clock.now())
    assert isinstance(leased, Cursors)
    cursors.move(leased, lease_until=0, **fields)


def marks() -> list[int]:
    """When the next steps of runs are due, as the minute job knows them."""
    return [mark["due"] for mark in cursors.marks()]
