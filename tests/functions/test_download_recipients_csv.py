"""download_recipients_csv: the same sheet for people without a spreadsheet program of Microsoft's."""

from base64 import b64decode
from pathlib import Path

from parley.model.sheet import check_header
from parley.sheets.reading import read

from tests.support import builders
from tests.support.builders import CHAT, TELEGRAM, TEMPLATE
from tests.support.events import call, request
from tests.support.invoke import invoke


def download() -> bytes:
    return b64decode(invoke("download_recipients_csv", request("download_recipients_csv"))["body"])


def test_has_the_columns_and_an_example() -> None:
    builders.story()
    assert download().decode("utf-8-sig").splitlines() == ["to,order,name", "34600111222 (example),A-19,Ana"]


def test_is_text_with_a_name() -> None:
    builders.story()
    answer = call("download_recipients_csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="order_ready.en.csv"'


def test_what_is_filled_in_is_read(tmp_path: Path) -> None:
    builders.story()
    path = tmp_path / "filled.csv"
    path.write_bytes(download() + "+34600111222,A-7,Íñigo\r\n".encode())
    sheet = read(str(path), "filled.csv")
    assert check_header(sheet.header, sheet.signature, ["to", "order", "name"], TEMPLATE) == []
    assert list(sheet.rows) == [(3, ["+34600111222", "A-7", "Íñigo"])]


def test_the_example_is_an_address_of_the_channel() -> None:
    builders.story()
    builders.telegram()
    builders.template("2f0c7c0e-5d0b-4a63-9a35-0f0d5b7c1e22", channel_id=TELEGRAM, name="news", provider_id=None)
    event = request("download_recipients_csv", path={"template_id": "2f0c7c0e-5d0b-4a63-9a35-0f0d5b7c1e22"})
    text = b64decode(invoke("download_recipients_csv", event)["body"]).decode("utf-8-sig")
    assert text.splitlines()[1].startswith(f"{CHAT} (example),")
