"""The rows that a check refused, as lines of JSON beside their sheet: with their places and codes, for exports."""

import json
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from parley.cloud import files
from parley.operations.row_files import Gone

JSON_LINES = "application/jsonl"


class BadLine(NamedTuple):
    """`line` is where a person finds it, `to` and `values` (in the order of the template's variables) as they were
    given, `code` that of its first problem, `reason` tells them all."""

    line: int
    to: str
    values: list[str]
    code: str
    reason: str


class Writer:
    """Collects them on disk, at `path`."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._file = open(path, "w", encoding="utf-8", newline="\n")  # noqa: SIM115 - closed by `close`

    def add(self, line: int, to: str, values: Sequence[str], code: str, reason: str) -> None:
        row = [line, to, [*values], code, reason]
        self._file.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")

    def close(self) -> None:
        self._file.close()

    def put(self, folder: str) -> None:
        """Keeps them in the folder of the check, once closed."""
        with open(self._path, "rb") as file:
            files.put(key(folder), file, JSON_LINES)


def read(folder: str, desk: str) -> Iterator[BadLine]:
    """Those of a check, in their order. `desk` is a folder on disk. Raises Gone when they are gone."""
    if files.size(key(folder)) is None:
        raise Gone("the bad rows of the broadcast are gone")
    path = f"{desk}/bad_rows.jsonl"
    files.fetch(key(folder), path)
    with open(path, encoding="utf-8", newline="\n") as file:
        for line in file:
            yield BadLine(*json.loads(line))


def key(folder: str) -> str:
    """Where those of a check lie."""
    return f"{folder}/bad_rows.jsonl"
