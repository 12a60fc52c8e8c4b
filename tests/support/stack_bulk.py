"""Bulk sends as a customer makes them: a downloaded sheet that is filled in, uploaded, checked, sent and exported."""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import openpyxl
import xlsxwriter

from tests.support.stack_client import Json, Organization, Shop, eventually

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TEXT = "Hello $(name), your order $(order) is ready, it costs $(price)."
COLUMNS = ["to", "name", "order", "price"]


@dataclass(frozen=True)
class Line:
    """One line of the sheet: the cell of the number as somebody typed it, and who is meant; None: it is bad."""

    cell: Any
    to: str | None
    code: str = ""
    formula: bool = False


def template(shop: Shop, name: str = "three_values", text: str = TEXT) -> str:
    """An account holds each text once: the platform refuses another template that says the same."""
    body = {"channel_id": shop.whatsapp, "name": name, "language": "en", "category": "MARKETING"}
    body |= {"components": [{"type": "BODY", "text": text}]}
    body |= {"samples": {"name": "Ana", "order": "A-19", "price": "12.50"}}
    made = shop.organization.call("POST", "/templates", body, expect=201)["id"]
    shop.organization.call("POST", f"/templates/{made}/submit")
    shown = shop.organization.template
    eventually(lambda: shown(made)["status"] == "approved", 90, lambda: shown(made))
    return str(made)


def written(path: Path, lines: list[Line]) -> bytes:
    """A workbook whose formulas have their values, as Excel saves them."""
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("Recipients")
    sheet.write_row(0, 0, COLUMNS)
    for at, line in enumerate(lines, 1):
        sheet.write(at, 0, line.cell)
        sheet.write_string(at, 1, f"Name {at}")
        if line.formula:
            sheet.write_formula(at, 2, f'="A-"&{at}', None, f"A-{at}")
        else:
            sheet.write_string(at, 2, f"A-{at}")
        sheet.write_number(at, 3, at / 4)
    book.close()
    return path.read_bytes()


def uploaded(owner: Organization, body: bytes, filename: str = "people.xlsx", kind: str = XLSX) -> str:
    upload = owner.call("POST", "/media", {"filename": filename, "content_type": kind}, expect=201)
    httpx.put(upload["url"], content=body, headers={"Content-Type": kind}).raise_for_status()
    return str(upload["id"])


def created(shop: Shop, **fields: Any) -> Json:
    body = {"name": "Offers", "channel_id": shop.whatsapp, "template": "three_values", "language": "en", **fields}
    return shop.organization.call("POST", "/broadcasts", body, expect=202)


def reaches(owner: Organization, broadcast: str, *statuses: str, within: float = 60) -> Json:
    def shown() -> Json:
        return owner.call("GET", f"/broadcasts/{broadcast}")

    eventually(lambda: shown()["status"] in statuses, within, shown, every=0.5)
    return shown()


def rows(owner: Organization, broadcast: str, **query: Any) -> list[Json]:
    """Every row, page after page."""
    found: list[Json] = []
    while True:
        page = owner.call("GET", f"/broadcasts/{broadcast}/rows", limit=100, **query)
        found += page["items"]
        if page["next"] is None:
            return found
        query["next"] = page["next"]


def exported(owner: Organization, broadcast: str) -> list[Json]:
    """The export, read by another reader: a dictionary for each of its lines."""
    body = {"kind": "broadcast_rows", "broadcast_id": broadcast, "format": "xlsx"}
    export = owner.call("POST", "/exports", body, expect=202)["id"]

    def shown() -> Json:
        return owner.call("GET", f"/exports/{export}")

    eventually(lambda: shown()["status"] in ("ready", "failed"), 60, shown, every=0.5)
    answer = httpx.get(shown()["link"])
    answer.raise_for_status()
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content), read_only=True).worksheets[0]
    header, *lines = sheet.iter_rows(values_only=True)
    return [dict(zip(map(str, header), line, strict=False)) for line in lines]
