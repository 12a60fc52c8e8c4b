"""Tables as text: which encoding, which separator, then row by row."""

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from parley.sheets.faults import fault
from parley.sheets.workbook import Row

MOST_BLANK = 1000
SEPARATORS = ",;\t|"
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
CHUNK = 1 << 20
UNDEFINED = bytes((0x81, 0x8D, 0x8F, 0x90, 0x9D))
"""Bytes that windows-1252 does not have."""
SAMPLE = 64 * 1024


def rows(path: str) -> Iterator[Row]:
    """The rows that are not blank, with their numbers as a spreadsheet shows them. Raises Invalid."""
    encoding = _encoding(Path(path))
    with open(path, encoding=encoding, newline="") as file:
        sample = file.read(SAMPLE)
        separator, skipped = _separator(sample)
        file.seek(0)
        try:
            yield from _filled(csv.reader(file, delimiter=separator), skipped)
        except csv.Error:
            raise fault("sheet_unreadable") from None
        except UnicodeDecodeError:
            raise fault("sheet_encoding") from None


def _filled(records: Iterator[list[str]], skipped: int) -> Iterator[Row]:
    last = 0
    for number, record in enumerate(records, 1):
        cells = [_plain(cell.strip()) for cell in record]
        if number <= skipped or not any(cells):
            continue
        if number - last > MOST_BLANK + 1:
            raise fault("sheet_gap", f"{number:,}")
        last = number
        yield number, cells


def _plain(cell: str) -> str:
    """Without the apostrophe that keeps spreadsheets from taking a text for a formula."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in ("=", "+", "-", "@") and len(cell) > 1 else cell


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(4096)
        for mark, name in MARKS:
            if head.startswith(mark):
                return name
        if b"\0" in head:
            return _wide(head)
        file.seek(0)
        return _narrow(file)


def _wide(head: bytes) -> str:
    """utf-16 without its mark: plain letters have every second byte empty."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) < len(head) // 8:
        raise fault("sheet_format")
    return "utf-16-be" if even > odd else "utf-16-le"


def _narrow(file: BinaryIO) -> str:
    """utf-8 where all of it is, else windows-1252, unless it has what that does not."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    strange = False
    try:
        while chunk := file.read(CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", True)
        return "utf-8"
    except UnicodeDecodeError:
        file.seek(0)
    while chunk := file.read(CHUNK):
        strange = strange or len(chunk.translate(None, UNDEFINED)) < len(chunk)
        if strange or b"\0" in chunk:
            raise fault("sheet_encoding")
    return "cp1252"


def _separator(sample: str) -> tuple[str, int]:
    """Which one parts the columns, and how many rows at the top are none. Excel's own first row `sep=;` says it."""
    if sample[:4].lower() == "sep=" and sample[4:5] in SEPARATORS and sample[4:5]:
        return sample[4], 1
    header = _first_record(sample)
    return max(SEPARATORS, key=header.count), 0


def _first_record(sample: str) -> str:
    """The first row that is not blank, without what stands in quotes."""
    plain, quoted = [], False
    for letter in sample.lstrip():
        if letter == '"':
            quoted = not quoted
        elif letter in "\r\n" and not quoted:
            break
        elif not quoted:
            plain.append(letter)
    return "".join(plain)
