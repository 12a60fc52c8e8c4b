"""What the value of a variable may not be, whatever the text around it; the same for one message and for a million."""

import re
from collections.abc import Iterator, Mapping, Sequence

from parley.errors import Problem
from parley.model.components import LimitedTimeOffer
from parley.model.signature import OFFER_ENDS
from parley.model.template import Template

MOST = 32_767
"""Characters; as many as a cell of a spreadsheet holds. Texts have their own, shorter limits."""

_LAYOUT = re.compile(r"[\n\r\t]| {5}|\A\s+\Z")
"""Platforms that review templates let no value change their layout."""


class ValueRules:
    """Of one template. `reviewed`: its platform reviews templates."""

    def __init__(self, template: Template, *, reviewed: bool) -> None:
        self._reviewed = reviewed
        offers = [each for each in template.components if isinstance(each, LimitedTimeOffer)]
        self._moment = OFFER_ENDS if any(each.has_expiration for each in offers) else None

    def pass_at_once(self, values: Sequence[str]) -> bool:
        """True: nothing is wrong with any of them. False says nothing."""
        if self._moment or max(map(len, values), default=0) > MOST:
            return False
        return not (self._reviewed and any(map(_LAYOUT.search, values)))

    def check(self, values: Mapping[str, str], field: str) -> Iterator[Problem]:
        """Of values that are not empty."""
        for name, value in values.items():
            for code, reason in self.faults(name, value):
                yield Problem(f"{field}.{name}", code, reason)

    def faults(self, name: str, value: str) -> Iterator[tuple[str, str]]:
        """Code and sentence of what is wrong with a value."""
        if len(value) > MOST:
            yield "value_too_long", f'The value of "{name}" is longer than {MOST:,} characters.'
        if self._reviewed and _LAYOUT.search(value):
            told = "has a line break, a tab or more than four blanks in a row, or nothing but blanks"
            yield "value_layout", f'The value of "{name}" {told}, which the platform refuses.'
        if name == self._moment and not (value.isascii() and value.isdigit()):
            yield "value_no_moment", f'The value of "{name}" is a time in milliseconds since 1970, like 1790000000000.'
