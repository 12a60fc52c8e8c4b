"""A look at a packed workbook before anything unpacks it: how much it would be, and what it reaches for."""

import zipfile

from parley.sheets.faults import fault

MOST_PARTS = 2000
MOST_BYTES = 2_000_000_000
MOST_RATIO = 200
SMALL = 20_000_000
"""What is smaller is no bomb, however well it packs."""
ARCHIVES = (".zip", ".gz", ".7z", ".rar", ".bz2", ".xz", ".jar")
OUTSIDE = ("xl/externallinks/", "xl/connections.xml", "xl/querytables/", "xl/webextensions/")


def check(path: str) -> None:
    """Raises Invalid for what is not to be opened."""
    try:
        with zipfile.ZipFile(path) as archive:
            _check(archive)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError):
        raise fault("sheet_unreadable") from None


def _check(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    names = {part.filename.lower() for part in parts}
    total, packed = sum(part.file_size for part in parts), sum(part.compress_size for part in parts)
    if len(parts) > MOST_PARTS or total > MOST_BYTES or (total > SMALL and total > MOST_RATIO * packed):
        raise fault("sheet_bomb")
    if not names & {"xl/workbook.xml", "content.xml"}:
        raise fault("sheet_format")
    if any(name.endswith(ARCHIVES) for name in names):
        raise fault("sheet_bomb")
    if any(name.startswith(OUTSIDE) for name in names):
        raise fault("sheet_external")
