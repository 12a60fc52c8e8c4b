"""Phone numbers that are written as they are kept, like +34600111222, told without parsing them, which takes twenty
times as long and is most of the work on a list of a million."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import phonenumbers

LONGEST_CODE = 3
_SPACED = re.compile(r"\+[0-9]+(?:[ -][0-9]+)+")

Plan = tuple[frozenset[int], Callable[[str], Any] | None]


def is_plain(text: str) -> bool:
    """Whether it is certain that a number is kept just as it is written here. False says nothing."""
    return plain(text) == text


def plain(text: str) -> str | None:
    """The E.164 number of a text like +34600111222 or +34 600 11-12-22, as `address.read_phone` reads it. None says
    nothing: that one has to be parsed."""
    digits = text[1:] if text[:1] == "+" else ""
    if not (digits.isdigit() and digits.isascii()):
        if not _SPACED.fullmatch(text):
            return None
        digits = text[1:].replace(" ", "").replace("-", "")
    for length in range(1, LONGEST_CODE + 1):
        plan = _plan(digits[:length])
        if plan:  # no country code is the beginning of another one
            return "+" + digits if _is_possible(digits[length:], *plan) else None
    return None


def _is_possible(national: str, lengths: frozenset[int], trunk_prefix: Callable[[str], Any] | None) -> bool:
    return len(national) in lengths and national[0] != "0" and not (trunk_prefix and trunk_prefix(national))


@lru_cache(maxsize=2048)
def _plan(code: str) -> Plan | None:
    """How long the national numbers of a country code are, and what finds a prefix that a parse would take off. None:
    there is no such code."""
    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(code)) if code and code[0] != "0" else None
    if regions is None:
        return None
    known = phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code(int(code), regions[0])
    if known is None or known.general_desc is None:
        return None
    prefix = known.national_prefix_for_parsing
    return frozenset(known.general_desc.possible_length), re.compile(prefix).match if prefix else None
