"""What is no sheet, or more than a sheet: refused with a code and a sentence, in seconds and in little memory."""

import os
import random
import resource
from collections.abc import Callable
from pathlib import Path

import pytest
from parley.errors import Invalid
from parley.sheets.reading import read

from tests.support.sheets import ROWS, ods, patched, with_rows, xls, xlsx

Change = Callable[[bytes], bytes]


def code(path: str, name: str = "people.xlsx") -> str:
    with pytest.raises(Invalid) as caught:
        list(read(path, name).rows)
    assert [each.field for each in caught.value.problems] == ["upload"]
    return caught.value.code


def after(mark: bytes, text: bytes) -> Change:
    return lambda part: part.replace(mark, mark + text, 1)


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.4 people",
        b"\x89PNG\r\n\x1a\n" + bytes(50),
        b"<html><table><tr><td>to</td></tr></table>",
        b"\xef\xbb\xbf\n <!DOCTYPE html><table>",
        b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
        b"\x1f\x8b\x08" + bytes(50),
        bytes(range(256)) * 20,
    ],
)
def test_something_else_with_the_name_of_a_sheet(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x").write_bytes(content)
    assert code(str(tmp_path / "x")) == "sheet_format"


def test_another_file_of_office_is_no_sheet(tmp_path: Path) -> None:
    path = Path(xlsx(tmp_path / "x.xlsx"))
    path.write_bytes(path.read_bytes().replace(b"xl/workbook.xml", b"xl/workbook.bin"))
    assert code(str(path)) == "sheet_format"


@pytest.mark.parametrize("content", [b"", b"\n \r\n\t", b"\xef\xbb\xbf"])
def test_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x").write_bytes(content)
    assert code(str(tmp_path / "x")) == "sheet_empty"


@pytest.mark.parametrize("write", [xlsx, xls, ods])
@pytest.mark.parametrize("left", [0.5, 0.05])
def test_half_a_file(tmp_path: Path, write: Callable[[Path], str], left: float) -> None:
    path = Path(write(tmp_path / "x"))
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * left)])
    assert code(str(path)) == "sheet_unreadable"


def test_an_old_sheet_with_a_password(tmp_path: Path) -> None:
    path = Path(xls(tmp_path / "x.xls"))
    path.write_bytes(path.read_bytes().replace(b"\xe1\x00\x02\x00", b"\x2f\x00\x02\x00", 1))
    assert code(str(path)) == "sheet_password"


def test_a_new_sheet_with_a_password(tmp_path: Path) -> None:
    """Office packs what it encrypts into the container of the old formats."""
    path = Path(xls(tmp_path / "x.xls"))
    whole = bytearray(path.read_bytes())
    old, new = "Workbook".encode("utf-16-le"), "EncryptedPackage".encode("utf-16-le")
    at = whole.index(old)
    whole[at : at + len(new)] = new
    whole[at + 64 : at + 66] = (len(new) + 2).to_bytes(2, "little")
    path.write_bytes(whole)
    assert code(str(path)) == "sheet_password"


def test_an_open_document_with_a_password(tmp_path: Path) -> None:
    end = b"</manifest:manifest>"
    change: dict[str, Change] = {
        "META-INF/manifest.xml": lambda part: part.replace(end, b"<manifest:encryption-data/>" + end)
    }
    ods(tmp_path / "x.ods")
    assert code(patched(tmp_path / "x.ods", change)) == "sheet_password"


LINK = b'<Relationship Id="rId99" Type="http://x/externalLinkPath" Target="file:///c:/x" TargetMode="External"/>'


@pytest.mark.parametrize(
    "change",
    [
        {"xl/externalLinks/externalLink1.xml": lambda _: b"<externalLink/>"},
        {"xl/connections.xml": lambda _: b"<connections/>"},
        {"xl/_rels/workbook.xml.rels": lambda part: part.replace(b"</Relationships>", LINK + b"</Relationships>")},
        {"xl/styles.xml": lambda part: b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + part},
    ],
)
def test_data_from_elsewhere(tmp_path: Path, change: dict[str, Change]) -> None:
    xlsx(tmp_path / "x.xlsx")
    assert code(patched(tmp_path / "x.xlsx", change)) == "sheet_external"


def test_data_from_elsewhere_in_an_open_document(tmp_path: Path) -> None:
    ods(tmp_path / "x.ods")
    change = after(b"<office:spreadsheet>", b"<table:dde-links><table:dde-link/></table:dde-links>")
    assert code(patched(tmp_path / "x.ods", {"content.xml": change})) == "sheet_external"


def test_data_from_elsewhere_in_an_old_sheet(tmp_path: Path) -> None:
    """A record that names another file, in the place of a font."""
    path = Path(xls(tmp_path / "x.xls"))
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"\x31\x00\x15\x00", b"\xae\x01\x15\x00", 1))
    assert code(str(path)) == "sheet_external"


def test_links_that_people_click_are_welcome(tmp_path: Path) -> None:
    xlsx(tmp_path / "x.xlsx")
    link = LINK.replace(b"externalLinkPath", b"hyperlink")
    change: Change = lambda part: part.replace(b"</Relationships>", link + b"</Relationships>")  # noqa: E731
    path = patched(tmp_path / "x.xlsx", {"xl/_rels/workbook.xml.rels": change})
    assert len(list(read(path, "x").rows)) == 2


