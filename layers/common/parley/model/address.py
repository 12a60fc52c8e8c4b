"""People as typed addresses; a plain string is read as the channel's default kind."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

import phonenumbers
from pydantic import ConfigDict, Field, StringConstraints

from parley.errors import Invalid, Problem
from parley.model.types import Model

LONGEST = 256
DIALLED = re.compile(r"[+\uff0b]?[\d\s()./\u2010-\u2015-]+")
"""Digits of any script and what people put between them; no extension, no second number."""


class AddressKind(StrEnum):
    PHONE = "phone"
    CHAT = "chat"
    BSUID = "bsuid"
    USERNAME = "username"
    EMAIL = "email"


class Address(Model):
    """Who somebody is on a channel; `value` of a phone is E.164 with its plus."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: AddressKind
    value: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST)]

    @property
    def key(self) -> str:
        return f"{self.type}:{self.value}"


Recipient = Annotated[
    str | Address,
    Field(
        description='A string read as the channel\'s default kind, or {"type": …, "value": …}',
        examples=["+34600111222"],
    ),
]


@dataclass(frozen=True)
class AddressForm:
    """One way in which a channel knows people. `pattern` is the whole of an address, `example` shows one.

    `every` is the least time between two messages to one such address, in seconds, where the platform limits that.
    `of_one`: one person has it, not a group or everybody who reads a broadcast channel."""

    kind: AddressKind
    pattern: str = ""
    example: str = ""
    every: float = 0.0
    of_one: bool = True

    def fits(self, address: Address) -> bool:
        return self.kind is address.type and (not self.pattern or bool(re.fullmatch(self.pattern, address.value)))


Forms = tuple[AddressForm, ...]


def read_recipient(given: str | Address, forms: Forms, field: str = "to") -> Address:
    """The address that was meant. Raises Invalid if its kind does not exist on the channel or it cannot be dialled."""
    address = given if isinstance(given, Address) else _plain(given.strip(), forms, field)
    if address.type not in kinds(forms):
        reason = f"This channel knows people by {', '.join(kinds(forms))}, not by {address.type}."
        raise Invalid([Problem(field, "address_kind", reason)])
    if address.type is AddressKind.PHONE:
        return Address(type=AddressKind.PHONE, value=read_phone(address.value, field))
    if form_of(address, forms) is None:
        raise Invalid([_not_an_address(address.type, forms, field)])
    return address


def kinds(forms: Forms) -> list[AddressKind]:
    return list(dict.fromkeys(form.kind for form in forms))


def form_of(address: Address, forms: Forms) -> AddressForm | None:
    return next((form for form in forms if form.fits(address)), None)


def of_key(key: str) -> Address:
    """The address that was kept as `kind:value`."""
    kind, _, value = key.partition(":")
    return Address.model_validate({"type": kind, "value": value})


def _plain(value: str, forms: Forms, field: str) -> Address:
    """A plain text is of the form whose pattern it fits, else of the default kind."""
    default = forms[0].kind
    if not 0 < len(value) <= LONGEST:
        raise Invalid([_not_an_address(default, forms, field)])
    candidates = [Address(type=form.kind, value=value) for form in forms if form.pattern]
    return next((each for each in candidates if form_of(each, forms)), Address(type=default, value=value))


def _not_an_address(kind: AddressKind, forms: Forms, field: str) -> Problem:
    if kind is AddressKind.PHONE:
        return _not_a_number(field)
    examples = " or ".join(form.example for form in forms if form.kind is kind and form.example)
    like = f", like {examples}" if examples else ""
    return Problem(field, "invalid_address", f"This is not a {kind} of this channel{like}.")


def read_phone(text: str, field: str = "to") -> str:
    """E.164 with its plus, from a full international number with or without plus, blanks and brackets."""
    digits = text.strip()
    international = digits if digits.startswith("+") else "+" + digits.removeprefix("00")
    try:
        number = phonenumbers.parse(international)
    except phonenumbers.NumberParseException:
        raise Invalid([_not_a_number(field)]) from None
    possible = phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE
    if not possible or not DIALLED.fullmatch(digits):
        raise Invalid([_not_a_number(field)])
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _not_a_number(field: str) -> Problem:
    return Problem(field, "invalid_number", "This is not a phone number with its country code, like +34600111222.")
