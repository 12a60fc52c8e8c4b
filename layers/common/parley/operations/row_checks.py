"""One row of a broadcast after the other: whom it is for, what it says, when it is due, and whether it came before."""

from functools import partial

from parley.errors import Invalid, Problem
from parley.model.broadcast import SourceKind
from parley.model.capabilities import Capabilities
from parley.model.cells import is_error
from parley.model.local_times import LocalTimes
from parley.model.row_rules import Recipients, Values
from parley.model.run import Run
from parley.model.sheet import RECIPIENT, TIME_ZONE
from parley.model.template import Template
from parley.operations import row_files
from parley.operations.entries import Entry
from parley.operations.legs import collect


class RowChecks:
    """`templates` are those of the run's senders, with equal variables; the defaults are those of the first. `now`
    decides what is past (epoch milliseconds). `parts` counts the SMS of the good rows as the first sender words
    them, where the channel counts any."""

    def __init__(self, run: Run, templates: list[Template], abilities: Capabilities, now: int) -> None:
        self._now, self._due = now, run.send_at or now
        self._names = [RECIPIENT, *templates[0].variables]
        self._recipients = Recipients(abilities, run.default_country)
        self._values, *self._others = [Values(each, abilities) for each in templates]
        self._times = LocalTimes(run.wall_time, run.time_zone) if run.local_time and run.wall_time else None
        self._lines: dict[int | str, int] | None = {} if run.deduplicate else None
        self._of_sheet = run.source is SourceKind.UPLOAD
        self.parts = 0 if abilities.counts_parts else None

    def check(self, entry: Entry) -> tuple[int, str]:
        """When a good row is due, and the row as it is kept. Raises Invalid with everything that is wrong with it; the
        fields are the columns."""
        try:
            return self._checked(entry)
        except Invalid as refusal:
            raise Invalid(self._problems(entry) or refusal.problems) from None

    def _checked(self, entry: Entry) -> tuple[int, str]:
        self._check_cells(entry)
        to = self._recipients.read(entry.to)
        values = self._values.filled(entry.values)
        for other in self._others:
            other.filled(values)
        due = self._due if self._times is None else self._local(self._times, entry.zone, to)
        if self._lines is not None:
            self._check_first(self._lines, to, entry.line)
        if self.parts is not None:
            self.parts += self._values.parts(values)
        return due, row_files.text_of(entry.line, to, values, entry.extra)

    def _problems(self, entry: Entry) -> list[Problem]:
        """All that can be said of a row that is known to be bad, but for what depends on other rows."""
        found: list[Problem] = []
        collect(found, partial(self._check_cells, entry))
        if found:
            return found
        to = collect(found, partial(self._recipients.read, entry.to))
        values = collect(found, partial(self._values.filled, entry.values))
        for other in self._others if values else ():
            collect(found, partial(other.filled, values))
        if to and self._times:
            collect(found, partial(self._local, self._times, entry.zone, to))
        return found

    def _check_cells(self, entry: Entry) -> None:
        if entry.fault:
            raise Invalid([entry.fault])
        if self._of_sheet and (any(map(is_error, entry.values)) or is_error(str(entry.to))):
            cells = zip(self._names, [str(entry.to), *entry.values], strict=True)
            raise Invalid([_error(name, cell) for name, cell in cells if is_error(cell)])

    def _local(self, times: LocalTimes, zone: str, to: str) -> int:
        due = times.due(zone, to)
        if due <= self._now:
            raise Invalid([Problem(TIME_ZONE, "in_the_past", "The time is over already where this person is.")])
        return due

    def _check_first(self, lines: dict[int | str, int], to: str, line: int) -> None:
        """Numbers are kept as such, in half of the memory."""
        first = lines.setdefault(int(to[7:]) if to.startswith("phone:+") else to, line)
        if first != line:
            raise Invalid([Problem(RECIPIENT, "duplicate", f"This recipient stands in line {first:,} already.")])


def _error(column: str, cell: str) -> Problem:
    return Problem(column, "cell_error", f'The cell of "{column}" shows the error {cell}; its formula failed.')
