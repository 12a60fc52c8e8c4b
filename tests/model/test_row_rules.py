"""A row is refused and accepted exactly as a single send of the same values to the same person would be."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from parley import providers
from parley.errors import Invalid
from parley.model import content_rules, sms, variables
from parley.model.address import Address, AddressKind, read_recipient
from parley.model.capabilities import Capabilities
from parley.model.cells import NotDialled, dialled
from parley.model.content import Content, Kind
from parley.model.row_rules import Recipients, Values, of_template
from parley.model.template import Template
from parley.model.value_rules import ValueRules

from tests.support.make import body, buttons, coupon, header, link, offer, template

WHATSAPP, SMS, TELEGRAM = (providers.abilities(name) for name in ("whatsapp_cloud", "sms_http", "telegram"))
LONG = "Dear $(name), " + "x" * 1500 + " $(order)."
SHAPES: dict[str, tuple[Template, Capabilities]] = {
    "SMS": (template(body("Hello $(name), order $(order) is ready.")), SMS),
    "SMS near its limit": (template(body(LONG)), SMS),
    "SMS with trimmed links": (template(body("x" * 1560), buttons(link("https://a.test/$(order)"), coupon())), SMS),
    "SMS with a default": (template(body("Hello $(name), $(order)."), defaults={"name": "you"}), SMS),
    "WhatsApp": (template(header("For $(name)"), body(LONG), buttons(link("https://a.test/$(order)"))), WHATSAPP),
    "WhatsApp's offers": (template(offer(), body("Hello $(name).")), WHATSAPP),
    "Telegram": (template(body("x" * 4000 + "$(name) $(order)")), TELEGRAM),
    "a picture on Telegram": (
        template(header(format="IMAGE", link="https://a.test/x.jpg"), body("x" * 990 + "$(name)")),
        TELEGRAM,
    ),
}
pieces = st.sampled_from(
    ["", " ", "a", "A-19", "x" * 30, "é" * 20, "€" * 8, "ж", "😀" * 7, "\n", "     ", "1790000000000"]
)
values = st.lists(pieces, max_size=4).map("".join)
each_shape = pytest.mark.parametrize(("shape", "abilities"), SHAPES.values(), ids=SHAPES)


def single(shape: Template, abilities: Capabilities, given: dict[str, str]) -> tuple[list[str], dict[str, str]]:
    """The codes with which a single send is refused, and what it would say."""
    filled = shape.defaults | {name: value for name, value in given.items() if value}
    rules = ValueRules(shape, reviewed=abilities.dialect.reviewed)
    found = variables.check(shape.variables, filled, "v") or [*rules.check(filled, "v")]
    said = Content(type=Kind.TEMPLATE, template="t", language="en", variables=filled)
    found = found or content_rules.check(said, shape, abilities, "")
    return [each.code for each in found], filled


@each_shape
@given(data=st.data())
def test_values_pass_as_in_a_single_send(shape: Template, abilities: Capabilities, data: Any) -> None:
    row = data.draw(st.lists(values, min_size=len(shape.variables), max_size=len(shape.variables)))
    codes, filled = single(shape, abilities, dict(zip(shape.variables, row, strict=True)))
    rules = Values(shape, abilities)
    if codes:
        with pytest.raises(Invalid) as refused:
            rules.filled(row)
        assert [each.code for each in refused.value.problems] == codes
        return
    assert rules.filled(row) == [filled[name] for name in shape.variables]
    text = content_rules.shown_text(Content(type=Kind.TEMPLATE, template="t", variables=filled), shape)
    assert rules.parts(row if "" not in row else rules.filled(row)) == sms.segments(text).parts


@each_shape
def test_nothing_stands_against_these_templates(shape: Template, abilities: Capabilities) -> None:
    assert of_template(shape, abilities) == []


def test_what_keeps_every_row_from_being_sent() -> None:
    catalog = template(body("x"), buttons({"type": "MPM"}))
    assert [each.code for each in of_template(catalog, WHATSAPP)] == ["field_missing"]


def test_the_column_is_named() -> None:
    with pytest.raises(Invalid) as refused:
        Values(*SHAPES["SMS"]).filled(["Ana", ""])
    assert [(each.field, each.code) for each in refused.value.problems] == [("order", "variable_missing")]


ADDRESSES = ["+34600111222", "34600111222", " +34 600 111 222", "0034600111222", "4211", "-10012345", "@my_channel"]
ADDRESSES += ["US.13491208655302741918", "us.1", "", " ", "+", "+34", "x@y.test", "+1 (415) 555-0123", "+340600111222"]
texts = st.sampled_from(ADDRESSES) | st.text("+0123456789 -@aUS.", max_size=20)


@pytest.mark.parametrize("abilities", [WHATSAPP, SMS, TELEGRAM], ids=["whatsapp", "sms", "telegram"])
@given(text=texts)
@example("x" * 300)
def test_who_can_be_written_to_one_by_one_can_be_in_a_list(abilities: Capabilities, text: str) -> None:
    try:
        wanted = read_recipient(text, abilities.people).key
    except Invalid:
        return
    assert Recipients(abilities, None).read(text) == wanted


@pytest.mark.parametrize(
    ("given", "country", "wanted"),
    [
        ("600 11 12 22", "ES", "phone:+34600111222"),
        ("34600111222", "ES", "phone:+34600111222"),
        ("+34600111222", "US", "phone:+34600111222"),
        ("3.4600111222E+10", None, "phone:+34600111222"),
        ("US.13491208655302741918", "ES", "bsuid:US.13491208655302741918"),
        (Address(type=AddressKind.PHONE, value="0034 600111222"), "US", "phone:+34600111222"),
        ("3.46001E+11", None, "number_rounded"),
        ("hello", "ES", "invalid_number"),
        ("", None, "number_missing"),
        ("600111222", None, "country_code_missing"),
        (Address(type=AddressKind.CHAT, value="4211"), None, "address_kind"),
    ],
)
def test_a_recipient(given: str | Address, country: str | None, wanted: str) -> None:
    try:
        found = Recipients(WHATSAPP, country).read(given)
    except Invalid as refused:
        [problem] = refused.problems
        found = problem.code
        assert problem.field == "to"
    assert found == wanted


@given(
    text=st.builds(
        "{}{}".format, st.sampled_from(["", "+", "00", "34", "+1 ", "+44-"]), st.text("0123456789 -.0", max_size=14)
    ),
    country=st.sampled_from([None, "ES", "US", "IT"]),
)
@example("34600111222", None)
@example("346001112220", None)
@example("+34 600 111 222", "US")
def test_the_quick_way_reads_as_the_long_one(text: str, country: str | None) -> None:
    try:
        wanted = f"phone:{dialled(text, country)}"
    except NotDialled as refused:
        wanted = refused.code
    try:
        found = Recipients(SMS, country).read(text)
    except Invalid as refused:
        found = refused.code
    assert found == wanted
