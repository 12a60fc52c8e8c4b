"""The errors in an .ods sheet, which LibreOffice marks, and its links to other files."""

import re
import zipfile
from collections.abc import Iterator
from xml.parsers import expat

from parley.sheets.places import Outside, Place, place

CONTENT = "content.xml"
CHUNK = 1 << 20
MARK = b'value-type="error"'
OUTSIDE = re.compile(rb"<table:(?:table-source|cell-range-source|dde-link)\b|<office:dde-source\b")
OVERLAP = 64
CELLS = ("table:table-cell", "table:covered-table-cell")
MOST_ROWS = 1_048_576


def errors(archive: zipfile.ZipFile, sheet: int) -> Iterator[Place]:
    """Of the sheet at this position. Raises Outside."""
    return iter(_Walk(archive, sheet).found if _is_marked(archive) else [])


def _is_marked(archive: zipfile.ZipFile) -> bool:
    marked, rest = False, b""
    with archive.open(CONTENT) as file:
        while chunk := file.read(CHUNK):
            text = rest + chunk
            if OUTSIDE.search(text):
                raise Outside
            marked = marked or MARK in text
            rest = text[-OVERLAP:]
    return marked


class _Walk:
    """Through all cells; rows and cells that repeat are written once with their number."""

    def __init__(self, archive: zipfile.ZipFile, sheet: int) -> None:
        self.found: list[Place] = []
        self._sheet = sheet
        self._table = -1
        self._row = self._rows = self._column = 0
        self._broken: list[tuple[int, str]] = []
        self._text: list[str] | None = None
        parser = expat.ParserCreate()
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._characters
        with archive.open(CONTENT) as file:
            parser.ParseFile(file)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "table:table":
            self._table += 1
            self._row = 0
        elif tag == "table:table-row":
            self._rows = int(attributes.get("table:number-rows-repeated", 1))
            self._column, self._broken = 0, []
        elif tag in CELLS and self._table == self._sheet:
            self._text = []
            columns = int(attributes.get("table:number-columns-repeated", 1))
            if attributes.get("calcext:value-type") == "error":
                self._broken += [(column, "") for column in range(self._column, self._column + min(columns, 16384))]
            self._column += columns

    def _characters(self, text: str) -> None:
        if self._text is not None and self._broken:
            self._text.append(text)

    def _end(self, tag: str) -> None:
        if tag in CELLS and self._text is not None:
            name, self._text = "".join(self._text), None
            self._broken = [(column, known or name or "#") for column, known in self._broken]
        elif tag == "table:table-row":
            if self._broken:
                rows = range(self._row, min(self._row + self._rows, MOST_ROWS))
                self.found += [place(row, column, name) for row in rows for column, name in self._broken]
            self._row += self._rows
