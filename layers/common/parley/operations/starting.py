"""From a checked broadcast to its run: what the check found decides whether it starts, waits for its time or its owner,
or is refused. Each change is one conditional write; who comes second finds it made."""

from typing import Any

from parley.cloud import clock, queues
from parley.errors import Problem
from parley.model.broadcast import BroadcastStatus, OnBadRows
from parley.model.broadcast_view import CheckReport
from parley.model.feeding import AHEAD
from parley.model.message import Fault
from parley.model.run import Run, Wave
from parley.operations import feed
from parley.settings import settings
from parley.store import broadcasts, cursors, groups

CHECKING = frozenset({BroadcastStatus.CHECKING})
MOST_ERRORS = 20


def check(run: Run) -> None:
    """Has its rows checked, by a job; a repeat is harmless."""
    body = {"kind": "check", "organization": run.organization, "broadcast": run.id}
    queues.send(settings().jobs_queue, body, group=run.organization)


def checked(run: Run, folder: str, report: CheckReport, waves: list[Wave]) -> None:
    """The check went through: its rows lie in `folder`. Nothing, if another attempt was recorded before."""
    now = clock.now()
    status = _next(run, report, waves, now)
    found: dict[str, Any] = {"folder": folder, "rows": report.good, "report": report.model_dump(exclude_none=True)}
    found |= {"waves": [wave.model_dump() for wave in waves], "status": status}
    if status is BroadcastStatus.REFUSED:
        bad = Fault(code="bad_rows", message=f"{report.bad} of {report.rows} rows are bad, so none is sent.")
        found["errors"] = [bad.model_dump(exclude_none=True)]
    if status is BroadcastStatus.RUNNING:
        found["started_at"] = now
    cursors.mark(run, now)  # first: who dies behind the change leaves a run that the minute job finds
    changed = broadcasts.change(run, found, CHECKING, now)
    free_group(run)
    if changed:
        begin(changed)


def free_group(run: Run) -> None:
    """The rows are a copy of the group, which may go now."""
    if run.group:
        groups.unuse(run.organization, run.group, user_of(run))


def user_of(run: Run) -> str:
    """By which name a group knows that it is used."""
    return f"broadcast {run.id}"


def _next(run: Run, report: CheckReport, waves: list[Wave], now: int) -> BroadcastStatus:
    if report.bad and run.on_bad_rows is OnBadRows.REFUSE:
        return BroadcastStatus.REFUSED
    if run.dry_run or (report.bad and run.on_bad_rows is OnBadRows.ASK):
        return BroadcastStatus.CHECKED
    return BroadcastStatus.SCHEDULED if waves[0].due > now else BroadcastStatus.RUNNING


def refused(run: Run, problems: list[Problem], report: CheckReport | None, folder: str = "") -> None:
    """Nothing of it can be sent. `folder` is where the sheet of its bad rows lies, if there is one."""
    faults = [Fault(code=each.code, message=each.reason).model_dump(exclude_none=True) for each in problems]
    fields: dict[str, Any] = {"status": BroadcastStatus.REFUSED, "errors": faults[:MOST_ERRORS]}
    if report:
        fields |= {"report": report.model_dump(exclude_none=True), "folder": folder}
    broadcasts.change(run, fields, CHECKING, clock.now())
    free_group(run)


def give_up(organization: str, broadcast: str) -> None:
    """Its check failed again and again, by a fault of ours."""
    run = broadcasts.get(organization, broadcast)
    if run and run.status is BroadcastStatus.CHECKING:
        refused(run, [Problem("", "check_failed", "The rows could not be checked; it is in our log. Try again.")], None)


def begin(run: Run) -> None:
    """Puts a run on its way, now or at its time; a repeat makes one chain of steps all the same."""
    if run.status is BroadcastStatus.RUNNING:
        feed.kick(run)
    elif run.status is BroadcastStatus.SCHEDULED:
        feed.at(run, run.waves[0].due - AHEAD)
