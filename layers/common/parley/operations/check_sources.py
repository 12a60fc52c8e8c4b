"""The rows of a broadcast as they were given, from wherever they come, before anything of them is checked."""

import json
from collections.abc import Callable, Iterator, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from parley.cloud import files
from parley.errors import Invalid, Problem
from parley.model import sheet, variables
from parley.model.address import Address
from parley.model.broadcast import Listed, SourceKind
from parley.model.capabilities import Capabilities
from parley.model.run import Run
from parley.model.template import Template
from parley.operations import broadcasts, uploads, versions
from parley.sheets import reading
from parley.sheets.reading import Sheet
from parley.store import uploads as upload_store

MOST_BYTES = 256 << 20
"""Of an uploaded sheet; a million rows of ten columns are a quarter of that."""

LARGEST_LIST = 64 << 20
Cells = Sequence[str]


class Entry(NamedTuple):
    """One row: where a person finds it, whom it is for, and the values in the order of the template's variables.
    `cells` is the row as it was given, for the sheet of bad rows; `extra` is kept with the row; a `fault` was found
    while it was read."""

    line: int
    to: str | Address
    values: Cells
    zone: str
    cells: Cells
    extra: dict[str, Any] | None = None
    fault: Problem | None = None


class Source(NamedTuple):
    """`columns` are the names of the cells. `entries` is read once, and may raise Invalid for all of them."""

    columns: list[str]
    entries: Iterator[Entry]


def open_source(run: Run, template: Template, abilities: Capabilities, folder: str, desk: str) -> Source:
    """`folder` is the attempt's in S3, `desk` one on disk that goes when the check is over.

    Raises Invalid for what is not there or cannot be read."""
    match run.source:
        case SourceKind.UPLOAD:
            return _uploaded(run, template, _pinned(run, folder, desk))
        case _:
            return Source(_columns(template), _listed(run, template))


def _pinned(run: Run, folder: str, desk: str) -> str:
    """Where the uploaded sheet lies on disk: a copy that nobody can write to any more, also kept beside the rows."""
    upload = run.upload or ""
    if upload_store.get(run.organization, upload) is None:
        raise Invalid([Problem("upload", "unknown_upload", "There is no such upload any more.")])
    given, kept, path = uploads.key(run.organization, upload), f"{folder}/upload", f"{desk}/upload"
    _check_size(given)
    files.copy(given, kept)
    _check_size(kept)
    files.fetch(kept, path)
    return path


def _check_size(key: str) -> None:
    size = files.size(key)
    if not size:
        reason = "Nothing was put to the address of this upload."
        raise Invalid([Problem("upload", "nothing_uploaded", reason)])
    if size > MOST_BYTES:
        reason = f"A sheet has at most {MOST_BYTES >> 20} MB; divide it, or take the pictures out of it."
        raise Invalid([Problem("upload", "file_too_large", reason)])


def _uploaded(run: Run, template: Template, path: str) -> Source:
    found = reading.read(path, run.filename)
    expected, earlier = sheet.columns_of(template), [each.id for each in versions.of(template)]
    problems = sheet.check_header(found.header, found.signature, expected, template.id, earlier)
    if problems:
        raise Invalid(problems)
    return Source(found.header, _of_sheet(found, expected))


def _of_sheet(found: Sheet, expected: list[str]) -> Iterator[Entry]:
    first, *values = sheet.places(found.header, expected)
    zone, take = sheet.zone_place(found.header, expected), _taking(values)
    for line, cells in found.rows:
        yield Entry(line, cells[first], take(cells), "" if zone is None else cells[zone], cells)


def _taking(places: list[int]) -> Callable[[Cells], Cells]:
    """The cells of these columns, which mostly stand side by side."""
    if places and places == list(range(places[0], places[0] + len(places))):
        return itemgetter(slice(places[0], places[-1] + 1))
    return lambda cells: [cells[place] for place in places]


def _columns(template: Template) -> list[str]:
    """Of a sheet for what came without one."""
    return [*sheet.columns_of(template), *([] if sheet.TIME_ZONE in template.variables else [sheet.TIME_ZONE])]


def _listed(run: Run, template: Template) -> Iterator[Entry]:
    """The people that the request named."""
    found = files.read(broadcasts.list_of(run), LARGEST_LIST)
    if found is None:
        raise LookupError("the list of a broadcast is gone")
    for place, each in enumerate(json.loads(found[1]), 1):
        yield _of_list(place, Listed.model_validate(each if isinstance(each, dict) else {"to": each}), template)


def _of_list(place: int, listed: Listed, template: Template) -> Entry:
    values = [listed.variables.get(name, "") for name in template.variables]
    strange = [name for name in listed.variables if name not in template.variables]
    unknown = variables.check([], dict.fromkeys(strange[:1], ""), "") if strange else []
    return entry(place, listed.to, values, listed.time_zone or "", unknown[0] if unknown else None)


def entry(
    place: int,
    to: str | Address,
    values: Cells,
    zone: str = "",
    fault: Problem | None = None,
    extra: dict[str, Any] | None = None,
) -> Entry:
    """A row that no sheet had: its place counts as its line."""
    shown = to if isinstance(to, str) else to.value
    return Entry(place, to, values, zone, [shown, *values, zone], extra, fault)
