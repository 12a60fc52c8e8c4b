"""The files of exports: written on disk in constant memory, then put in their place."""

from pathlib import Path
from shutil import rmtree
from tempfile import gettempdir

from parley.cloud import files
from parley.model.export import TYPES, Export, ExportKind
from parley.operations import contact_exports, export_rows
from parley.operations.export_rows import Table
from parley.sheets.writing import Writer


def put(export: Export) -> int:
    """Writes a file and puts it in its place; how many rows it has. What an attempt that died left on disk goes first.

    Raises NotFound or Gone when what it is about is gone."""
    desk = Path(gettempdir(), f"parley-export-{export.id}")
    rmtree(desk, ignore_errors=True)
    desk.mkdir()
    try:
        path = str(desk / "sheet")
        count = _write(export, path, _table(export, str(desk)))
        with open(path, "rb") as file:
            files.put(export.key, file, TYPES[export.format])
        return count
    finally:
        rmtree(desk, ignore_errors=True)


def _write(export: Export, path: str, table: Table) -> int:
    columns, rows = table
    writer, written = Writer(path, columns, export.format), 0
    for cells in rows:
        writer.row(cells)
        written += 1
    writer.close()
    return written


def _table(export: Export, desk: str) -> Table:
    if export.kind is ExportKind.BROADCAST_ROWS:
        return export_rows.rows(export.organization_id, export.broadcast_id or "", export.row_status, desk)
    return contact_exports.rows(export.organization_id, export.group_id)
