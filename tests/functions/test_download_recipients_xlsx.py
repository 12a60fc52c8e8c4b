"""download_recipients_xlsx: a sheet to fill in, which the upload recognizes, whoever edited it."""

from base64 import b64decode
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from parley.errors import Invalid
from parley.model.sheet import HIDDEN_SHEET, SHEET, check_header, is_example
from parley.model.template import TemplateStatus
from parley.sheets.reading import read

from tests.support import builders
from tests.support.builders import ORGANIZATION, STRANGER, TEMPLATE
from tests.support.events import call, refused, request
from tests.support.invoke import invoke


def download() -> bytes:
    reply = invoke("download_recipients_xlsx", request("download_recipients_xlsx"))
    assert (reply["statusCode"], reply["isBase64Encoded"]) == (200, True)
    return b64decode(reply["body"])


def opened() -> Workbook:
    return load_workbook(BytesIO(download()))


@pytest.fixture(autouse=True)
def _story(wire: object) -> None:
    builders.story()


def test_has_a_column_for_each_variable_and_a_row_of_examples() -> None:
    sheet = opened()[SHEET]
    header, example = ([cell.value for cell in row] for row in sheet.iter_rows(max_col=3))
    assert header == ["to", "order", "name"]
    assert is_example(str(example[0]))
    assert example[1:] == ["A-19", "Ana"]


def test_only_the_header_is_locked_and_cells_keep_what_is_typed() -> None:
    sheet = opened()[SHEET]
    assert (sheet.protection.sheet, sheet.protection.password) == (True, None)
    assert not sheet.protection.deleteRows, "rows may be deleted"
    assert [sheet[cell].protection.locked for cell in ("A1", "C1", "A2", "C2")] == [True, True, False, False]
    assert (sheet["A2"].number_format, sheet.freeze_panes) == ("@", "A2")
    (columns,) = {(each.protection.locked, each.number_format) for each in sheet.column_dimensions.values()}
    assert columns == (False, "@")


def test_the_signature_is_not_shown() -> None:
    assert opened()[HIDDEN_SHEET].sheet_state == "veryHidden"


def test_is_a_file_with_the_name_of_the_template() -> None:
    answer = call("download_recipients_xlsx")
    assert answer.headers["content-type"].endswith("spreadsheetml.sheet")
    assert answer.headers["content-disposition"] == 'attachment; filename="order_ready.en.xlsx"'


def filled_in(tmp_path: Path, **changes: str) -> str:
    """The download with Sara below the example, saved by another program."""
    book = opened()
    sheet = book[SHEET]
    for place, value in (changes | {"A3": "+34600111222", "B3": "A-7", "C3": "Sara"}).items():
        sheet[place] = value
    path = tmp_path / "filled.xlsx"
    book.save(path)
    return str(path)


def test_what_is_filled_in_is_read_without_the_example(tmp_path: Path) -> None:
    sheet = read(filled_in(tmp_path), "filled.xlsx")
    assert check_header(sheet.header, sheet.signature, ["to", "order", "name"], TEMPLATE) == []
    assert list(sheet.rows) == [(3, ["+34600111222", "A-7", "Sara"])]


def test_each_edited_cell_of_the_header_is_named(tmp_path: Path) -> None:
    sheet = read(filled_in(tmp_path, B1="Nombre", C1=""), "filled.xlsx")
    problems = check_header(sheet.header, sheet.signature, ["to", "order", "name"], TEMPLATE)
    assert [(each.field, each.code) for each in problems] == [
        ("upload.B1", "header_edited"),
        ("upload.C1", "header_edited"),
    ]
    assert '"order"' in problems[0].reason
    assert '"Nombre"' in problems[0].reason


def test_an_unchanged_download_has_no_recipients(tmp_path: Path) -> None:
    path = tmp_path / "same.xlsx"
    path.write_bytes(download())
    with pytest.raises(Invalid) as caught:
        read(str(path), "same.xlsx")
    assert caught.value.code == "sheet_without_rows"


def test_a_template_that_is_not_approved_has_no_sheet_yet() -> None:
    builders.template("draft-1", name="other", status=TemplateStatus.DRAFT, provider_id=None)
    answer = call("download_recipients_xlsx", path={"template_id": "draft-1"})
    assert refused(answer) == (409, "template_not_approved", [])


def test_an_archived_template_has_no_sheet() -> None:
    builders.template("old-1", name="other", archived=True, provider_id=None)
    answer = call("download_recipients_xlsx", path={"template_id": "old-1"})
    assert refused(answer) == (409, "template_archived", [])


def test_the_templates_of_others_do_not_exist() -> None:
    assert refused(call("download_recipients_xlsx", organization=STRANGER)) == (404, "not_found", [])
    assert call("download_recipients_xlsx", organization=ORGANIZATION).status == 200
