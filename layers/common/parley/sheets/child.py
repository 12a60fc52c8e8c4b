"""`python -m parley.sheets.child PATH SHEET HIDDEN`: reads a workbook within limits and writes its rows as JSON lines.

A process of its own, since a few kilobytes of a hostile workbook can ask for terabytes: what breaks then is this one,
and not the job. It starts without the program's models, so that it starts at once."""

import json
import resource
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetVisibleEnum,
    load_workbook,
)

from parley.sheets.cells import texts

MEMORY = 1_300_000_000
SECONDS = 300
MOST_BLANK = 1000
BATCH = 500


def main(path: str, shown: str, hidden: str) -> None:
    _limit()
    try:
        _tell(path, shown, hidden)
    except PasswordError:
        _say({"problem": "sheet_password"})
    except MemoryError:
        _say({"problem": "sheet_too_large"})
    except CalamineError:
        _say({"problem": "sheet_unreadable"})


def _limit() -> None:
    for kind, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS)):
        with suppress(ValueError, OSError):  # a system that has no such limit
            resource.setrlimit(kind, (most, most))


def _tell(path: str, shown: str, hidden: str) -> None:
    with open(path, "rb") as file:
        book = load_workbook(file)
    _say({"hidden": _hidden(book, hidden)})
    for frame in _frames(_chosen(book, shown)):
        _say(frame)


def _hidden(book: CalamineWorkbook, name: str) -> str | None:
    """The text in the first cell of our own hidden sheet."""
    if name not in book.sheet_names:
        return None
    rows = book.get_sheet_by_name(name).to_python(nrows=1)
    return str(rows[0][0]) if rows and rows[0] else None


def _chosen(book: CalamineWorkbook, name: str) -> CalamineSheet:
    """The visible sheet of our name, else the first visible one, else the first."""
    visible = [each.name for each in book.sheets_metadata if each.visible == SheetVisibleEnum.Visible]
    return book.get_sheet_by_name(name if name in visible else [*visible, *book.sheet_names][0])


def _frames(sheet: CalamineSheet) -> Iterator[Any]:
    batch: list[tuple[int, list[str]]] = []
    last = 0
    for number, row in enumerate(sheet.iter_rows(), 1):
        cells = texts(row)
        if not any(cells):
            continue
        if number - last > MOST_BLANK + 1:
            yield batch
            yield {"problem": "sheet_gap", "about": f"{number:,}"}
            return
        last = number
        batch.append((number, cells))
        if len(batch) == BATCH:
            yield batch
            batch = []
    yield batch
    yield "end"


def _say(frame: Any) -> None:
    sys.stdout.write(json.dumps(frame, ensure_ascii=False, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
