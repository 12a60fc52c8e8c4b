"""The rows of a broadcast as they were given, wherever they come from, before anything of them is checked."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from parley.errors import Problem
from parley.model.address import Address
from parley.model.sheet import TIME_ZONE, columns_of
from parley.model.template import Template

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


def columns(template: Template) -> list[str]:
    """Of a sheet for rows that came without one, with the cells of `entry`."""
    return [*columns_of(template), *([] if TIME_ZONE in template.variables else [TIME_ZONE])]


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
