"""What an operator sets for one-time codes: where they may go, how many, and who is let through."""

from typing import Annotated

from pydantic import Field, StringConstraints

from parley.errors import Invalid, Problem
from parley.model import countries
from parley.model.address import Address, AddressKind
from parley.model.countries import Country
from parley.model.lane import Category
from parley.model.types import Strict

MOST = 10_000_000
Number = Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{6,14}$")]
NumberPrefix = Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{0,14}$")]


class Velocity(Strict):
    """How many codes may go out in each window of so many seconds."""

    most: Annotated[int, Field(ge=1, le=MOST)]
    seconds: Annotated[int, Field(ge=10, le=86_400)]


class Conversion(Strict):
    """The share of codes that people type in. Where it stays below `least` once `after` codes went to a prefix in its
    window, no more go there until that window ends or the share grows."""

    least: Annotated[float, Field(ge=0.001, le=1)]
    after: Annotated[int, Field(ge=1, le=MOST)]


class OtpGuard(Strict):
    """What holds for one-time codes (AUTHENTICATION) to phone numbers; null takes a rule away. In a change only what is
    given changes; a channel begins with 5 codes to a number in 10 minutes, 100 to a prefix and 10,000 of the
    organization in an hour, and a conversion of 0.1 after 50 codes."""

    countries: Annotated[list[Country], Field(min_length=1, max_length=250)] | None = Field(
        default=None, description="ISO 3166 codes of where codes may go, null: everywhere", examples=[["DE", "ES"]]
    )
    per_number: Velocity | None = None
    per_prefix: Velocity | None = Field(default=None, description="Codes to all numbers that begin alike")
    range_digits: Annotated[int, Field(ge=2, le=7)] = Field(
        default=4, description="A prefix is a number without so many last digits: 4 makes ranges of 10,000 numbers"
    )
    per_organization: Velocity | None = Field(
        default=None, description="Codes of all channels of the organization whose windows are as long"
    )
    daily_cap: Annotated[int, Field(ge=1, le=MOST)] | None = Field(
        default=None, description="Codes of the channel on a UTC day"
    )
    conversion: Conversion | None = Field(
        default=None, description="Silent unless a result was reported for a code of the last seven days"
    )
    allowed_numbers: Annotated[list[Number], Field(max_length=50)] = Field(
        default=[], description="No rule holds for these, as for testers", examples=[["+34600111222"]]
    )
    allowed_prefixes: Annotated[list[NumberPrefix], Field(max_length=50)] = Field(
        default=[], description="No rule holds for numbers that begin so", examples=[["+34600"]]
    )

    def prefix_of(self, number: str) -> str:
        return number[: -self.range_digits]

    def guards(self, to: Address, category: Category | None) -> bool:
        """Whether any rule holds for such a message."""
        is_code = category is Category.AUTHENTICATION and to.type is AddressKind.PHONE
        return is_code and to.value not in self.allowed_numbers and not to.value.startswith((*self.allowed_prefixes,))


BEGINNING = OtpGuard(
    per_number=Velocity(most=5, seconds=600),
    per_prefix=Velocity(most=100, seconds=3600),
    per_organization=Velocity(most=10_000, seconds=3600),
    conversion=Conversion(least=0.1, after=50),
)
"""What a channel has until somebody changes it."""


def changed(kept: OtpGuard, changes: OtpGuard) -> OtpGuard:
    """With what `changes` names, null included. Raises Invalid with everything that is wrong."""
    guard = kept.model_copy(update={name: getattr(changes, name) for name in changes.model_fields_set})
    problems = [*countries.unknown(guard.countries or [], "otp_guard.countries"), *_without_prefixes(guard)]
    if problems:
        raise Invalid(problems)
    return guard


def _without_prefixes(guard: OtpGuard) -> list[Problem]:
    if guard.per_prefix or not guard.conversion:
        return []
    reason = "Conversion is counted in the windows of per_prefix; set that too, or set conversion to null."
    return [Problem("otp_guard.conversion", "prefixes_not_counted", reason)]
