"""The members of an audience group, as they were when the broadcast was first checked."""

import json
from collections.abc import Iterator

from parley.cloud import files
from parley.errors import Invalid, Problem
from parley.model.address import Address, Forms
from parley.model.contact import Contact
from parley.model.run import Run
from parley.model.sheet import RECIPIENT
from parley.model.template import Template
from parley.operations import audience
from parley.operations.entries import Entry, Source, columns, entry
from parley.operations.row_files import JSON_LINES
from parley.store import groups

NOWHERE = Problem(RECIPIENT, "no_address", "The contact has no address of this channel.")


def source(run: Run, template: Template, forms: Forms, desk: str) -> Source:
    """From a snapshot, which the first check makes and every other one reads, whatever becomes of the group. `desk` is
    a folder on disk. Raises Invalid for a group that is gone."""
    kept, path = f"broadcasts/{run.organization}/{run.id}/members.jsonl", f"{desk}/members.jsonl"
    if files.size(kept) is None:
        _take(run, template, forms, path)
        with open(path, "rb") as file:
            files.put_once(kept, file, JSON_LINES)
    files.fetch(kept, path)
    return Source(columns(template), _entries(path))


def _take(run: Run, template: Template, forms: Forms, path: str) -> None:
    group = run.group or ""
    if groups.get(run.organization, group) is None:
        raise Invalid([Problem("group_id", "unknown_group", "There is no such audience group any more.")])
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        for contact in audience.members(run.organization, group):
            file.write(json.dumps(_line(contact, template, forms), ensure_ascii=False) + "\n")


def _line(contact: Contact, template: Template, forms: Forms) -> list[object]:
    """[address or null, what a person calls them, values, zone]."""
    to = audience.identity_for(contact, forms)
    values = audience.values_for(contact, template.variables).values
    named = to.value if to else contact.name or contact.keys[0]
    return [to and to.model_dump(mode="json"), named, values, contact.time_zone or ""]


def _entries(path: str) -> Iterator[Entry]:
    with open(path, encoding="utf-8") as file:
        for place, line in enumerate(file, 1):
            to, named, values, zone = json.loads(line)
            yield entry(place, Address.model_validate(to) if to else named, values, zone, None if to else NOWHERE)
