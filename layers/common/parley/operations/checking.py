"""The check of a broadcast: every row is looked at before the first one is sent.

It may run twice, even at once, and die anywhere: each attempt writes into a folder of its own, and one is recorded."""

import uuid
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from tempfile import TemporaryDirectory

from parley import providers
from parley.cloud import clock, files
from parley.errors import Invalid, Problem
from parley.model import row_rules
from parley.model.broadcast import BroadcastStatus, SourceKind
from parley.model.broadcast_view import CheckReport
from parley.model.capabilities import Capabilities
from parley.model.run import Run, Wave
from parley.model.template import Template
from parley.operations import bad_lines, broadcast_views, check_sources, chosen, legs, row_files, starting
from parley.operations.bad_rows import BadRows, kind_of
from parley.operations.entries import Source
from parley.operations.row_checks import RowChecks
from parley.operations.spool import Spool
from parley.settings import settings
from parley.store import broadcasts, people, templates

TRIES = 5
CHANGEABLE = {"name", "speed", "delivery_window", "quiet_hours", "version", "updated_at"}
"""What may change while the rows are checked; they do not depend on it."""

EMPTY = {
    SourceKind.UPLOAD: Problem("upload", "sheet_without_rows", "The sheet has a header and no recipients below it."),
    SourceKind.GROUP: Problem("group_id", "empty_group", "Nobody is in this audience group."),
    SourceKind.RECIPIENTS: Problem("recipients", "no_recipients", "The list names nobody."),
    SourceKind.RESEND: Problem("", "nothing_to_resend", "No row of the broadcast is of the kinds to send again."),
}


@dataclass
class Outcome:
    """What an attempt found. With `problems` nothing is sent; `report` is there if rows were read to the end."""

    folder: str
    report: CheckReport | None = None
    waves: list[Wave] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def run(organization: str, broadcast: str) -> None:
    """The job. Of a broadcast that is checked already, only frees its group: who recorded it may have died before."""
    found = broadcasts.get(organization, broadcast)
    if found and found.status is BroadcastStatus.CHECKING:
        outcome = _attempt(found)
        _record(found, outcome)
        _clear(found, outcome)
    elif found:
        starting.free_group(found)


def _record(asked: Run, outcome: Outcome) -> None:
    """Once; also when somebody changes the speed meanwhile, but not when the rows would be others now."""
    for _ in range(TRIES):
        _tell(asked, outcome)
        now = broadcasts.get(asked.organization, asked.id)
        if now is None or now.status is not BroadcastStatus.CHECKING or _said(now) != _said(asked):
            return
        asked = now
    raise RuntimeError("a broadcast changes too often to record its check")


def _clear(run: Run, outcome: Outcome) -> None:
    """What another attempt was recorded instead of is nobody's: it is a copy of people's data."""
    now = broadcasts.get(run.organization, run.id)
    if now is None or now.folder != outcome.folder:
        _delete(run, outcome)


def _delete(run: Run, outcome: Outcome) -> None:
    if outcome.report:
        sheet = broadcast_views.bad_rows(run.model_copy(update={"folder": outcome.folder}))
        bad = [sheet, bad_lines.key(outcome.folder)] if outcome.report.bad else []
        files.delete_all([*row_files.names(outcome.folder, outcome.report.good), *bad])


def _said(run: Run) -> dict[str, object]:
    return run.model_dump(exclude=CHANGEABLE)


def _tell(run: Run, outcome: Outcome) -> None:
    if outcome.report and not outcome.problems:
        starting.checked(run, outcome.folder, outcome.report, outcome.waves)
    else:
        starting.refused(run, outcome.problems, outcome.report, outcome.folder)


def _attempt(run: Run) -> Outcome:
    outcome = Outcome(row_files.folder(run.organization, run.id, uuid.uuid4().hex[:12]))
    with TemporaryDirectory(prefix="check-") as desk:
        try:
            _check(run, outcome, desk)
        except Invalid as refusal:
            outcome.problems = refusal.problems
        except Exception:
            _delete(run, outcome)
            raise
    return outcome


