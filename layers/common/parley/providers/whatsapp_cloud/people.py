"""How Meta names people: digits of a phone number without its plus, or a business-scoped id; either may be missing."""

from typing import Any

from parley.model.address import LONGEST, Address, AddressKind


def address(given: Any) -> Address | None:
    if not isinstance(given, str | int) or not 0 < len(str(given)) < LONGEST:
        return None
    text = str(given)
    if text.isascii() and text.isdigit():
        return Address(type=AddressKind.PHONE, value=f"+{text}")
    return Address(type=AddressKind.BSUID, value=text)


def best(*given: Any) -> Address | None:
    """The first that is there."""
    return next(filter(None, map(address, given)), None)
