"""Spreadsheets as other programs write them."""

import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P
from openpyxl import Workbook

Rows = Sequence[Sequence[Any]]
PERSON = "+34600111222"
ROWS: Rows = [["to", "name"], [PERSON, "Ana"], ["+34600111223", "Íñigo"]]


def xlsx(path: Path, rows: Rows = ROWS) -> str:
    """By openpyxl."""
    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    book.save(path)
    return str(path)


def xls(path: Path, rows: Rows = ROWS) -> str:
    """Of the time before 2007; an `Error` is a broken cell."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("Sheet1")
    for number, row in enumerate(rows):
        for place, cell in enumerate(row):
            if isinstance(cell, Error):
                sheet.row(number).set_cell_error(place, cell.code)
            else:
                sheet.write(number, place, cell)
    book.save(str(path))
    return str(path)


class Error:
    """#N/A, as .xls and LibreOffice keep it."""

    code = 0x2A


def ods(path: Path, rows: Rows = ROWS) -> str:
    """As LibreOffice writes it: with the million of empty rows below."""
    book = OpenDocumentSpreadsheet()
    table = Table(name="Sheet1")
    for row in rows:
        line = TableRow()
        for cell in row:
            line.addElement(_ods_cell(cell))
        table.addElement(line)
    empty = TableRow(numberrowsrepeated=1_048_576 - len(rows))
    empty.addElement(TableCell(numbercolumnsrepeated=1024))
    table.addElement(empty)
    book.spreadsheet.addElement(table)
    book.save(str(path))
    return patched(path, {"content.xml": lambda text: text.replace(b'table:formula="of:=NA()"', ERROR_CELL)})


ERROR_CELL = (
    b'table:formula="of:=NA()" calcext:value-type="error"'
    b' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
)


def _ods_cell(cell: Any) -> TableCell:
    if isinstance(cell, Error):
        made = TableCell(valuetype="string", stringvalue="", formula="of:=NA()")
        cell = "#N/A"
    elif isinstance(cell, float | int):
        made = TableCell(valuetype="float", value=str(cell))
    else:
        made = TableCell(valuetype="string")
    made.addElement(P(text=str(cell)))
    return made


def patched(path: Path, changes: dict[str, Callable[[bytes], bytes]]) -> str:
    """The same workbook with some of its parts changed; a part that is not there yet is changed from nothing."""
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    for name, change in changes.items():
        parts[name] = change(parts.get(name, b""))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, text in parts.items():
            new.writestr(name, text)
    return str(path)


def with_rows(path: Path, rows: bytes) -> str:
    """An .xlsx with further rows as XML."""
    return patched(
        path, {"xl/worksheets/sheet1.xml": lambda text: text.replace(b"</sheetData>", rows + b"</sheetData>")}
    )
