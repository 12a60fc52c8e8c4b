"""The good rows of an import become contacts: a few in a transaction, with their count and the place where to go on."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from parley.cloud import clock
from parley.model import contact_sheet, ids
from parley.model.address import of_key
from parley.model.contact import MOST_ATTRIBUTES, MOST_GROUPS, MOST_IDENTITIES, Contact, attribute_problems
from parley.model.contact_import import ContactImport, ImportStatus, OnDuplicate
from parley.model.contact_sheet import Columns, Contents
from parley.model.times import rfc3339
from parley.operations import row_files
from parley.operations.row_files import Row
from parley.store import contact_imports as store
from parley.store import contacts
from parley.store.contacts import Writes

ROOM = 99
"""Writes of one transaction beside the one that counts."""

TRIES = 20
LATE = {
    "identities_of_two_contacts": "The addresses of this row belong to two contacts.",
    "too_many_identities": f"The contact would have more than {MOST_IDENTITIES} addresses.",
    "too_many_attributes": f"The contact would have more than {MOST_ATTRIBUTES} attributes.",
    "attributes_too_large": "The attributes of the contact would be too large.",
    "too_many_groups": f"The contact is in {MOST_GROUPS} groups already.",
}


class Step(NamedTuple):
    """What a row comes to: how it counts, its writes, and what no other row of the same transaction may touch."""

    counts: str
    writes: Writes
    touched: set[str]


def write(found: ContactImport, left: Callable[[], bool], lease: int) -> ContactImport | None:
    """Goes on from the cursor until all rows are written, or there is no time `left`. Answers the import as it is then;
    None when somebody else has taken it over or ended it. `lease` in milliseconds."""
    columns, tries = contact_sheet.columns_of(found.header), 0
    while found.cursor < found.good and left():
        rows = [row for _, row in row_files.rows(f"{found.folder}/good", found.cursor, _some(found))]
        steps, now = _together(_steps(found, columns, rows)), clock.now()
        counts = Counter(step.counts for step in steps)
        writes = [write for step in steps for write in step.writes]
        if steps and store.advance(found, len(steps), counts, writes, now, now + lease):
            found, tries = _counted(found, counts), 0
            continue
        again = store.get(found.organization_id, found.id)
        if again is None or again.status is not ImportStatus.RUNNING:
            return None
        tries = tries + 1 if again.cursor == found.cursor else 0
        if tries >= TRIES:
            raise RuntimeError("the contacts of an import change all the time")
        found = again
    return found


def _counted(found: ContactImport, counts: Counter[str]) -> ContactImport:
    """As the table has it now."""
    fields = {name: getattr(found, name) + count for name, count in counts.items()}
    return found.model_copy(update={**fields, "cursor": found.cursor + counts.total()})


def _some(found: ContactImport) -> int:
    """Rows that may fit into one transaction."""
    return min(found.good - found.cursor, ROOM // (2 + len(found.group_ids)))


def _steps(found: ContactImport, columns: Columns, rows: list[Row]) -> Iterable[Step]:
    """Each row against the contacts as they are now; ends early where one was deleted while they were read."""
    keys = {row.line: (row.extra or {}).get("identities") or [row.to] for row in rows}
    owners = contacts.owners(found.organization_id, [key for each in keys.values() for key in each])
    there = contacts.get_many(found.organization_id, set(owners.values()))
    for row in rows:
        said = contact_sheet.contents(columns, row.values, [of_key(key) for key in keys[row.line]])
        mine = {owners[key] for key in keys[row.line] if key in owners}
        if not mine <= there.keys():
            return
        yield _step(found, row.line, said, [there[each] for each in mine])


def _together(steps: Iterable[Step]) -> list[Step]:
    """The first of them that fit into one transaction and have nothing in common."""
    chosen: list[Step] = []
    touched: set[str] = set()
    room = ROOM
    for step in steps:
        room -= len(step.writes)
        if room < 0 or touched & step.touched:
            break
        chosen.append(step)
        touched |= step.touched
    return chosen


def _step(found: ContactImport, line: int, said: Contents, owners: list[Contact]) -> Step:
    touched = {each.key for each in said.identities} | {each.id for each in owners}
    if len(owners) > 1:
        return _late(found, line, "identities_of_two_contacts", touched)
    if not owners:
        return Step("created", contacts.creating(_new(found, line, said), in_use=True), touched)
    old = owners[0]
    changed = _merged(old, said, found)
    fault = _fault(changed)
    if fault:
        return _late(found, line, fault, touched)
    counts = "overwritten" if found.on_duplicate is OnDuplicate.OVERWRITE else "ignored"
    return Step(counts, contacts.replacing(old, changed, in_use=True) if changed != old else [], touched)


def _new(found: ContactImport, line: int, said: Contents) -> Contact:
    now = rfc3339(clock.now())
    return Contact(
        id=ids.derived(found.organization_id, "contact", found.id, line),
        organization_id=found.organization_id,
        identities=said.identities,
        attributes=said.attributes,
        groups=sorted(found.group_ids),
        created_at=now,
        updated_at=now,
        **said.fields,
    )


def _merged(old: Contact, said: Contents, found: ContactImport) -> Contact:
    """Filled cells replace what is there, further identities and groups are added; unless duplicates are ignored, which
    only join the groups."""
    fields: dict[str, Any] = {"groups": sorted({*old.groups, *found.group_ids})}
    if found.on_duplicate is OnDuplicate.OVERWRITE:
        more = [each for each in said.identities if each.key not in old.keys]
        fields |= {
            **said.fields,
            "identities": [*old.identities, *more],
            "attributes": old.attributes | said.attributes,
        }
    changed = old.model_copy(update=fields)
    return old if changed == old else changed.model_copy(update={"updated_at": rfc3339(clock.now())})


def _fault(contact: Contact) -> str | None:
    """What a contact may not become."""
    if len(contact.identities) > MOST_IDENTITIES:
        return "too_many_identities"
    if len(contact.attributes) > MOST_ATTRIBUTES:
        return "too_many_attributes"
    if len(contact.groups) > MOST_GROUPS:
        return "too_many_groups"
    return "attributes_too_large" if attribute_problems(contact.attributes) else None


def _late(found: ContactImport, line: int, code: str, touched: set[str]) -> Step:
    return Step("bad", [store.late(found, line, code, LATE[code])], touched)
