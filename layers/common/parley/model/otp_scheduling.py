"""What an operator sets for a channel whose one-time codes may go out from other numbers than its own."""

from pydantic import Field

from parley.errors import Problem
from parley.model import countries
from parley.model.address import Address, AddressKind
from parley.model.countries import Countries
from parley.model.lane import Category
from parley.model.types import Strict


class OtpScheduling(Strict):
    """AUTHENTICATION messages to these countries go out from a number of the pool (`scheduling_resources`).

    Where none is free: with `use_own_numbers` from the channel's own number, else the send fails with
    `no_scheduling_resource`. A change replaces it as a whole."""

    enabled: bool = False
    countries: Countries = Field(default_factory=list)
    use_own_numbers: bool = True

    def schedules(self, to: Address, category: Category | None) -> bool:
        """Whether such a message goes out through the pool. A person without a number is known to one sender only."""
        is_code = self.enabled and category is Category.AUTHENTICATION and to.type is AddressKind.PHONE
        return is_code and not countries.of_number(to.value).isdisjoint(self.countries)


def check(scheduling: OtpScheduling, *, possible: bool) -> list[Problem]:
    """`possible`: the channel's platform lets other numbers send for it."""
    at = "otp_scheduling"
    if not possible:
        return [Problem(at, "otp_scheduling_not_available", "Channels of this type send from their own number only.")]
    if scheduling.enabled and not scheduling.countries:
        return [Problem(f"{at}.countries", "countries_missing", "Name the countries whose codes are scheduled.")]
    return countries.unknown(scheduling.countries, f"{at}.countries")
