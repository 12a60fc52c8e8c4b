"""Reading a sheet: the same rows whatever program wrote it, and every number with all its digits."""

import gc
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from parley.errors import Invalid
from parley.model.cells import is_error
from parley.model.sheet import Signature
from parley.sheets import writing
from parley.sheets.reading import Sheet, read
from python_calamine import load_workbook

from tests.support.sheets import PERSON, ROWS, Error, ods, with_rows, xls, xlsx

WRITERS = {"xlsx": xlsx, "xls": xls, "ods": ods}
each_format = pytest.mark.parametrize("format", WRITERS)


def code(path: str) -> str:
    with pytest.raises(Invalid) as caught:
        list(read(path, "people.xlsx").rows)
    [problem] = caught.value.problems
    assert (problem.field, problem.reason[-1]) == ("upload", ".")
    return problem.code


def read_cells(tmp_path: Path, *cells: Any) -> list[str]:
    """What is read of a row of an .xlsx."""
    header = [f"c{place}" for place in range(len(cells) + 1)]
    [(line, found)] = read(xlsx(tmp_path / "cells.xlsx", [header, ["x", *cells]]), "cells.xlsx").rows
    assert line == 2
    return found[1:]


@each_format
def test_reads_what_stands_there(tmp_path: Path, format: str) -> None:
    sheet = read(WRITERS[format](tmp_path / "upload"), "people.xlsx")
    assert (sheet.header, sheet.signature) == (ROWS[0], None)
    assert list(sheet.rows) == [(2, [PERSON, "Ana"]), (3, ["+34600111223", "Íñigo"])]


@each_format
def test_the_content_counts_and_not_the_name(tmp_path: Path, format: str) -> None:
    assert len(list(read(WRITERS[format](tmp_path / "people.csv"), "people.csv").rows)) == 2


@each_format
def test_numbers_keep_their_digits(tmp_path: Path, format: str) -> None:
    rows = [["to", "n"], [34600111222, 12.5], [5511999988880.0, 0.1 + 0.2], [1e14, -3], [7, 1e300]]
    found = [cells for _, cells in read(WRITERS[format](tmp_path / "x", rows), "x").rows]
    assert found[:3] == [["34600111222", "12.5"], ["5511999988880", "0.3"], ["100000000000000", "-3"]]
    assert found[3] == ["7", "1e+300"]


def test_dates_are_iso_and_truths_are_as_excel_shows_them(tmp_path: Path) -> None:
    moment = datetime(2026, 3, 1, 9, 30, 5)
    cells = [date(2026, 3, 1), moment, moment.replace(second=0), time(9, 30), timedelta(hours=30), True, False]
    shown = ["2026-03-01", "2026-03-01 09:30:05", "2026-03-01 09:30", "09:30", "30:00:00", "TRUE", "FALSE"]
    assert read_cells(tmp_path, *cells) == shown


@each_format
def test_an_error_is_no_empty_cell(tmp_path: Path, format: str) -> None:
    broken = "#N/A" if format == "xlsx" else Error()
    rows = [["to", "name"], ["1", "x"], [PERSON, broken], [broken, "y"]]
    found = [cells for _, cells in read(WRITERS[format](tmp_path / "x", rows), "x").rows]
    assert found == [["1", "x"], [PERSON, "#N/A"], ["#N/A", "y"]]
    assert is_error(found[1][1])


def test_formulas_come_as_their_values(tmp_path: Path) -> None:
    import xlsxwriter

    path = str(tmp_path / "formulas.xlsx")
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["to", "a", "b", "c"])
        for place, value in enumerate(["+34600111222", 2, "#DIV/0!", True]):
            sheet.write_formula(1, place, "=A1", None, value)
    assert [cells for _, cells in read(path, "f").rows] == [["+34600111222", "2", "#DIV/0!", "TRUE"]]


def test_a_formula_that_nobody_computed_is_no_empty_cell(tmp_path: Path) -> None:
    """openpyxl writes formulas, but computes none."""
    rows = [["to", "name"], [PERSON, '="a"&"b"'], ["=A1", "y"]]
    assert [cells for _, cells in read(xlsx(tmp_path / "x.xlsx", rows), "x").rows] == [
        [PERSON, "#ERROR!"],
        ["#ERROR!", "y"],
    ]
    path = with_rows(tmp_path / "x.xlsx", b'<row r="4"><c r="A4" t="str"><f>""</f><v></v></c></row>')
    assert len(list(read(path, "x").rows)) == 2


