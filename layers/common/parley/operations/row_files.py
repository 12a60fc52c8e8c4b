"""The checked rows of a broadcast as files: JSON lines, 1,000 rows each, so that any row is found by its number."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from io import BytesIO
from itertools import islice
from json.encoder import encode_basestring as quoted
from typing import IO, Any, NamedTuple

from parley.cloud import files

ROWS = 1000
LARGEST = 64 << 20
JSON_LINES = "application/jsonl"


class Gone(LookupError):
    """What a check wrote was deleted."""


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


def text_of(line: int, to: str, values: Sequence[str], extra: dict[str, Any] | None = None) -> str:
    """A row as one line of JSON: [2,"phone:+34600111222",["Ana"]]."""
    more = "," + json.dumps(extra, ensure_ascii=False, separators=(",", ":")) if extra else ""
    return f"[{line},{quoted(to)},[{','.join(map(quoted, values))}]{more}]"


def to_in(text: str) -> str:
    """The address in such a line."""
    return text.split('"', 2)[1] if "\\" not in text else str(json.loads(text)[1])


def chunk_of(row: int) -> int:
    return row // ROWS


class Writer:
    """Puts rows into numbered files; `count` are the rows so far. `put` puts a file, `files.put` if left out."""

    def __init__(self, folder: str, put: Callable[[str, IO[bytes], str], None] | None = None) -> None:
        self.folder, self.count, self._put_file = folder, 0, put or files.put
        self._lines: list[str] = []

    def add(self, line: int, to: str, values: list[str], extra: dict[str, Any] | None = None) -> None:
        self.add_text(text_of(line, to, values, extra))

    def add_text(self, text: str) -> None:
        """A row as `text_of` gives it."""
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
        self._put_file(name, BytesIO("\n".join(self._lines).encode()), JSON_LINES)
        self._lines = []


def _name(folder: str, chunk: int) -> str:
    return f"{folder}/rows-{chunk:05d}.jsonl"


def names(folder: str, count: int) -> list[str]:
    """The files of so many rows."""
    return [_name(folder, chunk) for chunk in range(-(-count // ROWS))]


@lru_cache(maxsize=8)
def read(folder: str, chunk: int) -> list[Row]:
    """The rows of one file, which never changes; kept for a while, since workers need neighbours. Raises Gone when
    it is not there."""
    found = files.read(_name(folder, chunk), LARGEST)
    if found is None:
        raise Gone("the rows of the broadcast are gone")
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
