"""A contact: somebody the business writes to, with every address that it knows of them."""

import re
from collections.abc import Iterable, Mapping
from typing import Annotated

from pydantic import Field, StringConstraints

from parley.errors import Invalid, Problem
from parley.model.address import LONGEST, Address, AddressKind, Recipient, read_phone
from parley.model.components import Language
from parley.model.quiet import ZoneName
from parley.model.types import Id, Instant, Model, OrganizationWish, Strict

MOST_IDENTITIES, MOST_ATTRIBUTES, MOST_GROUPS = 10, 50, 40
"""A contact, its identities and its memberships are written and deleted in one transaction of at most 100 writes."""

ATTRIBUTE_BYTES = 16_384
LONGEST_NAME, LONGEST_VALUE = 100, 1024
KINDS = "|".join(AddressKind)
OWN = re.compile(rf"to|name|language|time_zone|reason|({KINDS})( \d{{1,2}})?", re.I)
"""What the columns of a sheet are called that are no attributes."""

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_NAME)]
AttributeName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]+$")
]
AttributeValue = Annotated[str, StringConstraints(max_length=LONGEST_VALUE)]
Attributes = Annotated[
    dict[AttributeName, AttributeValue],
    Field(max_length=MOST_ATTRIBUTES, description="Fill the variables of the same name", examples=[{"city": "Madrid"}]),
]
Identities = Annotated[
    list[Recipient],
    Field(
        min_length=1,
        max_length=MOST_IDENTITIES,
        description="Typed addresses; a plain string is a phone number. Each belongs to one contact only; a broadcast"
        " takes the first one that fits its channel",
    ),
]
Groups = Annotated[list[Id], Field(max_length=MOST_GROUPS, description="The ids of the groups it is a member of")]


class NewContact(Strict):
    organization_id: OrganizationWish = None
    identities: Identities
    name: Name | None = None
    attributes: Attributes = Field(default_factory=dict)
    time_zone: ZoneName | None = None
    language: Language | None = None
    groups: Groups = Field(default_factory=list)


class ContactChanges(Strict):
    """Only the given fields change, each as a whole. null takes a name, a time zone or a language away."""

    organization_id: OrganizationWish = None
    identities: Identities | None = None
    name: Name | None = None
    attributes: Attributes | None = None
    time_zone: ZoneName | None = None
    language: Language | None = None
    groups: Groups | None = None


class Contact(Model):
    id: Id
    organization_id: Id
    identities: list[Address]
    name: str | None = None
    attributes: dict[str, str] = Field(default_factory=dict)
    time_zone: str | None = None
    language: str | None = None
    groups: list[Id] = Field(default_factory=list)
    version: int = Field(default=1, exclude=True)
    fingerprint: str = Field(default="", exclude=True)
    created_at: Instant
    updated_at: Instant

    @property
    def keys(self) -> list[str]:
        """Its identities as `kind:value`."""
        return [identity.key for identity in self.identities]

    def value_of(self, variable: str) -> str:
        """What fills a variable: the attribute of that name, or what a column of that name means; empty for nothing."""
        if not OWN.fullmatch(variable):
            return self.attributes.get(variable, "")
        word = variable.lower()
        own = {"name": self.name, "language": self.language, "time_zone": self.time_zone}
        return own.get(word) or next((each.value for each in self.identities if each.type == word), "")


def read_identity(given: Recipient, field: str) -> Address:
    """The address as it is kept, so that two ways to write it are one. A string is `kind:value` or a phone number.

    Raises Invalid for what is no address of its kind."""
    address = given if isinstance(given, Address) else _typed(given, field)
    value = address.value.strip()
    if address.type is AddressKind.PHONE:
        return Address(type=AddressKind.PHONE, value=read_phone(value, field))
    if address.type in (AddressKind.EMAIL, AddressKind.USERNAME):
        value = value.lower()
    fits = _EMAIL.fullmatch(value) if address.type is AddressKind.EMAIL else re.fullmatch(r"[^\s\x00-\x1f]+", value)
    if not fits or len(value) > LONGEST:
        raise Invalid([Problem(field, "invalid_address", f"This is not an address of the kind {address.type}.")])
    return Address(type=address.type, value=value)


def _typed(text: str, field: str) -> Address:
    kind, colon, value = text.strip().partition(":")
    known = kind if colon and kind in set(AddressKind) else AddressKind.PHONE
    value = value if colon and kind in set(AddressKind) else text
    if not 0 < len(value) <= LONGEST:
        raise Invalid([Problem(field, "invalid_address", f"An address has 1 to {LONGEST} characters.")])
    return Address(type=AddressKind(known), value=value)


def read_identities(given: Iterable[Recipient], field: str = "identities") -> list[Address]:
    """Raises Invalid with every one that is wrong or stands twice."""
    found: dict[str, Address] = {}
    problems: list[Problem] = []
    for index, each in enumerate(given):
        at = f"{field}.{index}"
        try:
            address = read_identity(each, at)
        except Invalid as invalid:
            problems += invalid.problems
            continue
        if address.key in found:
            problems.append(Problem(at, "identity_repeated", "This identity stands twice in the list."))
        found[address.key] = address
    if problems:
        raise Invalid(problems)
    return list(found.values())


def attribute_problems(attributes: Mapping[str, str], field: str = "attributes") -> list[Problem]:
    """Names that mean something else already, and more than fits."""
    reason = "A contact has a field of this name; an attribute needs another one."
    found = [Problem(f"{field}.{name}", "reserved_name", reason) for name in attributes if OWN.fullmatch(name)]
    if sum(len(name.encode()) + len(value.encode()) for name, value in attributes.items()) > ATTRIBUTE_BYTES:
        reason = f"The attributes of a contact hold at most {ATTRIBUTE_BYTES} bytes in all."
        found.append(Problem(field, "attributes_too_large", reason))
    return found
