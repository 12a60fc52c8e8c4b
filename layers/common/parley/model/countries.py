"""Countries by their ISO 3166 codes, and where a phone number is at home."""

from collections.abc import Iterable
from typing import Annotated

import phonenumbers
from pydantic import Field, StringConstraints

from parley.errors import Problem

Country = Annotated[str, StringConstraints(to_upper=True, min_length=2, max_length=2)]
Countries = Annotated[
    list[Country], Field(max_length=250, description="ISO 3166 codes of two letters", examples=[["ID", "BR"]])
]


def unknown(countries: Iterable[str], field: str) -> list[Problem]:
    """Those that no phone number is at home in."""
    wrong = [(i, each) for i, each in enumerate(countries) if each not in phonenumbers.SUPPORTED_REGIONS]
    reason = "There is no such country with phone numbers (ISO 3166)."
    return [Problem(f"{field}.{i}", "unknown_country", f"{each}: {reason}") for i, each in wrong]


def of_number(number: str) -> frozenset[str]:
    """The country of a number; of one in a range that nobody knows yet, all that share its code, if any does."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return frozenset()
    country = phonenumbers.region_code_for_number(parsed)
    return frozenset([country] if country else phonenumbers.region_codes_for_country_code(parsed.country_code or 0))
