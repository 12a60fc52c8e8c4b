"""Contacts as the rows of a sheet, in the shape in which they are imported."""

from collections import Counter
from collections.abc import Iterator

from parley.errors import NotFound
from parley.model.address import AddressKind
from parley.model.contact import Contact
from parley.sheets.writing import Cell
from parley.store import contacts, groups

OWN = ("name", "language", "time_zone")


def rows(organization: str, group: str | None) -> tuple[list[str], Iterator[list[Cell]]]:
    """The columns, and every contact (or every member of a group) by its id. Raises NotFound for the group.

    Contacts are read twice, the first time for the columns: addresses by their kind, those of a second one like
    `phone 2`, then the fields, then the attributes by name."""
    if group and groups.get(organization, group) is None:
        raise NotFound("group")
    addresses: Counter[str] = Counter()
    attributes: set[str] = set()
    for contact in _contacts(organization, group):
        addresses |= Counter(each.type for each in contact.identities)
        attributes |= contact.attributes.keys()
    named = sorted(attributes)
    columns = [_column(kind, i) for kind in AddressKind for i in range(addresses[kind])] or [str(AddressKind.PHONE)]
    return [*columns, *OWN, *named], (_row(each, columns, named) for each in _contacts(organization, group))


def _contacts(organization: str, group: str | None) -> Iterator[Contact]:
    return contacts.members(organization, group) if group else contacts.all_of(organization)


def _column(kind: str, index: int) -> str:
    return f"{kind} {index + 1}" if index else str(kind)


def _row(contact: Contact, columns: list[str], attributes: list[str]) -> list[Cell]:
    times: Counter[str] = Counter()
    found = {}
    for each in contact.identities:
        found[_column(each.type, times[each.type])] = each.value
        times[each.type] += 1
    own = (contact.name, contact.language, contact.time_zone)
    return [*(found.get(name) for name in columns), *own, *(contact.attributes.get(name) for name in attributes)]
