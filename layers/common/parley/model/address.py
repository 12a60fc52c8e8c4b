"""People as typed addresses; a plain string is read as the channel's default kind."""

import re
from enum import StrEnum
from typing import Annotated

import phonenumbers
from pydantic import ConfigDict, Field, StringConstraints

from parley.errors import Invalid, Problem
from parley.model.types import Model

LONGEST = 256
_DIALLED = re.compile(r"[+\uff0b]?[\d\s()./\u2010-\u2015-]+")
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


def read_recipient(given: str | Address, allowed: tuple[AddressKind, ...], field: str = "to") -> Address:
    """The address that was meant. Raises Invalid if its kind does not exist on the channel or it cannot be dialled."""
    address = given if isinstance(given, Address) else _plain(given.strip(), allowed[0], field)
    if address.type not in allowed:
        kinds = ", ".join(allowed)
        raise Invalid([Problem(field, "address_kind", f"This channel knows people by {kinds}, not by {address.type}.")])
    if address.type is not AddressKind.PHONE:
        return address
    return Address(type=AddressKind.PHONE, value=read_phone(address.value, field))


def _plain(value: str, kind: AddressKind, field: str) -> Address:
    if 0 < len(value) <= LONGEST:
        return Address(type=kind, value=value)
    reason = f"An address holds 1 to {LONGEST} characters."
    raise Invalid([_not_a_number(field) if kind is AddressKind.PHONE else Problem(field, "invalid_address", reason)])


def read_phone(text: str, field: str = "to") -> str:
    """E.164 with its plus, from a full international number with or without plus, blanks and brackets."""
    digits = text.strip()
    international = digits if digits.startswith("+") else "+" + digits.removeprefix("00")
    try:
        number = phonenumbers.parse(international)
    except phonenumbers.NumberParseException:
        raise Invalid([_not_a_number(field)]) from None
    possible = phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE
    if not possible or not _DIALLED.fullmatch(digits):
        raise Invalid([_not_a_number(field)])
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _not_a_number(field: str) -> Problem:
    return Problem(field, "invalid_number", "This is not a phone number with its country code, like +34600111222.")
