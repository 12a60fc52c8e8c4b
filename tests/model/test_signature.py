"""The exact parameter list of a template, whatever it is made of."""

from typing import Any

import pytest
from parley.model import signature
from parley.model.components import Button
from parley.model.lane import Category
from pydantic import TypeAdapter

from tests.support.make import (
    body,
    buttons,
    carousel,
    coupon,
    flow,
    footer,
    header,
    link,
    offer,
    otp,
    phone,
    quick,
    template,
)

PLACE = {"latitude": "$(lat)", "longitude": "$(lon)", "name": "Shop", "address": "$(street)"}


def card(name: str) -> list[dict[str, Any]]:
    picture = header(format="IMAGE", link=f"$(picture_{name})")
    return [picture, body(f"Look at $({name})."), buttons(link(f"https://a.test/$(path_{name})"))]


CASES: list[tuple[str, list[dict[str, Any]], list[str]]] = [
    ("a text header", [header("Order $(order)")], ["order"]),
    ("a file by its link", [header(format="IMAGE", link="$(picture)")], ["picture"]),
    ("a file of the library", [header(format="IMAGE", upload="u1")], []),
    ("a place", [header(format="LOCATION", place=PLACE)], ["lat", "lon", "street"]),
    ("a body", [body("Hi $(b), $(a) and $(b).")], ["b", "a"]),
    ("a footer", [footer("$(not_filled)")], []),
    ("a link", [buttons(quick(), link("https://a.test/$(code)"))], ["code"]),
    ("a static link", [buttons(link("https://a.test"))], []),
    ("a coupon", [buttons(coupon("$(coupon)"))], ["coupon"]),
    ("a static coupon", [buttons(coupon("25OFF"))], []),
    ("buttons without values", [buttons(quick(), phone(), flow(screen="FIRST"))], []),
    ("an offer that ends", [offer()], ["offerExpirationTimeMs"]),
    ("an offer without an end", [offer(has_expiration=False)], []),
    (
        "a carousel",
        [body("Hello $(name)."), carousel(card("one"), card("two"))],
        ["name", "picture_one", "one", "path_one", "picture_two", "two", "path_two"],
    ),
]


@pytest.mark.parametrize(("parts", "wanted"), [pytest.param(*case[1:], id=case[0]) for case in CASES])
def test_what_a_send_must_fill(parts: list[dict[str, Any]], wanted: list[str]) -> None:
    assert template(*parts, category="MARKETING").variables == wanted


def test_in_order_of_the_components_each_once() -> None:
    parts = [header("$(a)"), body("Hi $(b), $(a)."), buttons(link("https://a.test/$(b)"), coupon("$(c)"))]
    assert template(*parts).variables == ["a", "b", "c"]


@pytest.mark.parametrize("kind", ["COPY_CODE", "ONE_TAP", "ZERO_TAP"])
def test_a_one_time_code_is_the_value_of_every_authentication_template(kind: str) -> None:
    parts = [body(), footer(code_expires_in=10), buttons(otp(kind))]
    assert template(*parts, category="AUTHENTICATION").variables == ["code"]


def test_without_a_category_the_button_alone_tells_that_there_is_a_code() -> None:
    assert signature.names(template(body(), buttons(otp("ONE_TAP"))).components) == ["code"]
    assert signature.names(template(body("Hello."), buttons(coupon())).components, Category.MARKETING) == ["coupon"]


@pytest.mark.parametrize("wire", [quick("$(a)"), phone(), flow(screen="$(a)"), {"type": "CATALOG"}, {"type": "MPM"}])
def test_a_button_that_takes_no_value(wire: dict[str, Any]) -> None:
    button: Button = TypeAdapter(Button).validate_python(wire)
    assert list(signature.of_button(button)) == []
