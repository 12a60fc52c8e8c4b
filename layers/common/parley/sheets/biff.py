"""The errors in an .xls sheet, and its links to other files: a walk over the records of its one stream."""

import struct
from collections.abc import Iterator
from pathlib import Path

from parley.sheets import ole
from parley.sheets.places import Outside, Place, place

Record = tuple[int, bytes]
BOF, EOF, FILEPASS, BOUNDSHEET = 0x0809, 0x000A, 0x002F, 0x0085
FORMULA, BOOLERR, SUPBOOK = 0x0006, 0x0205, 0x01AE
OWN_BOOK, ADD_IN = 0x0401, 0x3A01
"""What a SUPBOOK record says of this workbook and of Excel's own functions instead of a name."""
NAMES = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
ERROR = 2
"""The kind of a formula's value that is no number."""


def is_protected(path: str) -> bool:
    """Whether a password is needed: of an .xls itself, or of any other file of Office, which is packed into one."""
    try:
        container = ole.Container(Path(path).read_bytes())
        return "EncryptedPackage" in container.names() or any(kind == FILEPASS for kind, _ in _globals(container))
    except (struct.error, LookupError, ValueError):
        return False


def errors(path: str, sheet: int) -> Iterator[Place]:
    """Of the sheet at this position. Raises Outside."""
    container = ole.Container(Path(path).read_bytes())
    book = _book(container)
    starts = []
    for kind, data in _globals(container):
        if kind == BOUNDSHEET:
            starts.append(struct.unpack_from("<I", data)[0])
        elif kind == SUPBOOK and struct.unpack_from("<H", data, 2)[0] not in (OWN_BOOK, ADD_IN):
            raise Outside
    records = _records(book, starts[sheet]) if sheet < len(starts) else iter(())
    return (found for kind, data in records if (found := _error(kind, data)) is not None)


def _book(container: ole.Container) -> bytes:
    return container.read("Workbook") or container.read("Book")


def _globals(container: ole.Container) -> Iterator[Record]:
    """What is said of the workbook as a whole."""
    return _records(_book(container), 0)


def _records(book: bytes, offset: int) -> Iterator[Record]:
    """Until the substream that begins there ends; charts inside it are substreams of their own."""
    depth = 0
    while offset + 4 <= len(book):
        kind, length = struct.unpack_from("<HH", book, offset)
        depth += (kind == BOF) - (kind == EOF)
        yield kind, book[offset + 4 : offset + 4 + length]
        offset += 4 + length
        if depth <= 0:
            return


def _error(kind: int, data: bytes) -> Place | None:
    if kind == BOOLERR and len(data) >= 8 and data[7] == 1:
        code = data[6]
    elif kind == FORMULA and len(data) >= 14 and data[12:14] == b"\xff\xff" and data[6] == ERROR:
        code = data[8]
    else:
        return None
    row, column = struct.unpack_from("<HH", data)
    return place(row, column, NAMES.get(code, ""))
