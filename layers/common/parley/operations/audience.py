"""What a broadcast needs of an audience group: its members, whom each is on a channel, and what fills a template."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from parley.model.address import Address, Forms, form_of
from parley.model.contact import Contact
from parley.store import contacts


class Filled(NamedTuple):
    """`values` in the order of the variables; `missing` are the variables that the contact has nothing for, whose
    values are empty."""

    values: list[str]
    missing: list[str]


def members(organization: str, group: str) -> Iterator[Contact]:
    """Everybody in a group, by the id of the contact, as they are when they are read; nobody for a group that is gone.
    The broadcast uses the group meanwhile (`store.groups.use`), so it is not."""
    return contacts.members(organization, group)


def identity_for(contact: Contact, forms: Forms) -> Address | None:
    """The first address of a contact that fits a channel; None: they cannot be written to there."""
    return next((each for each in contact.identities if form_of(each, forms)), None)


def values_for(contact: Contact, variables: Sequence[str]) -> Filled:
    """Attributes fill the variables of the same name; `name`, `language`, `time_zone` and the kinds of addresses, which
    no attribute is called, are the contact's own."""
    values = [contact.value_of(name) for name in variables]
    return Filled(values, [name for name, value in zip(variables, values, strict=True) if not value])
