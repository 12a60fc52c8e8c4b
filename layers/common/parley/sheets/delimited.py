"""Tables as text: which encoding, which separator, then row by row."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO, TextIO

from parley.sheets import formulas
from parley.sheets.cells import MOST_BLANK
from parley.sheets.faults import fault
from parley.sheets.workbook import Row

SEPARATORS = ",;\t|"
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
CHUNK = 1 << 20
SAMPLE, SAMPLE_ROWS = 64 * 1024, 30
SAID = re.compile(r'sep=([^"\r\n])\r?\n?', re.IGNORECASE)
"""Excel's own first row, which names the separator."""
LONGEST = 8_000_000
"""Characters of a row; one of nothing but separators takes eight bytes for each."""
UNDEFINED = bytes((0x81, 0x8D, 0x8F, 0x90, 0x9D))
"""Bytes that windows-1252 does not have."""
OTHER_SCRIPT = re.compile(
    rb"[\x80-\xff]{4}"  # Russian, Greek, Chinese: no Western word has four letters with accents side by side
    rb"|[\xd0\xdd\xde\xf0\xfd\xfe]"  # Turkish
    rb"|[a-z\xe0-\xff][\xa3\xa5\xaf\xb3\xb9\xbf][a-z\xe0-\xff]"  # Polish
)
"""What windows-1252 would show as other letters than were meant."""
UTF8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


def rows(path: str) -> Iterator[Row]:
    """The rows that are not blank, with their numbers as a spreadsheet shows them. Raises Invalid with sheet_encoding,
    sheet_quotes, sheet_cell, sheet_format or sheet_gap."""
    try:
        with open(path, encoding=_encoding(Path(path)), newline="") as file:
            separator, skipped = _separator(file.read(SAMPLE))
            file.seek(0)
            lines = _Lines(file)
            yield from _filled(csv.reader(lines, delimiter=separator, strict=True), lines, skipped)
    except UnicodeError:
        raise fault("sheet_encoding") from None


class _Lines:
    """The lines of a file, of which those of one row are not too long. Raises Invalid."""

    def __init__(self, file: TextIO) -> None:
        self._file, self.left = file, LONGEST

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._file.readline(self.left + 1)
        self.left -= len(line)
        if self.left < 0:
            raise fault("sheet_too_large")
        if not line:
            raise StopIteration
        return line


def _filled(records: Iterator[list[str]], lines: _Lines, skipped: int) -> Iterator[Row]:
    number = last = 0
    try:
        for number, record in enumerate(records, 1):
            lines.left = LONGEST
            cells = [formulas.shown(cell).strip() for cell in record]
            if number <= skipped or not any(cells):
                continue
            if number - last > MOST_BLANK + 1:
                raise fault("sheet_gap", f"{number:,}")
            last = number
            yield number, cells
    except csv.Error as error:
        code = "sheet_cell" if "field limit" in str(error) else "sheet_quotes"
        raise fault(code, f"{number + 1:,}") from None


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(4096)
        for mark, name in MARKS:
            if head.startswith(mark):
                return name
        if b"\0" in head:
            return _wide(head)
        file.seek(0)
        return "utf-8" if _is_utf8(file) else _western(file)


def _wide(head: bytes) -> str:
    """utf-16 without its mark: plain letters have every second byte empty."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) < len(head) // 8 or min(even, odd) > max(even, odd) // 8:
        raise fault("sheet_format")
    return "utf-16-be" if even > odd else "utf-16-le"


def _is_utf8(file: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := file.read(CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _western(file: BinaryIO) -> str:
    """windows-1252, where nothing speaks against it: text in a wrong encoding must not go out to people."""
    file.seek(0)
    while chunk := file.read(CHUNK):
        strange = len(chunk.translate(None, UNDEFINED)) < len(chunk) or OTHER_SCRIPT.search(chunk)
        if strange or b"\0" in chunk or _is_broken_utf8(chunk):
            raise fault("sheet_encoding")
    return "cp1252"


def _is_broken_utf8(chunk: bytes) -> bool:
    accented = sum(map(len, re.findall(rb"[\x80-\xff]+", chunk)))
    return 2 * sum(map(len, UTF8.findall(chunk))) > accented


def _separator(sample: str) -> tuple[str, int]:
    """Which one parts the columns, and how many rows at the top are none of the table's."""
    said = SAID.match(sample)
    return (said[1], 1) if said else (max(SEPARATORS, key=lambda each: _fit(sample, each)), 0)


def _fit(sample: str, separator: str) -> tuple[int, int]:
    """How many of the first rows have as many columns as the header, and how many those are."""
    records = csv.reader(io.StringIO(sample, newline=""), delimiter=separator)
    try:
        widths = [len(each) for each in islice((row for row in records if row), SAMPLE_ROWS)]
    except csv.Error:
        return 0, 0
    return (widths.count(widths[0]), widths[0]) if widths and widths[0] > 1 else (0, 0)