def test_every_broken_cell_of_a_long_column_is_found(tmp_path: Path) -> None:
    rows = [["to", "name"], *([f"+346{i:08}", "#REF!"] for i in range(3000))]
    found = [cells[1] for _, cells in read(xlsx(tmp_path / "x.xlsx", rows), "x").rows]
    assert found == ["#REF!"] * 3000


def test_lines_are_those_that_a_person_sees(tmp_path: Path) -> None:
    rows = [[], [], ["to", "name"], [], [PERSON, "Ana"], [" ", ""], ["+34600111223", ""]]
    sheet = read(xlsx(tmp_path / "x.xlsx", rows), "x")
    assert list(sheet.rows) == [(5, [PERSON, "Ana"]), (7, ["+34600111223", ""])]


def test_rows_are_as_wide_as_the_header(tmp_path: Path) -> None:
    rows = [["to", "name", ""], [PERSON], ["+34600111223", "Íñigo", "a note", "another"], ["", "", "only a note"]]
    sheet = read(xlsx(tmp_path / "x.xlsx", rows), "x")
    assert sheet.header == ["to", "name"]
    assert list(sheet.rows) == [(2, [PERSON, ""]), (3, ["+34600111223", "Íñigo"])]


def test_blanks_around_a_cell_are_no_part_of_it(tmp_path: Path) -> None:
    assert read_cells(tmp_path, "  Ana ", "\u00a0x", "a\nb ") == ["Ana", "x", "a\nb"]


def test_hidden_sheets_are_not_read(tmp_path: Path) -> None:
    book = Workbook()
    book.active.title, book.active.sheet_state = "Codes", "hidden"
    book.active.append(["nothing", "for you"])
    shown = book.create_sheet("People")
    for row in ROWS:
        shown.append(row)
    book.save(tmp_path / "x.xlsx")
    assert read(str(tmp_path / "x.xlsx"), "x").header == ["to", "name"]


def test_the_signature_comes_with_a_downloaded_sheet(tmp_path: Path) -> None:
    signature = Signature("t-1", ["to", "name"])
    path = tmp_path / "x.xlsx"
    path.write_bytes(writing.recipients(["to", "name"], [["346 (example)", "Ana"], [PERSON, "Sara"]], signature))
    sheet = read(str(path), "x")
    assert sheet.signature == signature
    assert list(sheet.rows) == [(3, [PERSON, "Sara"])]


@each_format
def test_what_has_nothing_to_send_says_so(tmp_path: Path, format: str) -> None:
    write = WRITERS[format]
    assert code(write(tmp_path / "empty", [])) == "sheet_empty"
    assert code(write(tmp_path / "header", [["to", "name"]])) == "sheet_without_rows"
    assert code(write(tmp_path / "blank", [["to"], [" "]])) == "sheet_without_rows"


def test_no_process_is_left_when_nobody_reads_on(tmp_path: Path) -> None:
    rows = [["to"], *([f"+346{i:08}"] for i in range(5000))]
    sheet = read(xlsx(tmp_path / "x.xlsx", rows), "x")
    next(sheet.rows)
    del sheet
    gc.collect()
    with pytest.raises(ChildProcessError):
        __import__("os").waitpid(-1, 0)


texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=20)
numbers = st.floats(-1e14, 1e14).map(lambda each: float(f"{each:.15g}"))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(texts, numbers), min_size=1, max_size=8))
def test_any_table_comes_back(tmp_path: Path, table: list[tuple[str, float]]) -> None:
    """Written by openpyxl: the texts as they are, the numbers as the same numbers."""
    rows = [["to", "n"], *([f"x{text}", number] for text, number in table)]
    sheet: Sheet = read(xlsx(tmp_path / "any.xlsx", rows), "any")
    found = [cells for _, cells in sheet.rows]
    assert [cells[0] for cells in found] == [f"x{text}".strip() for text, _ in table]
    assert [float(cells[1]) for cells in found] == [number for _, number in table]


def test_reads_the_same_cells_as_the_library_underneath(tmp_path: Path) -> None:
    rows = [["to", "name"], *([f"+346{i:08}", f"Name {i}"] for i in range(2000))]
    path = xlsx(tmp_path / "x.xlsx", rows)
    assert [cells for _, cells in read(path, "x").rows] == load_workbook(path).get_sheet_by_index(0).to_python()[1:]
