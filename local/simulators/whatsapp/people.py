"""The people on the other side: how a dialled number is read, and their business-scoped ids."""

import hashlib
from typing import Any

from local.simulators.common.numbers import country, digits
from local.simulators.whatsapp.errors import invalid
from local.simulators.whatsapp.state import Phone, State


def user_id(number: str) -> str:
    return f"{country(number)}.{int(hashlib.sha256(number.encode()).hexdigest()[:15], 16)}"


def wa_id(number: str) -> str:
    """The id can differ from what was dialled: Brazilian mobiles lose their ninth digit here."""
    if number.startswith("55") and len(number) == 13 and number[4] == "9":
        return number[:4] + number[5:]
    return number


def dialled(phone: Phone, to: str, prepend: bool) -> str:
    """Digits of an address. Without a plus Meta may prepend the business number's country code; we always do."""
    if not isinstance(to, str) or not digits(to) or set(to) - set("0123456789+-() "):
        raise invalid(f"Param to is not a valid phone number: {to!r}")
    number = digits(to) if to.strip().startswith("+") or not prepend else phone.country_code + digits(to)
    if not 7 <= len(number) <= 15:
        raise invalid("Param to must be a phone number of 7 to 15 digits")
    return number


def remember(state: State, number: str) -> str:
    with state.lock:
        known = user_id(number)
        state.users[known] = number
        return known


def contact(number: str, bsuid_only: bool = False, name: str = "Local Person") -> dict[str, Any]:
    entry: dict[str, Any] = {"profile": {"name": name}, "wa_id": wa_id(number), "user_id": user_id(number)}
    if bsuid_only:
        del entry["wa_id"]
        entry["profile"]["username"] = f"@local{number[-4:]}"
    return entry
