"""The check of a sheet of contacts: every row before the first write; and the sheet of the rows that are bad."""

import heapq
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

from parley.cloud import files
from parley.errors import Invalid, Problem
from parley.model import contact_sheet
from parley.model.contact_import import ContactImport
from parley.model.contact_sheet import Columns
from parley.operations import row_files
from parley.settings import settings
from parley.sheets import reading, writing
from parley.store import contact_imports as store

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STEP = 5000
"""Rows after which `going_on` is called."""


class Report(NamedTuple):
    """`good` and `bad` rows; the latter by the code of their first problem, too."""

    header: list[str]
    good: int
    bad: int
    reasons: dict[str, int]


def folder(found: ContactImport) -> str:
    return f"contact_imports/{found.organization_id}/{found.id}"


def bad_rows_key(found: ContactImport) -> str:
    return f"{folder(found)}/bad_rows.xlsx"


def check(found: ContactImport, upload: str, where: str, going_on: Callable[[], None]) -> Report:
    """Reads the file `upload` and writes its rows as `where`/good and `where`/bad. Raises Invalid for a sheet that
    nobody can read, or whose columns nobody can tell."""
    with tempfile.TemporaryDirectory() as place:
        path = f"{place}/sheet"
        files.fetch(upload, path)
        sheet = reading.read(path, found.filename)
        columns = contact_sheet.columns_of(sheet.header)
        with files.Puts() as puts:
            good, bad = (row_files.Writer(f"{where}/{name}", puts.put) for name in ("good", "bad"))
            reasons = _check_rows(found, sheet, columns, (good, bad), going_on)
            return Report(sheet.header, good.close(), bad.close(), reasons)


def _check_rows(
    found: ContactImport,
    sheet: reading.Sheet,
    columns: Columns,
    to: tuple[row_files.Writer, row_files.Writer],
    going_on: Callable[[], None],
) -> dict[str, int]:
    """Puts each row where it belongs, and counts the reasons of the bad ones."""
    (good, bad), reasons, most = to, Counter[str](), settings().broadcast_rows
    for line, cells in sheet.rows:
        if good.count + bad.count == most:
            told = f"An import has at most {most:,} rows, as a broadcast; divide the sheet."
            raise Invalid([Problem("upload", "too_many_rows", told)])
        try:
            row = contact_sheet.read(columns, cells, found.default_country)
        except Invalid as invalid:
            reasons[invalid.code] += 1
            bad.add(line, "", cells, {"reason": contact_sheet.told(invalid.problems)})
        else:
            keys = [each.key for each in row.identities]
            good.add(line, keys[0], cells, {"identities": keys} if len(keys) > 1 else None)
        if (good.count + bad.count) % STEP == 0:
            going_on()
    return dict(reasons)


def no_good_rows(bad: int) -> Problem:
    return Problem("upload", "no_good_rows", f"None of the {bad} rows can be imported; the sheet of bad rows says why.")


def write_bad_rows(found: ContactImport) -> dict[str, int]:
    """The sheet of all bad rows in the shape of the upload, with a column `reason`. Answers those that turned out to be
    bad after the check, by their codes."""
    late = store.late_rows(found)
    columns = contact_sheet.columns_of(found.header)
    shown = [place for place, name in enumerate(found.header) if name.strip().lower() != contact_sheet.REASON]
    with tempfile.TemporaryDirectory() as place:
        path = f"{place}/bad_rows.xlsx"
        sheet = writing.Writer(path, [*(columns.header[i] for i in shown), contact_sheet.REASON], "xlsx")
        for _, cells, reason in heapq.merge(*_bad_rows(found, late), key=itemgetter(0)):
            sheet.row([*(cells[i] for i in shown), reason])
        sheet.close()
        with Path(path).open("rb") as file:
            files.put(bad_rows_key(found), file, XLSX)
    return dict(Counter(code for code, _ in late.values()))


def _bad_rows(found: ContactImport, late: dict[int, tuple[str, str]]) -> Iterable[Iterator[tuple[int, list[str], str]]]:
    """Line, cells and reason of each that the check refused, and of each that was refused later; both by line."""
    checked = row_files.rows(f"{found.folder}/bad", 0, found.bad - len(late))
    yield ((row.line, row.values, (row.extra or {})["reason"]) for _, row in checked)
    good = row_files.rows(f"{found.folder}/good", 0, found.good if late else 0)
    yield ((row.line, row.values, late[row.line][1]) for _, row in good if row.line in late)
