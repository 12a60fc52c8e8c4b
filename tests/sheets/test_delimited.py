"""Tables as text: any common encoding and separator, and no row that slips away."""

import codecs
import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from parley.errors import Invalid
from parley.sheets.reading import read

TEXT = "to,name\r\n+34600111222,Íñigo \u2013 €\r\n"


def rows(path: Path, content: bytes | str, name: str = "people.csv") -> list[tuple[int, list[str]]]:
    """The header as line 0, then what stands below."""
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    sheet = read(str(path), name)
    return [(0, sheet.header), *sheet.rows]


def code(path: Path, content: bytes | str) -> str:
    with pytest.raises(Invalid) as caught:
        rows(path, content)
    return caught.value.code


@pytest.mark.parametrize(
    "encoded",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        TEXT.encode("utf-16"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        TEXT.encode("cp1252"),
    ],
)
def test_reads_every_common_encoding(tmp_path: Path, encoded: bytes) -> None:
    assert rows(tmp_path / "x", encoded) == [(0, ["to", "name"]), (2, ["+34600111222", "Íñigo \u2013 €"])]


@pytest.mark.parametrize(
    "content",
    [
        "to,name\n1,Привет мир\n".encode("cp1251"),
        "to,name\n1,こんにちは\n".encode("shift-jis"),
        "to,name\n1,你好世界\n".encode("gbk"),
        "to,name\n1,Paweł Wałęsa\n".encode("cp1250"),
        "to,name\n1,Ayşe Şahin\n".encode("cp1254"),
        "to,name\n1,Íñigo Ñandú àéî\n".encode() + b"2,\xff\n",
        codecs.BOM_UTF8 + b"to,name\n1,\xe1\n",
        codecs.BOM_UTF16_LE + b"t\0o\0\n\0\x00\xd8x\0",
    ],
)
def test_what_could_be_read_wrongly_is_refused(tmp_path: Path, content: bytes) -> None:
    """A name in the wrong letters must not be sent to anybody."""
    assert code(tmp_path / "x", content) == "sheet_encoding"


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_reads_every_common_separator(tmp_path: Path, separator: str, end: str) -> None:
    lines = [["to", "name", "price"], ["+34600111222", "Ana", "1"], ["+34600111223", "Eva", "2"]]
    content = end.join(separator.join(line) for line in lines)
    assert [cells for _, cells in rows(tmp_path / "x", content)] == lines


@pytest.mark.parametrize(
    ("content", "cells"),
    [
        ("to;name, or what\n1;a, b\n2;c\n", ["1", "a, b"]),
        ("to;price\n1;12,50\n2;7,00\n", ["1", "12,50"]),
        ("to\n+34600111222\n", ["+34600111222"]),
        ("sep=;\nto;name\n1;x,y\n", ["1", "x,y"]),
        ('"to","na|me"\n"1","x"\n', ["1", "x"]),
    ],
)
def test_takes_the_separator_that_makes_columns(tmp_path: Path, content: str, cells: list[str]) -> None:
    assert rows(tmp_path / "x", content)[1][1] == cells


def test_quotes_hold_separators_line_ends_and_quotes(tmp_path: Path) -> None:
    content = 'to,name\n1,"a, ""b""\nc"\n2,5" pipe\n'
    assert rows(tmp_path / "x", content)[1:] == [(2, ["1", 'a, "b"\nc']), (3, ["2", '5" pipe'])]


def test_a_quote_that_does_not_close_swallows_nothing(tmp_path: Path) -> None:
    content = 'to,name\n1,Ana\n2,"Eva\n' + "".join(f"{i},x\n" for i in range(3, 3000))
    assert code(tmp_path / "x", content) == "sheet_quotes"
    assert code(tmp_path / "x", 'to,name\n1,"Joe" Smith\n') == "sheet_quotes"


def test_a_cell_that_is_too_long_is_told_as_such(tmp_path: Path) -> None:
    assert code(tmp_path / "x", f"to,name\n1,{'x' * 131_073}\n") == "sheet_cell"
    assert len(rows(tmp_path / "x", f"to,name\n1,{'x' * 131_072}\n")) == 2


def test_the_name_of_the_row_is_told(tmp_path: Path) -> None:
    (tmp_path / "x").write_text('to,name\n1,Ana\n2,"Eva" x\n')
    with pytest.raises(Invalid, match="Around row 3 "):
        list(read(str(tmp_path / "x"), "x").rows)


def test_lines_count_as_a_spreadsheet_counts_them(tmp_path: Path) -> None:
    content = '\nto,name\n1,"a\nb"\n\n , \n2,c\n'
    assert rows(tmp_path / "x", content) == [(0, ["to", "name"]), (3, ["1", "a\nb"]), (6, ["2", "c"])]


def test_a_row_far_below_is_told_and_not_lost(tmp_path: Path) -> None:
    assert len(rows(tmp_path / "x", "to\n1\n" + "\n" * 1000 + "2\n")) == 3
    assert code(tmp_path / "x", "to\n1\n" + "\n" * 1001 + "2\n") == "sheet_gap"
    assert len(rows(tmp_path / "x", "to,name\n1,x\n" + ",\n" * 5000)) == 2


@pytest.mark.parametrize("text", [",", '"\n",'])
def test_a_row_that_never_ends_is_not_taken_apart(tmp_path: Path, text: str) -> None:
    assert code(tmp_path / "x.csv", "to,name\n" + text * (9_000_000 // len(text))) == "sheet_too_large"


@pytest.mark.parametrize("first", ['sep="', "sep="])
def test_what_can_separate_nothing_is_no_separator(tmp_path: Path, first: str) -> None:
    assert rows(tmp_path / "x.csv", f"{first}\r\n+34600111222\r\n") == [(0, [first]), (2, ["+34600111222"])]


def test_an_apostrophe_that_hides_a_formula_is_no_part_of_the_text(tmp_path: Path) -> None:
    found = rows(tmp_path / "x", "to,name\n'+34600111222,'=SUM(A1)\n1,'tis\n")
    assert [cells for _, cells in found[1:]] == [["+34600111222", "=SUM(A1)"], ["1", "'tis"]]


def test_numbers_stay_as_they_are_written(tmp_path: Path) -> None:
    assert rows(tmp_path / "x", "to,n\n5.512E+12,007\n")[1][1] == ["5.512E+12", "007"]


def test_only_a_header_and_nothing_at_all(tmp_path: Path) -> None:
    assert code(tmp_path / "x", "to,name\r\n") == "sheet_without_rows"
    assert code(tmp_path / "x", ",,\r\n,\r\n") == "sheet_empty"


cells = st.text(st.characters(codec="utf-8", exclude_characters="\0'\ufeff"), max_size=12)
"""Apostrophes have a test of their own."""


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(cells, cells), min_size=1, max_size=6),
    st.sampled_from(",;\t|"),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_any_table_comes_back(tmp_path: Path, table: list[tuple[str, str]], separator: str, encoding: str) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator, quoting=csv.QUOTE_ALL)
    writer.writerows([["to", "name"], *([f"x{first}", second] for first, second in table)])
    found = rows(tmp_path / "x", text.getvalue().encode(encoding))
    assert [row for _, row in found[1:]] == [[f"x{first}".strip(), second.strip()] for first, second in table]
