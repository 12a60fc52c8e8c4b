"""What stands in the export of a broadcast: a line for each of its rows, in the order of the sheet they came from."""

import heapq
from collections.abc import Iterator
from operator import itemgetter

from parley.errors import NotFound
from parley.model import ids
from parley.model.address import of_key
from parley.model.export import RowStatus
from parley.model.run import Run, Wave
from parley.model.status import Status
from parley.model.times import rfc3339
from parley.operations import bad_lines, broadcast_views, row_files
from parley.operations.row_files import Row
from parley.sheets.writing import Cell
from parley.store import broadcasts, row_states
from parley.store.row_states import Standing

Table = tuple[list[str], Iterator[list[Cell]]]
Line = tuple[int, list[Cell]]
WHO = ("line", "to")
HOW = ("channel_id", "message_id", "status", "code", "reason", "provider_code", "late")
INSTEAD = ("fallback_message_id", "fallback_status")
REACHED = tuple(each for each in Status if each not in (Status.SCHEDULED, Status.RECEIVED))
AT = tuple(f"{each}_at" for each in REACHED)
OWN = frozenset((*WHO, *HOW, *INSTEAD, *AT))


def rows(organization: str, broadcast: str, only: RowStatus | None, desk: str) -> Table:
    """The columns, and every row, or those that stand at `only`. `desk` is a folder on disk for a while.

    Raises NotFound for the broadcast; the iterator raises Gone when its files are gone."""
    run = broadcasts.get(organization, broadcast)
    if run is None:
        raise NotFound("broadcast")
    named = [f"{name} (variable)" if name in OWN else name for name in run.variables]
    return [*WHO, *named, *HOW, *INSTEAD, *AT], (cells for _, cells in _lines(run, only, desk))


def _lines(run: Run, only: RowStatus | None, desk: str) -> Iterator[Line]:
    """Rows that are due together lie together, each time in the order of the sheet."""
    parts = [] if only is RowStatus.BAD else [_of_wave(run, wave, only) for wave in run.waves]
    if only in (None, RowStatus.BAD) and run.report and run.report.bad:
        parts.append(_bad(run, desk))
    return heapq.merge(*parts, key=itemgetter(0))


def _bad(run: Run, desk: str) -> Iterator[Line]:
    """What the check refused: there is no message of it."""
    for line, to, values, code, reason in bad_lines.read(run.folder, desk):
        refused = Standing(RowStatus.BAD, error={"code": code, "message": reason})
        yield line, [line, to, *values, None, None, *_how(refused), None, None, *_at(refused)]


def _of_wave(run: Run, wave: Wave, only: RowStatus | None) -> Iterator[Line]:
    for batch in row_files.batches(run.folder, wave.first, wave.count, row_files.ROWS):
        found = _standing(run, batch)
        wanted = [(number, row) for number, row in batch if only in (None, found[number][1].status)]
        copies = row_states.of(run.organization, [copy for number, _ in wanted if (copy := _copy(*found[number]))])
        for number, row in wanted:
            message, standing = found[number]
            copy = _copy(message, standing)
            who: list[Cell] = [row.line, of_key(row.to).value, *row.values, run.account_of(number).channel, message]
            instead = [copy, copies[copy].status if copy in copies else None]
            yield row.line, [*who, *_how(standing), *instead, *_at(standing)]


def _standing(run: Run, batch: list[tuple[int, Row]]) -> dict[int, tuple[str, Standing]]:
    """The id of each row's message and how it stands, by the rows' numbers."""
    named = {number: ids.row_of(run.id, number) for number, _ in batch}
    known = row_states.of(run.organization, list(named.values()))
    without = Standing(broadcast_views.without_item(run))
    return {number: (message, known.get(message, without)) for number, message in named.items()}


def _copy(message: str, standing: Standing) -> str | None:
    """What went out last instead of a row."""
    return ids.copy_of(message, standing.step) if standing.step else None


def _how(standing: Standing) -> list[Cell]:
    error = standing.error
    told = [error.get("code"), error.get("message"), error.get("provider_code")]
    return [standing.status, *told, "true" if standing.late else None]


def _at(standing: Standing) -> list[Cell]:
    times = standing.times
    return [rfc3339(times[each]) if each in times else None for each in REACHED]
