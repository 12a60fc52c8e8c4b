"""The process that reads a workbook within limits and writes its rows as JSON lines.

One of its own, since a few kilobytes of a hostile workbook can ask for terabytes: what breaks then is this one,
and not the job. It starts without the program's models, so that it starts at once."""

import json
import os
import resource
import sys
import tempfile
from array import array
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from parley.sheets import biff, broken, places
from parley.sheets.cells import MOST_BLANK, texts

MEMORY = 1_600_000_000
"""Of addresses, of which a million rows of ten columns use 1.3 GB, and 1.0 GB of memory."""
SECONDS = 300
BATCH = 500


def main(path: str, format: str, shown: str, hidden: str) -> None:
    """`format` is xlsx, xls or ods; `shown` and `hidden` are the names of the sheets of a downloaded workbook."""
    _limit()
    try:
        _tell(path, format, shown, hidden)
    except PasswordError:
        _say({"problem": "sheet_password"})
    except MemoryError:
        _say({"problem": "sheet_too_large"})
    except places.Outside:
        _say({"problem": "sheet_external"})
    except CalamineError as error:
        _say({"problem": "sheet_too_large" if "limit exceeded" in str(error) else "sheet_unreadable"})


def _limit() -> None:
    for kind, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS)):
        with suppress(ValueError, OSError):  # a system that has no such limit
            resource.setrlimit(kind, (most, most))


def _tell(path: str, format: str, shown: str, hidden: str) -> None:
    if format == "xls" and biff.is_protected(path):
        raise PasswordError
    book = _opened(path, format)
    _say({"hidden": _hidden(book, hidden)})
    sheet = _chosen(book, shown)
    found = broken.places(path, format, book.sheet_names.index(sheet.name))
    for frame in _frames(sheet, found):
        _say(frame)


def _opened(path: str, format: str) -> CalamineWorkbook:
    """Under a name that says what it is, else other formats are tried and the reason for a refusal is lost."""
    with tempfile.TemporaryDirectory() as desk:
        named = f"{desk}/book.{format}"
        os.symlink(os.path.abspath(path), named)
        return CalamineWorkbook.from_path(named)


def _hidden(book: CalamineWorkbook, name: str) -> str | None:
    """The text in the first cell of our own hidden sheet."""
    if name not in book.sheet_names:
        return None
    rows = book.get_sheet_by_name(name).to_python(nrows=1)
    return str(rows[0][0]) if rows and rows[0] else None


def _chosen(book: CalamineWorkbook, name: str) -> CalamineSheet:
    """The visible sheet of our name, else the first visible one, else the first."""
    tables = [each for each in book.sheets_metadata if each.typ == SheetTypeEnum.WorkSheet]
    visible = [each.name for each in tables if each.visible == SheetVisibleEnum.Visible]
    return book.get_sheet_by_name(name if name in visible else [*visible, *book.sheet_names][0])


def _frames(sheet: CalamineSheet, found: "array[places.Place]") -> Iterator[Any]:
    """Rows that are not blank, their errors written in, by the hundred."""
    batch: list[tuple[int, list[str]]] = []
    last = index = 0
    broken_row, first_column = places.row_of(found, 0), (sheet.start or (0, 0))[1]
    for number, row in enumerate(sheet.iter_rows(), 1):
        cells = texts(row)
        if number > broken_row >= 0:
            index = places.put(cells, found, index, first_column)
            broken_row = places.row_of(found, index)
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
