"""The rows of a broadcast that is over which go out once more."""

from collections.abc import Iterator

from parley.errors import Invalid, Problem
from parley.model import ids
from parley.model.address import of_key
from parley.model.run import Run
from parley.model.template import Template
from parley.operations import row_files, rows
from parley.operations.entries import Entry, Source, columns, entry
from parley.store import broadcasts


def source(run: Run, template: Template) -> Source:
    """Those of the kinds in `run.include`, as they stand now. Raises Invalid when the parent is gone."""
    parent = broadcasts.get(run.organization, run.parent or "")
    if parent is None:
        raise Invalid([Problem("", "unknown_broadcast", "The broadcast whose rows should go out again is gone.")])
    return Source(columns(template), _entries(parent, run, template))


def _entries(parent: Run, run: Run, template: Template) -> Iterator[Entry]:
    """Each keeps the line of its sheet, and the number of the row that it repeats."""
    wanted, again = set(run.include), _sent_again(parent, run.id)
    for batch in row_files.batches(parent.folder, 0, parent.rows, row_files.ROWS):
        outcomes = rows.outcomes(parent, batch[0][0], len(batch))
        for (number, row), outcome in zip(batch, outcomes, strict=True):
            if again.get(number, outcome) in wanted:
                said = dict(zip(parent.variables, row.values, strict=True))
                values = [said.get(name, "") for name in template.variables]
                yield entry(row.line, of_key(row.to), values, extra={"parent": number})


def _sent_again(parent: Run, now: str) -> dict[int, str]:
    """What became of the rows that went out again before `now` does so; the last time counts."""
    found: dict[int, str] = {}
    for generation in range(1, parent.generations + 1):
        child = broadcasts.get(parent.organization, ids.derived(parent.id, "resend", generation))
        if child and child.id != now:
            for batch in row_files.batches(child.folder, 0, child.rows, row_files.ROWS):
                outcomes = rows.outcomes(child, batch[0][0], len(batch))
                told = zip(batch, outcomes, strict=True)
                found |= {row.extra["parent"]: outcome for (_, row), outcome in told if row.extra}
    return found
