"""The checked rows of a broadcast as files: JSON lines, 1,000 rows each, so that any row is found by its number."""

import json
from collections.abc import Iterable, Iterator
from functools import lru_cache
from io import BytesIO
from itertools import islice
from typing import Any, NamedTuple

from parley.cloud import files

ROWS = 1000
LARGEST = 64 << 20
JSON_LINES = "application/jsonl"


class Row(NamedTuple):
    """`line` is where a person finds it, `to` a typed address `kind:value`, `values` stand in the order of the
    template's variables. `extra`: {"parent": row of the broadcast that it sends again}."""

    line: int
    to: str
    values: list[str]
    extra: dict[str, Any] | None = None


def folder(organization: str, broadcast: str, attempt: str) -> str:
    """Each attempt at a check writes into its own folder; the one that is recorded counts."""
    return f"broadcasts/{organization}/{broadcast}/{attempt}"


def chunk_of(row: int) -> int:
    return row // ROWS


class Writer:
    """Puts rows into numbered files; `count` are the rows so far."""

    def __init__(self, folder: str) -> None:
        self.folder, self.count = folder, 0
        self._lines: list[str] = []

    def add(self, line: int, to: str, values: list[str], extra: dict[str, Any] | None = None) -> None:
        row = [line, to, values, extra] if extra else [line, to, values]
        self.add_text(json.dumps(row, ensure_ascii=False, separators=(",", ":")))

    def add_text(self, text: str) -> None:
        """A row that is JSON already."""
        self._lines.append(text)
        self.count += 1
        if len(self._lines) == ROWS:
            self._put()

    def close(self) -> int:
        if self._lines:
            self._put()
        return self.count

    def _put(self) -> None:
        name = _name(self.folder, chunk_of(self.count - 1))
        files.put(name, BytesIO("\n".join(self._lines).encode()), JSON_LINES)
        self._lines = []


def _name(folder: str, chunk: int) -> str:
    return f"{folder}/rows-{chunk:05d}.jsonl"


@lru_cache(maxsize=8)
def read(folder: str, chunk: int) -> list[Row]:
    """The rows of one file, which never changes; kept for a while, since workers need neighbours. Raises LookupError
    when it is not there."""
    found = files.read(_name(folder, chunk), LARGEST)
    if found is None:
        raise LookupError("the rows of the broadcast are gone")
    return [Row(*json.loads(line)) for line in found[1].decode().split("\n")]


def row(folder: str, number: int) -> Row:
    return read(folder, chunk_of(number))[number % ROWS]


def rows(folder: str, first: int, count: int) -> Iterator[tuple[int, Row]]:
    """Rows with their numbers, from `first` on."""
    wanted: Iterable[int] = range(first, first + count)
    yield from ((number, row(folder, number)) for number in wanted)


def batches(folder: str, first: int, count: int, size: int) -> Iterator[list[tuple[int, Row]]]:
    found = rows(folder, first, count)
    while batch := list(islice(found, size)):
        yield batch
