"""A look at a packed workbook before anything unpacks it: how much it would be, and what it reaches for."""

import re
import zipfile
import zlib
from collections.abc import Iterator

from parley.sheets.faults import fault

MOST_PARTS = 2000
MOST_BYTES = 2_000_000_000
MOST_RATIO = 200
SMALL = 20_000_000
"""What is smaller is no bomb, however well it packs."""
HEAD = 4096
ARCHIVES = (b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh", b"\xfd7zXZ", b"\xd0\xcf\x11\xe0")
OUTSIDE = ("xl/externallinks/", "xl/connections.xml", "xl/querytables/")
MOST_LINKS = 10_000_000
LINK = re.compile(rb"<(?:\w{1,40}:)?Relationship\b[^<>]*>")
"""Looked at one by one: a pattern that goes on over several of them takes hours where none of them closes."""
EXTERNAL = re.compile(rb"\bTargetMode\s*=\s*[\"']External[\"']")
HARMLESS = re.compile(rb"\bType\s*=\s*[\"'][^\"']*/(?:hyperlink|image)[\"']")
"""What a person clicks or looks at; nothing is read from there."""
ENCRYPTED = 1


def check(path: str) -> str:
    """Whether it is an xlsx or an ods. Raises Invalid for what is not to be opened, with sheet_bomb, sheet_external,
    sheet_password, sheet_format or sheet_unreadable."""
    try:
        with zipfile.ZipFile(path) as archive:
            _check_size(archive.infolist())
            _check_parts(archive)
            return "xlsx" if "xl/workbook.xml" in archive.namelist() else "ods"
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, ValueError):
        raise fault("sheet_unreadable") from None


def _check_size(parts: list[zipfile.ZipInfo]) -> None:
    """By what the parts say of themselves; one that lies meets the limits of the process that unpacks it."""
    total, packed = sum(part.file_size for part in parts), sum(part.compress_size for part in parts)
    if len(parts) > MOST_PARTS or total > MOST_BYTES or (total > SMALL and total > MOST_RATIO * packed):
        raise fault("sheet_bomb")


def _check_parts(archive: zipfile.ZipFile) -> None:
    names = {part.filename for part in archive.infolist()}
    if any(part.flag_bits & ENCRYPTED for part in archive.infolist()):
        raise fault("sheet_password")
    if not names & {"xl/workbook.xml", "content.xml"}:
        raise fault("sheet_format")
    if any(name.lower().startswith(OUTSIDE) for name in names) or any(_links(archive)):
        raise fault("sheet_external")
    for part in archive.infolist():
        _check_head(archive, part)


def _check_head(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """A document type can define texts that stand for others, and fetch them from elsewhere: no sheet needs one."""
    with archive.open(part) as file:
        head = file.read(HEAD)
    if head.startswith(ARCHIVES):
        raise fault("sheet_bomb")
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        raise fault("sheet_external")
    if part.filename == "META-INF/manifest.xml" and b"encryption-data" in archive.read(part):
        raise fault("sheet_password")


def _links(archive: zipfile.ZipFile) -> Iterator[bytes]:
    """The links out of a workbook from which something would be read."""
    for part in archive.infolist():
        if part.filename.lower().endswith(".rels"):
            with archive.open(part) as file:
                found = LINK.findall(file.read(MOST_LINKS))
            yield from (each for each in found if EXTERNAL.search(each) and not HARMLESS.search(each))
