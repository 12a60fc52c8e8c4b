"""Tables that others open: every cell as it was, in any number of rows, and no formula that runs."""

import csv
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from parley.model.sheet import is_example
from parley.sheets import writing
from parley.sheets.reading import read
from parley.sheets.writing import Cell, Writer


def written(path: Path, rows: list[list[Cell]], format: str, columns: list[str] | None = None) -> str:
    writer = Writer(str(path), columns or ["to", "name"], "csv" if format == "csv" else "xlsx")
    for row in rows:
        writer.row(row)
    writer.close()
    return str(path)


def opened(path: str) -> list[list[object]]:
    """By openpyxl."""
    return [[cell.value for cell in row] for sheet in load_workbook(path) for row in sheet.iter_rows()]


def test_another_reader_opens_it(tmp_path: Path) -> None:
    path = written(tmp_path / "x.xlsx", [["+34600111222", 7], ["=1+1", 2.5], ["", None]], "xlsx")
    assert opened(path)[:3] == [["to", "name"], ["+34600111222", 7], ["=1+1", 2.5]]
    sheet = load_workbook(path).active
    assert (sheet["A3"].data_type, sheet.freeze_panes, sheet["A1"].font.bold) == ("s", "A2", True)


def test_numbers_that_would_lose_digits_are_texts(tmp_path: Path) -> None:
    path = written(tmp_path / "x.xlsx", [[10**15 - 1, 10**15], [12345678901234567890, -5]], "xlsx")
    assert opened(path)[1:] == [[10**15 - 1, str(10**15)], ["12345678901234567890", -5]]


def test_a_cell_holds_no_more_than_excel_takes(tmp_path: Path) -> None:
    path = written(tmp_path / "x.xlsx", [["x" * 40_000, "😀" * 20_000], ["😀" * 16_383, "y" * 32_767]], "xlsx")
    found = [cells for _, cells in read(path, "x").rows]
    assert found == [["x" * 32_767, "😀" * 16_383], ["😀" * 16_383, "y" * 32_767]]


def test_more_rows_than_a_sheet_holds_go_on_in_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "MOST_ROWS", 4)
    path = written(tmp_path / "x.xlsx", [[str(i), "x"] for i in range(7)], "xlsx")
    assert [sheet.max_row for sheet in load_workbook(path)] == [4, 4, 2]
    header = ["to", "name"]
    assert [row[0] for row in opened(path) if row != header] == [str(i) for i in range(7)]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+1+1", "'+1+1"),
        ("-x", "'-x"),
        ("\t=1", "\t'=1"),
        (" =1", " '=1"),
        ("x;=cmd|' /C calc'!A0", "x;'=cmd|' /C calc'!A0"),
        ('x;"@SUM(A1);', "x;\"'@SUM(A1);"),
        ("two\n-lines|+x", "two\n'-lines|'+x"),
        ("at 5, -10% or 1,-2", "at 5, -10% or 1,-2"),
        ("'=1", "''=1"),
        ("+34600111222", "+34600111222"),
        ("+34 600-111-222", "+34 600-111-222"),
        ("-12.5", "-12.5"),
        ("Ana", "Ana"),
        ("'tis", "'tis"),
    ],
)
def test_a_csv_has_no_formulas(tmp_path: Path, text: str, shown: str) -> None:
    path = written(tmp_path / "x.csv", [[text, 1]], "csv")
    with open(path, encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [["to", "name"], [shown, "1"]]
    assert next(read(path, "x").rows)[1] == [text.strip(), "1"]


def test_a_csv_tells_excel_its_encoding(tmp_path: Path) -> None:
    path = Path(written(tmp_path / "x.csv", [["Íñigo", None]], "csv"))
    assert path.read_bytes() == "\ufeffto,name\r\nÍñigo,\r\n".encode()


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text("'\"=+-@;|\t\r\n ,x1", max_size=12), separator=st.sampled_from(",;\t|"))
def test_whoever_parts_a_csv_elsewhere_finds_no_formula_and_we_find_the_text(
    tmp_path: Path, text: str, separator: str
) -> None:
    path = written(tmp_path / "x.csv", [[f"x{text}", text, "end"]], "csv", ["to", "name", "last"])
    assert next(read(path, "x").rows)[1] == [f"x{text}".strip(), text.strip(), "end"]
    with open(path, encoding="utf-8-sig", newline="") as file:
        found = [cell for row in csv.reader(file, delimiter=separator) for cell in row]
    assert [cell for cell in found if cell[:1] in {*"=+-@"} and not writing.NUMBER.fullmatch(cell)] == []


texts = st.text(st.characters(codec="utf-8", exclude_characters="\0\r\ufeff"), max_size=15).filter(
    lambda text: not is_example(f"x{text}")
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=6), st.sampled_from(["xlsx", "csv"]))
def test_what_is_written_is_read(tmp_path: Path, table: list[tuple[str, str]], format: str) -> None:
    """Whatever stands in it, control characters and what looks like an escape included."""
    path = written(tmp_path / f"any.{format}", [[f"x{first}", second] for first, second in table], format)
    found = [cells for _, cells in read(path, "any").rows]
    assert found == [[f"x{first}".strip(), second.strip()] for first, second in table]
