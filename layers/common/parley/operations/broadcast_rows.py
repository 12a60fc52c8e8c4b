"""The rows of a broadcast, each with its own truth; and those that go out once more as a broadcast of their own."""

from collections.abc import Iterator
from typing import Any

from parley.cloud import clock
from parley.errors import Conflict, Invalid, Problem
from parley.model import cursor, ids
from parley.model.broadcast import BroadcastStatus, NewResend, OnBadRows, SourceKind
from parley.model.broadcast_view import Broadcast, BroadcastRow
from parley.model.run import Account, Run
from parley.model.status import Status
from parley.model.types import Page
from parley.operations import broadcast_views, broadcasts, plan, row_files, starting
from parley.operations.legs import channel_of
from parley.operations.row_files import Row
from parley.store import broadcasts as store

AT_ONCE = 100
MOST_READ = 3000
"""Rows that one page looks at for those that fit a filter; the cursor goes on."""

WAITING = "waiting"
OVER = frozenset({BroadcastStatus.DONE, BroadcastStatus.CANCELLED})


def list_all(
    organization: str, broadcast: str, question: dict[str, str | None], next_page: str | None, limit: int
) -> Page[BroadcastRow]:
    """In the order in which they go out. `status` and `to` narrow a page; it may have fewer rows than `limit`."""
    run = broadcasts.existing(organization, broadcast)
    if question.get("status") not in (None, WAITING, *Status):
        raise Invalid([Problem("status", "unknown_value", "This is no status of a row.")])
    asked = {"rows": broadcast, **question}
    position = cursor.decode(next_page, **asked) or {"row": 0}
    first = position.get("row")
    if not isinstance(first, int) or not 0 <= first <= run.rows:
        raise cursor.bad_cursor()
    found, upto = _page(run, first, question, limit)
    return Page(items=found, next=cursor.encode({"row": upto} if upto < run.rows else None, **asked))


def _page(run: Run, first: int, question: dict[str, str | None], limit: int) -> tuple[list[BroadcastRow], int]:
    found: list[BroadcastRow] = []
    last = min(run.rows, first + (MOST_READ if any(question.values()) else limit))
    for batch in row_files.batches(run.folder, first, last - first, AT_ONCE):
        for shown in _fitting(run, batch, question):
            if len(found) == limit:
                return found, shown.row
            found.append(shown)
    return found, last


def _fitting(run: Run, batch: list[tuple[int, Row]], question: dict[str, str | None]) -> Iterator[BroadcastRow]:
    wanted = [(number, row) for number, row in batch if _is_to(row, question.get("to"))]
    for shown in broadcast_views.row_views(run, wanted):
        if question.get("status") in (None, shown.status):
            yield shown


def _is_to(row: Row, to: str | None) -> bool:
    return to is None or row.to == to or row.to.partition(":")[2].lstrip("+") == to.strip().lstrip("+")


def resend(organization: str, broadcast: str, new: NewResend) -> Broadcast:
    """A child with the rows that failed or were not sent. While one is open, a repeat answers that one.

    Raises Conflict for a broadcast that is not over, and for a child: all children of a broadcast are its own, so that
    each knows what the earlier ones sent."""
    run = broadcasts.existing(organization, broadcast)
    if run.status not in OVER or run.done_at is None:
        raise Conflict("not_over", "Only a broadcast whose rows are all settled can be resent.")
    if run.parent:
        raise Conflict("resend_parent", f"It sends rows of broadcast {run.parent} again; resend that one.")
    if not _wish(new):
        reason = "Name at least one of failed, unsent and unknown."
        raise Invalid([Problem("failed", "nothing_named", reason)])
    accounts = [_as_bound_now(organization, account) for account in run.accounts]
    kept = _open_child(run.model_copy(update={"accounts": accounts}), new)
    if kept.status is BroadcastStatus.CHECKING:
        starting.check(kept)
    return broadcast_views.full(kept)


def _as_bound_now(organization: str, account: Account) -> Account:
    """The channel may have another sender since, which may be why the rows failed."""
    channel = channel_of(organization, account.channel, "channel_id")
    plan.ready(channel)
    return account.model_copy(update={"sender": channel.bound.sender_id})


def _open_child(run: Run, new: NewResend) -> Run:
    """The one that is open, or a new one. Its name stands on the parent before it is kept, so that of two requests at
    once, and after a crash, all mean the same one."""
    child = store.get(run.organization, run.child) if run.child else None
    if child is None and run.child:
        child = _child(run, run.child, new, clock.now())
    elif child is None or _is_over(child):
        child = _born(run, new)
    return store.insert(child) or child


def _is_over(child: Run) -> bool:
    return child.status is BroadcastStatus.REFUSED or child.done_at is not None


def _born(run: Run, new: NewResend) -> Run:
    """Which child comes next is written on the parent first: of two requests at once one decides."""
    generation = run.generations + 1
    name, now = ids.derived(run.id, "resend", generation), clock.now()
    decided = store.change(run, {"generations": generation, "child": name}, OVER, now)
    if decided is None:
        decided = broadcasts.existing(run.organization, run.id)
    if decided.child is None or decided.child == run.child:
        raise Conflict("changed_meanwhile", "Somebody changes this broadcast just now; look at it again.")
    return store.get(run.organization, decided.child) or _child(run, decided.child, new, now)


def _wish(new: NewResend) -> list[str]:
    return [name for name in ("failed", "unsent", "unknown") if getattr(new, name)]


def _child(run: Run, name: str, new: NewResend, now: int) -> Run:
    settled: dict[str, Any] = {
        "id": name,
        "name": new.name or f"{run.name[:50]} (again)",
        "status": BroadcastStatus.CHECKING,
        "source": SourceKind.RESEND,
        "upload": None,
        "group": None,
        "parent": run.id,
        "include": _wish(new),
        "on_bad_rows": OnBadRows.SKIP,
        "dry_run": False,
        "send_at": None,
        "wall_time": None,
        "local_time": False,
        "folder": "",
        "rows": 0,
        "waves": [],
        "report": None,
        "errors": [],
        "generations": 0,
        "child": None,
        "version": 1,
        "created_at": now,
        "updated_at": now,
        "started_at": None,
        "done_at": None,
    }
    return run.model_copy(update=settled)
