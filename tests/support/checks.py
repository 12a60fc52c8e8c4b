"""Uploaded sheets and the job that checks them, over the World."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from parley.cloud import files
from parley.model.run import Run
from parley.model.upload import NewUpload
from parley.operations import checking, row_files, uploads
from parley.operations.row_files import Row
from parley.sheets import reading
from parley.store import broadcasts

from tests.support import bulk, sheets
from tests.support.world import World

Rows = Sequence[Sequence[Any]]
OFFER = {
    "components": [{"type": "BODY", "text": "Dear $(name), order $(order) comes on $(day) at last."}],
    "samples": {"name": "Ana", "order": "A-19", "day": "Monday"},
    "defaults": {"day": "Monday"},
}
HEADER = ["to", "name", "order", "day"]


def given(world: World, raw: bytes | None, filename: str = "people.xlsx") -> str:
    """An upload; nothing was put there for None."""
    new = NewUpload(filename=filename, content_type="application/octet-stream")
    upload = uploads.create(world.organization, new, None).id
    if raw is not None:
        files.put(uploads.key(world.organization, upload), BytesIO(raw), new.content_type)
    return upload


def book(rows: Rows, header: Sequence[str] = HEADER) -> bytes:
    with TemporaryDirectory() as folder:
        return Path(sheets.xlsx(Path(folder) / "x.xlsx", [header, *rows])).read_bytes()


def text(rows: Rows, header: Sequence[str] = HEADER) -> bytes:
    return "\n".join(";".join(map(str, row)) for row in [header, *rows]).encode()


def checked(world: World, recipients: Any = None, **fields: Any) -> Run:
    """A broadcast that was made and checked."""
    broadcast = bulk.made(world, recipients, **fields)
    checking.run(world.organization, broadcast)
    return run_of(world, broadcast)


def run_of(world: World, broadcast: str) -> Run:
    found = broadcasts.get(world.organization, broadcast)
    assert found is not None
    return found


def rows(run: Run) -> list[Row]:
    return [row for _, row in row_files.rows(run.folder, 0, run.rows)]


def bad_rows(run: Run) -> list[list[str]]:
    """The sheet that is given back, with its header."""
    kind = "csv" if run.filename.endswith(".csv") else "xlsx"
    found = files.read(f"{run.folder}/bad_rows.{kind}", 1 << 26)
    assert found is not None
    with TemporaryDirectory() as folder:
        path = Path(folder) / "x"
        path.write_bytes(found[1])
        sheet = reading.read(str(path), run.filename)
        return [sheet.header, *(cells for _, cells in sheet.rows)]


def codes(run: Run) -> list[str]:
    return [each.code for each in run.errors]
