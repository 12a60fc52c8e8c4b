"""How Meta names people: digits of a phone number without its plus, or a business-scoped id; either may be missing."""

from typing import Any

from parley.model import profile as profiles
from parley.model.address import LONGEST, Address, AddressKind
from parley.model.profile import Profile


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


def profile(message: dict[str, Any], contact: dict[str, Any]) -> Profile | None:
    """Of a message and the contact beside it, which names the same ids."""
    told = contact.get("profile")
    shown: dict[str, Any] = told if isinstance(told, dict) else {}
    return profiles.profile(
        name=shown.get("name"),
        username=shown.get("username"),
        user_id=contact.get("user_id") or message.get("from_user_id"),
        parent_user_id=contact.get("parent_user_id") or message.get("from_parent_user_id"),
    )