@pytest.mark.parametrize("text", [b"<Relationship ", b'TargetMode="External" ', b"a:"])
def test_links_that_never_close_take_no_time(tmp_path: Path, text: bytes) -> None:
    """Five megabytes that pack into a few thousand bytes; a search that starts anew at each would take days."""
    change = after(b"<Relationship ", text * (5_000_000 // len(text)))
    assert code(patched(Path(xlsx(tmp_path / "x.xlsx")), {"xl/_rels/workbook.xml.rels": change})).startswith("sheet_")


def test_what_unpacks_to_far_too_much(tmp_path: Path) -> None:
    xlsx(tmp_path / "x.xlsx")
    assert code(patched(tmp_path / "x.xlsx", {"docProps/app.xml": lambda _: bytes(50_000_000)})) == "sheet_bomb"
    many: dict[str, Change] = {f"xl/media/{i}.png": lambda _: b"x" for i in range(2001)}
    assert code(patched(tmp_path / "y.xlsx", many) if xlsx(tmp_path / "y.xlsx") else "") == "sheet_bomb"


def test_an_archive_inside(tmp_path: Path) -> None:
    inner = Path(xlsx(tmp_path / "x.xlsx")).read_bytes()
    assert code(patched(tmp_path / "x.xlsx", {"xl/media/image1.png": lambda _: inner})) == "sheet_bomb"


@pytest.mark.parametrize(
    "rows",
    [
        b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        b'<row r="4000000000"><c r="A4000000000"><v>1</v></c></row>',
    ],
)
def test_a_cell_that_makes_the_sheet_enormous(tmp_path: Path, rows: bytes) -> None:
    xlsx(tmp_path / "x.xlsx")
    assert code(with_rows(tmp_path / "x.xlsx", rows)) == "sheet_too_large"
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 1_600_000


def test_a_text_that_stands_in_a_hundred_thousand_cells(tmp_path: Path) -> None:
    """3 GB of text out of a file of 300 kB."""
    xlsx(tmp_path / "x.xlsx")
    main = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    shared = b'<sst xmlns="%s"><si><t>%s</t></si></sst>' % (main, b"A" * 32_000)
    patched(tmp_path / "x.xlsx", {"xl/sharedStrings.xml": lambda _: shared})
    rows = b"".join(b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (i, i) for i in range(4, 100_000))
    assert code(with_rows(tmp_path / "x.xlsx", rows)) == "sheet_too_large"


def test_cells_that_repeat_for_ever(tmp_path: Path) -> None:
    ods(tmp_path / "x.ods")
    full = b'office:value-type="float" office:value="1" table:number-columns-repeated="16000"'
    change: Change = lambda part: part.replace(b'table:number-columns-repeated="1024"', full)  # noqa: E731
    assert code(patched(tmp_path / "x.ods", {"content.xml": change})) == "sheet_too_large"


def test_rows_that_are_only_painted_end(tmp_path: Path) -> None:
    xlsx(tmp_path / "x.xlsx")
    rows = b"".join(b'<row r="%d"><c r="A%d" s="0"/><c r="B%d" s="0"/></row>' % (i, i, i) for i in range(4, 300_000))
    assert len(list(read(with_rows(tmp_path / "x.xlsx", rows), "x").rows)) == 2


def test_a_row_far_below_is_told_and_not_lost(tmp_path: Path) -> None:
    xlsx(tmp_path / "x.xlsx")
    path = with_rows(tmp_path / "x.xlsx", b'<row r="1004"><c r="A1004"><v>346001</v></c></row>')
    assert list(read(path, "x").rows)[-1] == (1004, ["346001", ""])
    path = with_rows(tmp_path / "x.xlsx", b'<row r="2006"><c r="A2006"><v>346001</v></c></row>')
    rows = read(path, "x").rows
    with pytest.raises(Invalid, match=r"Row 2,006 stands below more than 1,000 empty rows"):
        list(rows)


@pytest.mark.parametrize("write", [xlsx, xls, ods])
def test_whatever_is_damaged_is_read_or_refused(tmp_path: Path, write: Callable[[Path], str]) -> None:
    path = Path(write(tmp_path / "x"))
    whole, dice = path.read_bytes(), random.Random(3)
    for _ in range(12):
        broken = bytearray(whole)
        for _ in range(dice.choice((1, 5, 50))):
            broken[dice.randrange(len(broken))] = dice.randrange(256)
        path.write_bytes(broken)
        try:
            found = list(read(str(path), "x").rows)
        except Invalid:
            continue
        assert len(found) <= 1_048_576


def test_the_process_that_reads_has_no_credentials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import subprocess

    given: dict[str, str] = {}
    original = subprocess.Popen

    def started(command: list[str], **options: object) -> "subprocess.Popen[bytes]":
        given.update(options["env"])  # type: ignore[arg-type]
        return original(command, **options)  # type: ignore[call-overload, no-any-return]

    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setattr(subprocess, "Popen", started)
    assert len(list(read(xlsx(tmp_path / "x.xlsx", ROWS), "x").rows)) == 2
    assert given
    assert not any("AWS" in name for name in given)
    assert "AWS_SECRET_ACCESS_KEY" in os.environ
