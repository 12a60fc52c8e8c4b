"""The people that a request named one by one."""

import json
from collections.abc import Iterator
from typing import Any

from parley.cloud import files
from parley.model import variables
from parley.model.broadcast import Listed
from parley.model.run import Run
from parley.model.template import Template
from parley.operations import broadcasts
from parley.operations.entries import Entry, Source, columns, entry

LARGEST = 64 << 20


def source(run: Run, template: Template) -> Source:
    """Raises LookupError when the list is gone."""
    found = files.read(broadcasts.list_of(run), LARGEST)
    if found is None:
        raise LookupError("the list of a broadcast is gone")
    return Source(columns(template), _entries(json.loads(found[1]), template))


def _entries(listed: list[Any], template: Template) -> Iterator[Entry]:
    for place, each in enumerate(listed, 1):
        yield _entry(place, Listed.model_validate(each if isinstance(each, dict) else {"to": each}), template)


def _entry(place: int, listed: Listed, template: Template) -> Entry:
    wanted, given = template.variables, listed.variables
    unknown = [each for each in variables.check(wanted, given) if each.code == "variable_unknown"]
    values = [given.get(name, "") for name in wanted]
    return entry(place, listed.to, values, listed.time_zone or "", unknown[0] if unknown else None)
