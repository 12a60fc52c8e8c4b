"""Where the errors of a workbook stand (#N/A, #REF!), and formulas that nobody has computed yet: its reader gives empty
cells for them, and an empty cell may have a default, while an error must never become a text that is sent."""

import posixpath
import re
import struct
import zipfile
from array import array
from collections.abc import Iterator
from xml.parsers import expat

from parley.sheets import biff, opendocument
from parley.sheets.places import Place, place

CHUNK = 1 << 20
LONGEST_CELL = 200_000
MARK = b't="e"'
CELL = re.compile(rb'<(?:\w+:)?c\s(?=[^>]*\bt="e")[^>]*\br="([A-Z]{1,3})(\d{1,7})"[^>]*>')
UNCOMPUTED_MARKS = (b"</f></c>", b"</f><v/>", b"</f><v />", b"</f><v></v>")
UNCOMPUTED = re.compile(
    rb'<(?:\w+:)?c\s(?![^>]*\bt="str")[^>]*\br="([A-Z]{1,3})(\d{1,7})"[^>]*><f\b[^<]*</f>(?:<v ?/>|<v></v>)?</c>'
)
"""As a program writes it that cannot compute; an empty text is `t="str"`."""
VALUE = re.compile(rb"<(?:\w+:)?v>([^<]{1,20})<")


def places(path: str, format: str, sheet: int) -> "array[Place]":
    """The errors of the sheet at this position, in the order of rows; none where the file is built so strangely that
    only its reader finds its way. Raises places.Outside for a sheet that takes data from elsewhere."""
    try:
        return array("Q", sorted(_found(path, format, sheet)))
    except (struct.error, LookupError, ValueError, zipfile.BadZipFile, expat.ExpatError):
        return array("Q")


def _found(path: str, format: str, sheet: int) -> Iterator[Place]:
    if format == "xls":
        yield from biff.errors(path, sheet)
        return
    with zipfile.ZipFile(path) as archive:
        yield from _in_excel(archive, sheet) if format == "xlsx" else opendocument.errors(archive, sheet)


def _in_excel(archive: zipfile.ZipFile, sheet: int) -> Iterator[Place]:
    part = _part(archive, sheet)
    with archive.open(part) as file:
        rest = b""
        while chunk := file.read(CHUNK):
            text = rest + chunk
            cut = text.rfind(b"c>") + 2  # behind the last whole cell
            if MARK in text:
                yield from _marked(text[:cut])
            if any(mark in text for mark in UNCOMPUTED_MARKS):
                yield from (_place(cell, b"") for cell in UNCOMPUTED.finditer(text, 0, cut))
            rest = text[cut:][-LONGEST_CELL:]


def _marked(text: bytes) -> Iterator[Place]:
    for cell in CELL.finditer(text):
        value = VALUE.search(text, cell.end())
        yield _place(cell, value[1] if value else b"")


def _place(cell: re.Match[bytes], name: bytes) -> Place:
    return place(int(cell[2]) - 1, _column(cell[1]), name.decode("ascii", "replace"))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number - 1


def _part(archive: zipfile.ZipFile, sheet: int) -> str:
    """The name of the part that holds the sheet."""
    sheets = list(_elements(archive.read("xl/workbook.xml"), "sheet"))
    links = _elements(archive.read("xl/_rels/workbook.xml.rels"), "Relationship")
    targets = {each.get("Id"): each.get("Target", "") for each in links}
    links_of = (targets[value] for name, value in sheets[sheet].items() if name.rpartition(":")[2] == "id")
    target = next(links_of, "")
    return target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))


def _elements(text: bytes, name: str) -> Iterator[dict[str, str]]:
    """The attributes of every element of this name."""
    found: list[dict[str, str]] = []
    parser = expat.ParserCreate()

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == name:
            found.append(attributes)

    parser.StartElementHandler = start
    parser.Parse(text, True)
    return iter(found)
