"""What a value may not be, each with its code, where a platform reviews templates and where none does."""

import pytest
from parley.model.signature import OFFER_ENDS
from parley.model.value_rules import MOST, ValueRules

from tests.support.make import body, offer, template

PLAIN, OFFER = template(body("Hello $(name).")), template(offer(), body("Hello $(name)."))


@pytest.mark.parametrize(
    ("value", "codes"),
    [
        ("Ana", []),
        ("Ana    María", []),
        ("Ana     María", ["value_layout"]),
        ("Ana\nMaría", ["value_layout"]),
        ("Ana\r", ["value_layout"]),
        ("\tAna", ["value_layout"]),
        ("   ", ["value_layout"]),
        ("\u00a0", ["value_layout"]),
        ("$(name)", []),
        ("x" * MOST, []),
        ("x" * (MOST + 1), ["value_too_long"]),
    ],
)
def test_a_value_of_a_reviewed_template(value: str, codes: list[str]) -> None:
    assert [each.code for each in ValueRules(PLAIN, reviewed=True).check({"name": value}, "v")] == codes
    own = [each.code for each in ValueRules(PLAIN, reviewed=False).check({"name": value}, "v")]
    assert own == [each for each in codes if each == "value_too_long"]


@pytest.mark.parametrize(("value", "is_one"), [("1790000000000", True), ("soon", False), ("1e12", False)])
def test_the_end_of_an_offer_is_a_moment(value: str, is_one: bool) -> None:
    found = list(ValueRules(OFFER, reviewed=True).check({OFFER_ENDS: value, "name": "Ana"}, "variables"))
    told = [(each.field, each.code) for each in found]
    assert told == ([] if is_one else [(f"variables.{OFFER_ENDS}", "value_no_moment")])
