"""Writing sheets: the one that people fill in with recipients, and tables of any length."""

import csv
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any, Literal

from xlsxwriter import Workbook

from parley.model.sheet import HIDDEN_SHEET, SHEET, Signature
from parley.sheets import formulas

Cell = str | int | float | None
MOST_ROWS = 1_048_576
"""Of one sheet; what is more goes on in another one."""
MOST_COLUMNS = 16_384
LONGEST = 32_767
"""Characters of a cell, counted as UTF-16."""
EXACT = 10**15
"""Numbers from here on lose digits in a spreadsheet, so they are written as texts."""
WIDTH = 22
CREATED = datetime(2026, 1, 1, tzinfo=UTC)
"""The same sheet is the same bytes, whenever it is downloaded."""
MARK = "\ufeff"
"""Tells Excel that a CSV is UTF-8."""
NUMBER = re.compile(r"[+-]?[\d \xa0\u202f().,-]*")
MAY = {"insert_rows": True, "delete_rows": True, "format_cells": True, "format_columns": True, "sort": True}
"""What the protection leaves to the person who fills a sheet in."""


def recipients(columns: list[str], examples: list[list[str]], signature: Signature) -> bytes:
    """An .xlsx to fill in: a locked header, free cells that keep what is typed as text, and the signature in a sheet
    that is not shown."""
    file = BytesIO()
    book = Workbook(file, {"in_memory": True})
    book.set_properties({"created": CREATED})
    sheet, hidden = book.add_worksheet(SHEET), book.add_worksheet(HIDDEN_SHEET)
    text, header = {"num_format": "@"}, {"bold": True, "bottom": 1, "locked": True}
    sheet.set_column(0, MOST_COLUMNS - 1, WIDTH, book.add_format({**text, "locked": False}))
    sheet.write_row(0, 0, columns, book.add_format({**text, **header}))
    for number, example in enumerate(examples, 1):
        for place, value in enumerate(example):
            sheet.write_string(number, place, value, book.add_format({**text, "locked": False, "italic": True}))
    sheet.freeze_panes(1, 0)
    sheet.protect("", MAY)
    hidden.write_string(0, 0, signature.to_text())
    hidden.very_hidden()
    book.close()
    return file.getvalue()


def recipients_csv(columns: list[str], examples: list[list[str]]) -> str:
    """The same as text, which cannot carry a signature."""
    file = StringIO(newline="")
    csv.writer(file).writerows([map(_harmless, row) for row in [columns, *examples]])
    return MARK + file.getvalue()


class Writer:
    """Writes a table row by row in constant memory; `close` completes the file, and an .xlsx takes some ten times its
    size beside it until then. More rows than a sheet of Excel holds go on in further sheets, each with the header.
    What a spreadsheet would take for a formula in a CSV has an apostrophe before it, which `reading.read` takes off."""

    def __init__(self, path: str, columns: list[str], format: Literal["xlsx", "csv"]) -> None:
        self._writer: _Excel | _Text = _Excel(path, columns) if format == "xlsx" else _Text(path, columns)

    def row(self, cells: Sequence[Cell]) -> None:
        self._writer.row(cells)

    def close(self) -> None:
        self._writer.close()


class _Excel:
    def __init__(self, path: str, columns: list[str]) -> None:
        self._columns = columns
        beside = {"tmpdir": str(Path(path).parent)}
        self._book = Workbook(path, {"constant_memory": True, "nan_inf_to_errors": True, **beside})
        self._book.use_zip64()
        self._bold = self._book.add_format({"bold": True})
        self._begin()

    def _begin(self) -> None:
        self._sheet: Any = self._book.add_worksheet()
        self._sheet.freeze_panes(1, 0)
        for place, name in enumerate(self._columns):
            self._sheet.write_string(0, place, _short(name), self._bold)
        self._next = 1

    def row(self, cells: Sequence[Cell]) -> None:
        if self._next == MOST_ROWS:
            self._begin()
        for place, cell in enumerate(cells):
            if isinstance(cell, str):
                self._sheet.write_string(self._next, place, _short(cell))
            elif cell is not None:
                self._number(place, cell)
        self._next += 1

    def _number(self, place: int, number: float) -> None:
        if abs(number) < EXACT:
            self._sheet.write_number(self._next, place, number)
        else:
            self._sheet.write_string(self._next, place, str(number))

    def close(self) -> None:
        self._book.close()


class _Text:
    def __init__(self, path: str, columns: list[str]) -> None:
        self._file = open(path, "w", encoding="utf-8", newline="")  # noqa: SIM115 (closed by close)
        self._file.write(MARK)
        self._writer = csv.writer(self._file)
        self.row(columns)

    def row(self, cells: Sequence[Cell]) -> None:
        self._writer.writerow([_harmless(cell) if isinstance(cell, str) else cell for cell in cells])

    def close(self) -> None:
        self._file.close()


def _harmless(text: str) -> str:
    """A CSV from elsewhere must not run formulas on the computer of whoever opens it."""
    return text if NUMBER.fullmatch(text) else formulas.hidden(text)


def _short(text: str) -> str:
    """What a cell holds; nobody sends more than that in one variable."""
    if len(text) * 2 <= LONGEST or len(text.encode("utf-16-le", "surrogatepass")) // 2 <= LONGEST:
        return text
    return text.encode("utf-16-le", "surrogatepass")[: LONGEST * 2].decode("utf-16-le", "ignore")
