"""What a template is filled with, and how it reads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parley.model import variables
from parley.model.rendering import render

from tests.support.make import body, buttons, footer, header, link, quick, template

FULL = template(
    header("Order $(order_no)"),
    body("Hello $(first_name), your order $(order_no) is at $(store)."),
    footer("Acme"),
    buttons(quick("On my way"), link("https://acme.test/t/$(code)"), link("https://acme.test", "Shop")),
)
VALUES = {"order_no": "A-19", "first_name": "Ana", "store": "Centro", "code": "x y"}


def test_variables_in_order_of_first_use_each_once() -> None:
    assert FULL.variables == ["order_no", "first_name", "store", "code"]
    assert template(body("None.")).variables == []


def test_reads_as_a_person_would_read_it() -> None:
    assert render(FULL.components, VALUES).splitlines() == [
        "Order A-19",
        "Hello Ana, your order A-19 is at Centro.",
        "Acme",
        "[On my way]",
        "[Track] https://acme.test/t/x y",
        "[Shop] https://acme.test",
    ]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("$(a) $(b) $(a)", ["a", "b"]),
        ("$(1) $() $( a ) $(a-b) $a (a)", []),
        ("$$(a)", ["a"]),
        ("$(A_1)", ["A_1"]),
        (f"$({'x' * 64})", ["x" * 64]),
        (f"$({'x' * 65})", []),
    ],
)
def test_what_counts_as_a_variable(text: str, names: list[str]) -> None:
    assert variables.names(text) == names


def test_a_value_is_never_filled_in_again() -> None:
    assert variables.fill("Hi $(a) $(b)", {"a": "$(b)", "b": r"\1 $(a)"}) == r"Hi $(b) \1 $(a)"


def test_missing_and_unknown_are_named_one_by_one() -> None:
    found = variables.check(["a", "b"], {"b": "", "c": "x"}, "fallback.variables")
    assert [(each.field, each.code) for each in found] == [
        ("fallback.variables.a", "variable_missing"),
        ("fallback.variables.b", "variable_missing"),
        ("fallback.variables.c", "variable_unknown"),
    ]
    assert variables.check(["a"], {"a": "x"}) == []


NAME = st.from_regex(r"\A[A-Za-z][A-Za-z0-9_]{0,8}\Z")


@given(st.lists(st.tuples(st.text("a1 ()\n{}é", max_size=6), NAME, st.text(max_size=20)), max_size=8))
def test_filling_replaces_each_variable_and_nothing_else(pieces: list[tuple[str, str, str]]) -> None:
    values = {name: value for _, name, value in pieces}
    text = "".join(f"{plain}$({name})" for plain, name, _ in pieces)
    assert variables.fill(text, values) == "".join(plain + values[name] for plain, name, _ in pieces)
    assert variables.names(text) == list(values)
