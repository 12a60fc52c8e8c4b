"""Whether one row of a broadcast can be sent, by the rules of a single send; made for going over a million rows.

What is quick is asked first, and whatever is in doubt goes the long way, so that both refuse and accept the same."""

from collections.abc import Sequence

from parley.errors import Invalid, Problem
from parley.model import content_rules, sms, variables
from parley.model.address import LONGEST, Address, AddressKind, kinds, read_recipient
from parley.model.capabilities import Capabilities
from parley.model.cells import NotDialled, dialled
from parley.model.content import Content, Kind
from parley.model.mold import Mold
from parley.model.plain_numbers import plain
from parley.model.rendering import render
from parley.model.sheet import RECIPIENT
from parley.model.template import Template
from parley.model.value_rules import ValueRules


class Recipients:
    """Reads whom a row is for. `country` is that of numbers without country code."""

    def __init__(self, abilities: Capabilities, country: str | None) -> None:
        self._forms, self._country = abilities.people, country
        self._dials = AddressKind.PHONE in kinds(abilities.people)
        self._others = [form for form in abilities.people if form.kind is not AddressKind.PHONE and form.pattern]

    def read(self, given: str | Address) -> str:
        """`kind:value`. Raises Invalid with the field of the recipient's column."""
        if isinstance(given, Address):
            kept = self._dials and given.type is AddressKind.PHONE and plain(given.value) == given.value
            return given.key if kept else read_recipient(given, self._forms, RECIPIENT).key
        if not self._dials:
            return read_recipient(given, self._forms, RECIPIENT).key
        number = plain("+" + given if self._country is None and given[:1] != "+" else given)
        if number:
            return "phone:" + number
        if self._is_other(given.strip()):
            return read_recipient(given, self._forms, RECIPIENT).key
        try:
            return "phone:" + dialled(given, self._country)
        except NotDialled as wrong:
            raise Invalid([Problem(RECIPIENT, wrong.code, wrong.reason)]) from None

    def _is_other(self, text: str) -> bool:
        """Written like an address of another kind that the channel knows people by."""
        return 0 < len(text) <= LONGEST and any(form.fits(Address(type=form.kind, value=text)) for form in self._others)


class Values:
    """Checks the values of a row, in the order of the template's variables. `defaults` stand in for empty ones."""

    def __init__(self, template: Template, abilities: Capabilities) -> None:
        self._names = template.variables
        self._defaults = [template.defaults.get(name, "") for name in self._names]
        self._rules = ValueRules(template, reviewed=abilities.dialect.reviewed)
        write, self._limit, self._what = content_rules.measured(template, abilities)
        self._measured = Mold(self._names, write)
        self._shown = Mold(self._names, lambda values: render(template.components, values))

    def filled(self, given: Sequence[str]) -> Sequence[str]:
        """With the defaults in place. Raises Invalid with the fields of the columns."""
        values = self._with_defaults(given) if "" in given else given
        if not self._rules.pass_at_once(values):
            self._refuse([*self._rules.check(dict(zip(self._names, values, strict=True)), "")])
        text = self._measured.text(values)
        if 2 * len(text) > self._limit:
            self._refuse([*content_rules.length("", text, self._limit, self._what)])
        return values

    def _with_defaults(self, given: Sequence[str]) -> list[str]:
        values = [value or default for value, default in zip(given, self._defaults, strict=True)]
        self._refuse(variables.check(self._names, dict(zip(self._names, values, strict=True)), ""))
        return values

    def _refuse(self, problems: list[Problem]) -> None:
        if problems:
            raise Invalid([Problem(each.field.removeprefix("."), each.code, each.reason) for each in problems])

    def parts(self, values: Sequence[str]) -> int:
        """Of an SMS with these values, as a carrier bills it."""
        return sms.segments(self._shown.text(values)).parts


def of_template(template: Template, abilities: Capabilities) -> list[Problem]:
    """What keeps every row from being sent, whatever its values are."""
    values = dict.fromkeys(template.variables, "x")
    said = Content(type=Kind.TEMPLATE, template=template.id, language=template.language, variables=values)
    found = content_rules.check(said, template, abilities, "")
    return [each for each in found if not each.code.endswith("_too_long")]
