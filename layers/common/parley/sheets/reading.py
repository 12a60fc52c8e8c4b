"""Reading an uploaded sheet of any kind as rows of texts: .xlsx, .xls, .ods and .csv, told apart by their bytes."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from parley.model.sheet import Signature, is_example
from parley.sheets import delimited, guard, ole, workbook
from parley.sheets.faults import fault
from parley.sheets.workbook import Row

ZIP = (b"PK\x03\x04", b"PK\x05\x06")
NO_TABLES = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf", b"{\\rtf")
MARKUP = (b"<?xml", b"<html", b"<!doctype", b"<table", b"<meta", b"<head", b"<style")


class Sheet(NamedTuple):
    """`header` has no blank cell at its end. `rows` are (line, cells): the line as a person sees it, the cells as texts
    without blanks around them, as many as the header has. Blank rows and the row of examples are left out.

    `rows` is read once, and may raise Invalid, as `read` does: what is wrong far down shows only there."""

    header: list[str]
    signature: Signature | None
    rows: Iterator[Row]


def read(path: str, filename: str) -> Sheet:
    """The first visible sheet of a file. `filename` is what the person called it, for what is said about it. Cells take
    about 100 bytes each in a process of its own, and 1.6 GB at most, whatever the file says.

    Numbers come as all their digits ("34600111222"), dates as ISO text, errors as Excel writes them ("#N/A"), formulas
    as their stored value. Raises Invalid with a code: sheet_empty, sheet_without_rows, sheet_format, sheet_password,
    sheet_external, sheet_bomb, sheet_too_large, sheet_encoding, sheet_quotes, sheet_cell, sheet_unreadable,
    sheet_gap."""
    signature, rows = _opened(path, filename)
    first = next(rows, None)
    if first is None:
        raise fault("sheet_empty")
    header = _cut(first[1])
    kept = _fitted(rows, len(header))
    second = next(kept, None)
    if second and is_example(second[1][0]):
        second = next(kept, None)
    if second is None:
        raise fault("sheet_without_rows")
    return Sheet(header, signature, _again(second, kept))


def _opened(path: str, filename: str) -> tuple[Signature | None, Iterator[Row]]:
    with Path(path).open("rb") as file:
        head = file.read(4096)
    if not head.startswith((*ZIP, ole.MAGIC)):
        _check_text(head, filename)
        return None, delimited.rows(path)
    text, rows = workbook.rows(path, guard.check(path) if head.startswith(ZIP) else "xls")
    return Signature.from_text(text) if text else None, rows


def _check_text(head: bytes, filename: str) -> None:
    """A web page or a picture that somebody named .xls or .csv."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start:
        raise fault("sheet_empty")
    if head.startswith(NO_TABLES) or start[:16].lower().startswith(MARKUP):
        raise fault("sheet_format", filename)


def _cut(header: list[str]) -> list[str]:
    while header and not header[-1]:
        header.pop()
    return header


def _fitted(rows: Iterator[Row], width: int) -> Iterator[Row]:
    for row in rows:
        cells = row[1]
        if len(cells) != width:
            cells[width:] = [""] * (width - len(cells))
            if not any(cells):
                continue
        yield row


def _again(first: Row, rest: Iterator[Row]) -> Iterator[Row]:
    yield first
    yield from rest
