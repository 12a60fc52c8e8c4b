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
    """`columns` are those of the rows as they were given; `path` is where the sheet is written to."""

    def __init__(self, path: str, columns: Sequence[str], variables: Sequence[str]) -> None:
        self.reasons: Counter[str] = Counter()
        self.examples: list[BadRow] = []
        told = OTHER_REASON if REASON in variables else REASON
        self._places = [place for place, name in enumerate(columns) if name != told]
        self._path, format = path, kind_of(path)
        self._sheet = Writer(path, [*(columns[place] for place in self._places), told], format)
        self._lines = bad_lines.Writer(f"{path}.jsonl")

    def add(self, entry: Entry, problems: Sequence[Problem]) -> None:
        """The first problem counts, the sheet names them all."""
        first, reason = problems[0], " ".join(dict.fromkeys(each.reason for each in problems))
        self.reasons[first.code] += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(BadRow(line=entry.line, column=first.field, code=first.code, reason=reason))
        self._sheet.row([*(entry.cells[place] for place in self._places), reason])
        to = entry.to if isinstance(entry.to, str) else entry.to.value
        self._lines.add(entry.line, to, entry.values, first.code, reason)

    @property
    def count(self) -> int:
        return self.reasons.total()

    def put(self, key: str) -> None:
        """Keeps the sheet, and its lines for exports, if there is a row in it."""
        self._sheet.close()
        self._lines.close()
        if self.count:
            with open(self._path, "rb") as file:
                files.put(key, file, TYPES[kind_of(key)])
            self._lines.put(key.rpartition("/")[0])


def kind_of(name: str) -> Literal["csv", "xlsx"]:
    return "csv" if name.endswith(".csv") else "xlsx"
