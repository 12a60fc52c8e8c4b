"""Rows of a sheet of contacts: what must never become a contact's."""

import pytest
from parley.errors import Invalid
from parley.model import contact_sheet


@pytest.mark.parametrize("cell", ["#N/A", "#REF!", "#¡VALOR!", "########", "Err:508"])
def test_a_formula_that_failed_is_a_bad_row_and_no_attribute(cell: str) -> None:
    """An attribute fills the variable of its name, so the person would read it."""
    columns = contact_sheet.columns_of(["phone", "City", "reason"])
    with pytest.raises(Invalid) as caught:
        contact_sheet.read(columns, ["+34600111222", cell, "#N/A"], None)
    assert [(each.field, each.code) for each in caught.value.problems] == [("City", "cell_error")]


def test_an_error_in_the_column_of_reasons_says_nothing_of_the_row() -> None:
    columns = contact_sheet.columns_of(["phone", "City", "Reason"])
    read = contact_sheet.read(columns, ["+34600111222", "#1 in town", "#N/A"], None)
    assert read.attributes == {"City": "#1 in town"}