def _check(run: Run, outcome: Outcome, desk: str) -> None:
    """Fills the outcome. Raises Invalid for what keeps all rows from being sent."""
    said, abilities = _ground(run)
    source = check_sources.open_source(run, said[0], abilities, desk)
    checks = RowChecks(run, said, abilities, clock.now())
    sheet = broadcast_views.bad_rows(run.model_copy(update={"folder": outcome.folder}))
    bad, spool = BadRows(f"{desk}/bad.{kind_of(sheet)}", source.columns, said[0].variables), Spool(desk)
    rows = _sort(source, checks, bad, spool, EMPTY[run.source].field)
    if not rows:
        raise Invalid([EMPTY[run.source]])
    bad.put(sheet)
    good, parts = rows - bad.count, checks.parts
    reasons = dict(bad.reasons.most_common())
    outcome.report = CheckReport(
        rows=rows, good=good, bad=bad.count, reasons=reasons, examples=bad.examples, parts=parts
    )
    if not good:
        raise Invalid([_none_is_good(outcome.report, EMPTY[run.source].field)])
    outcome.waves, outcome.report.suppressed = _write(run, spool, outcome.folder)


def _ground(run: Run) -> tuple[list[Template], Capabilities]:
    """The templates of its senders, and what the channel can show. Raises Invalid if they cannot be sent any more."""
    abilities = providers.capabilities(legs.channel_of(run.organization, run.channel, "channel_id"))
    found = [templates.get(run.organization, account.template) for account in run.accounts]
    said = [each for each in found if each]
    if len(said) < len(found):
        raise Invalid([Problem("template", "unknown_template", "The template was deleted meanwhile.")])
    problems = [problem for each in said for problem in chosen.stops(each) + row_rules.of_template(each, abilities)]
    if problems:
        raise Invalid(problems)
    return said, abilities


def _sort(source: Source, checks: RowChecks, bad: BadRows, spool: Spool, field: str) -> int:
    """The good rows to the spool, the others to their sheet; `field` is where they come from. Returns how many there
    are in all."""
    rows, most = 0, settings().broadcast_rows
    for rows, entry in enumerate(source.entries, 1):
        if rows > most:
            reason = f"A broadcast has at most {most:,} rows; divide the list."
            raise Invalid([Problem(field, "too_many_rows", reason)])
        try:
            spool.add(*checks.check(entry))
        except Invalid as refusal:
            bad.add(entry, refusal.problems)
    return rows


def _none_is_good(report: CheckReport, field: str) -> Problem:
    often = ", ".join(f"{code} ({count:,})" for code, count in list(report.reasons.items())[:3])
    return Problem(field, "no_good_rows", f"None of the {report.rows:,} rows can be sent: {often}.")


def _write(run: Run, spool: Spool, folder: str) -> tuple[list[Wave], int]:
    """The rows in the order in which they go out, as waves; and how many are for people who are not written to now."""
    waves, suppressed, blocked = list[Wave](), 0, _blocked(run)
    with files.Puts() as puts:
        writer = row_files.Writer(folder, puts.put)
        for due, lines in groupby(spool.lines(), itemgetter(0)):
            first = writer.count
            for _, text in lines:
                if blocked and row_files.to_in(text) in blocked[run.account_of(writer.count).channel]:
                    suppressed += 1
                writer.add_text(text)
            waves.append(Wave(due=due, first=first, count=writer.count - first))
        writer.close()
    return waves, suppressed


def _blocked(run: Run) -> dict[str, AbstractSet[str]]:
    """By the channel that a row goes out from; empty if nobody is."""
    now, channels = clock.now(), [account.channel for account in run.accounts]
    found = {each: people.all_suppressed(run.organization, each, run.category, now) for each in channels}
    return found if any(found.values()) else {}
