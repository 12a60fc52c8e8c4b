"""How a broadcast and its rows are shown: what is kept, how far the run is, and what each row says."""

from typing import Any

from parley import providers
from parley.cloud import clock, files
from parley.model import feeding, sms
from parley.model.address import of_key
from parley.model.broadcast import BroadcastStatus
from parley.model.broadcast_view import Broadcast, BroadcastRow, Progress
from parley.model.content_rules import shown_text
from parley.model.cursors import Cursors
from parley.model.decision import Step
from parley.model.message import State
from parley.model.message_view import shown_status
from parley.model.run import Run
from parley.model.status import ENDED_BADLY, Status
from parley.model.times import rfc3339
from parley.model.types import JsonObject
from parley.operations import deciding, rows
from parley.operations.arriving import Arrived
from parley.operations.row_files import Row
from parley.store import controls, cursors, metrics

BEGUN = frozenset({BroadcastStatus.RUNNING, BroadcastStatus.PAUSED, BroadcastStatus.CANCELLED, BroadcastStatus.DONE})
SAME = set(Broadcast.model_fields) & set(Run.model_fields) - {"errors", "send_at"}
TIMES = ("send_at", "created_at", "updated_at", "started_at", "done_at")


def summary(run: Run) -> Broadcast:
    """A row of the list."""
    shown: dict[str, Any] = run.model_dump(include=SAME)
    shown |= {name: _at(getattr(run, name)) for name in TIMES}
    shown |= {"organization_id": run.organization, "channel_id": run.channel, "group_id": run.group}
    shown |= {"channel_ids": [account.channel for account in run.accounts], "template": run.accounts[0].template}
    shown |= {"fallback_policy_id": run.policy, "errors": [_error(each.code, each.message) for each in run.errors]}
    return Broadcast.model_validate(shown)


def _at(moment: int | None) -> str | None:
    return rfc3339(moment) if moment else None


def _error(code: str, reason: str) -> dict[str, str]:
    return {"code": code, "reason": reason}


def full(run: Run) -> Broadcast:
    shown = summary(run)
    if run.report and run.report.bad and run.folder:
        shown.bad_rows = files.link_to_get(bad_rows(run))
    if run.status in BEGUN and run.rows:
        known = cursors.get(run.organization, run.id)
        shown.progress = _progress(run, known)
        shown.waits_for = known.waits_for or None if run.status is BroadcastStatus.RUNNING else None
    return shown


def bad_rows(run: Run) -> str:
    """Where the sheet of bad rows lies: of the kind that was uploaded."""
    kind = "csv" if run.filename.lower().endswith(".csv") else "xlsx"
    return f"{run.folder}/bad_rows.{kind}"


def _progress(run: Run, known: Cursors) -> Progress:
    per_second = feeding.rate(known.samples) if run.status is BroadcastStatus.RUNNING else None
    left = run.rows - known.seen
    eta = rfc3339(clock.now() + round(left * 1000 / per_second)) if per_second and left else None
    waiting = 0 if run.done_at else left
    return Progress(
        rows=run.rows,
        fed=known.fed,
        waiting=waiting,
        settled=known.settled,
        by_status=by_status(run, known),
        rate=round(per_second, 1) if per_second is not None else None,
        eta=eta,
    )


def by_status(run: Run, known: Cursors) -> dict[str, int]:
    """How its rows stand. The counters leave out what was cancelled, which the run counts itself; of a run that is over
    it knows all, should the counters be late."""
    counts = dict(metrics.of_broadcast(run.organization, run.id))
    if run.done_at and not counts:
        return known.tally
    cancelled = known.tally.get(Status.CANCELLED, 0)
    return counts | ({str(Status.CANCELLED): cancelled} if cancelled else {})


def row_views(run: Run, found: list[tuple[int, Row]]) -> list[BroadcastRow]:
    """Rows with their state, and what they say; of one that waits, why it would not go out now."""
    states = rows.states(run, range(found[0][0], found[-1][0] + 1)) if found else {}
    now = clock.now()
    waiting = {number: rows.fresh(run, number, row, now) for number, row in found if number not in states}
    known = controls.load([*waiting.values(), *[states[number] for number, _ in found if number in states]])
    return [_row_view(run, number, row, states.get(number), waiting.get(number), known) for number, row in found]


def _row_view(
    run: Run, number: int, row: Row, state: State | None, fresh: State | None, known: controls.Controls
) -> BroadcastRow:
    account = run.account_of(number)
    shown = {"row": number, "line": row.line, "to": of_key(row.to), "channel_id": account.channel}
    shown |= {"message_id": rows.id_of(run, number), **_said(run, number, row, known)}
    if state:
        shown |= _stood(state)
    elif fresh:
        shown |= {"status": without_item(run), "skip_reason": _skip_reason(fresh, known)}
    return BroadcastRow.model_validate(shown)


def _said(run: Run, number: int, row: Row, known: controls.Controls) -> JsonObject:
    """The text as the person reads it, by the code that sends it."""
    account = run.account_of(number)
    template = known.templates.get((run.organization, account.template))
    channel = known.channels.get((run.organization, account.channel))
    if template is None or channel is None:
        return {}
    text = shown_text(rows.content(run, number, row), template)
    if channel.binding is None or not providers.capabilities(channel).counts_parts:
        return {"text": text}
    counted = sms.segments(text)
    return {"text": text, "encoding": counted.encoding, "parts": counted.parts}


def _stood(state: State) -> JsonObject:
    status = shown_status(state)
    times = {name: rfc3339(at) for name, at in state.times.items()}
    error = state.error if status in ENDED_BADLY | {Status.SKIPPED} else None
    return {"status": status, "send_at": rfc3339(state.send_at), "error": error, "late": state.late, "times": times}


def without_item(run: Run) -> str:
    """How a row stands that no worker has taken yet."""
    return str(Status.CANCELLED) if run.status is BroadcastStatus.CANCELLED else "waiting"


def _skip_reason(fresh: State, known: controls.Controls) -> str | None:
    """What a worker would do with it instead of sending; the same code decides."""
    decision = deciding.job_of("", Arrived(fresh, fresh=True), known, {}).decision
    if decision.step is Step.SEND:
        return None
    return decision.fault.code if decision.fault else decision.hold or str(decision.step)
