"""The rows of an uploaded sheet."""

from collections.abc import Callable, Iterator
from operator import itemgetter

from parley.cloud import files
from parley.errors import Invalid, Problem
from parley.model import sheet
from parley.model.run import Run
from parley.model.template import Template
from parley.operations import uploads, versions
from parley.operations.entries import Cells, Entry, Source
from parley.sheets import reading
from parley.sheets.reading import Sheet
from parley.store import uploads as store

MOST_BYTES = 256 << 20
"""Of a sheet; a million rows of ten columns are a quarter of that."""


def source(run: Run, template: Template, desk: str) -> Source:
    """`desk` is a folder on disk. Raises Invalid for what is not there or cannot be read."""
    found = reading.read(_fetched(run, desk), run.filename)
    expected, earlier = sheet.columns_of(template), [each.id for each in versions.of(template)]
    problems = sheet.check_header(found.header, found.signature, expected, template.id, earlier)
    if problems:
        raise Invalid(problems)
    return Source(found.header, _entries(found, expected))


def _fetched(run: Run, desk: str) -> str:
    """Where the sheet lies on disk: nobody can write to it any more."""
    upload = run.upload or ""
    if store.get(run.organization, upload) is None:
        raise Invalid([Problem("upload", "unknown_upload", "There is no such upload any more.")])
    key, path = uploads.key(run.organization, upload), f"{desk}/upload"
    _check_size(files.size(key))
    _check_size(files.fetch(key, path, MOST_BYTES))
    return path


def _check_size(size: int | None) -> None:
    if not size:
        raise Invalid([Problem("upload", "nothing_uploaded", "Nothing was put to the address of this upload.")])
    if size > MOST_BYTES:
        reason = f"A sheet has at most {MOST_BYTES >> 20} MB; divide it, or take the pictures out of it."
        raise Invalid([Problem("upload", "file_too_large", reason)])


def _entries(found: Sheet, expected: list[str]) -> Iterator[Entry]:
    first, *values = sheet.places(found.header, expected)
    zone, take = sheet.zone_place(found.header, expected), _taking(values)
    for line, cells in found.rows:
        yield Entry(line, cells[first], take(cells), "" if zone is None else cells[zone], cells)


def _taking(places: list[int]) -> Callable[[Cells], Cells]:
    """The cells of these columns, which mostly stand side by side."""
    if places and places == list(range(places[0], places[0] + len(places))):
        return itemgetter(slice(places[0], places[-1] + 1))
    return lambda cells: [cells[place] for place in places]
