"""The rows that cannot be sent: counted by reason, and given back as a sheet to mend and to upload again."""

from collections import Counter
from collections.abc import Sequence
from typing import Literal

from parley.cloud import files
from parley.errors import Problem
from parley.model.broadcast_view import BadRow
from parley.operations import bad_lines
from parley.operations.entries import Entry
from parley.sheets.writing import Writer

EXAMPLES = 20
REASON, OTHER_REASON = "reason", "reason_of_refusal"
"""The last column; the second where a variable is called like the first. What was uploaded again still has it."""

TYPES = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


class BadRows:
    """`columns` are those of the rows as they were given; `path` is where the sheet is written to, if there are any."""

    def __init__(self, path: str, columns: Sequence[str], variables: Sequence[str]) -> None:
        self.reasons: Counter[str] = Counter()
        self.examples: list[BadRow] = []
        self._told = OTHER_REASON if REASON in variables else REASON
        self._places = [place for place, name in enumerate(columns) if name != self._told]
        self._path, self._columns = path, columns
        self._sheet: Writer | None = None
        self._lines: bad_lines.Writer | None = None

    def add(self, entry: Entry, problems: Sequence[Problem]) -> None:
        """The first problem counts, the sheet names them all."""
        first, reason = problems[0], " ".join(dict.fromkeys(each.reason for each in problems))
        self.reasons[first.code] += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(BadRow(line=entry.line, column=first.field, code=first.code, reason=reason))
        self._sheet = self._sheet or Writer(self._path, [*self._kept(self._columns), self._told], kind_of(self._path))
        self._sheet.row([*self._kept(entry.cells), reason])
        self._lines = self._lines or bad_lines.Writer(f"{self._path}.jsonl")
        to = entry.to if isinstance(entry.to, str) else entry.to.value
        self._lines.add(entry.line, to, entry.values, first.code, reason)

    def _kept(self, cells: Sequence[str]) -> list[str]:
        """Without a reason that was told before."""
        return [cells[place] for place in self._places]

    @property
    def count(self) -> int:
        return self.reasons.total()

    def put(self, key: str) -> None:
        """Keeps the sheet, and its lines for exports."""
        if self._sheet and self._lines:
            self._sheet.close()
            self._lines.close()
            self._lines.put(key.rpartition("/")[0])
            with open(self._path, "rb") as file:
                files.put(key, file, TYPES[kind_of(key)])


def kind_of(name: str) -> Literal["csv", "xlsx"]:
    return "csv" if name.endswith(".csv") else "xlsx"
