"""How each component and each button is filled in for a send (meta.md §2.9.3)."""

from typing import Any

import pytest
from parley.model.content import Content, Kind, Products
from parley.providers.whatsapp_cloud import send

from tests.providers.test_whatsapp_send import ECHO, outbound
from tests.support.make import (
    TOKEN,
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

Wire = dict[str, Any]
VALUES = {
    "order_no": "A-19",
    "first_name": "Ana",
    "store": "Centro",
    "code": "482913",
    "coupon": "25OFF",
    "picture": "https://a.test/ana.jpg",
    "lat": "19.43",
    "offerExpirationTimeMs": "1790000000000",
}
LINKS = {"u1": "https://files.test/u1?sig=1", "u2": "https://files.test/u2?sig=2"}
PLACE = {"latitude": "$(lat)", "longitude": "-99.13"}


def filled(*parts: Wire, form: str = "NAMED", category: str = "MARKETING", products: Products | None = None) -> Any:
    """The components as they are sent, None if none are named."""
    made = template(*parts, parameter_format=form, category=category)
    content = Content(type=Kind.TEMPLATE, variables=VALUES, products=products)
    given = outbound(content, made)
    wire = send.payload(type(given)(**{**vars(given), "links": LINKS}))["template"]
    assert (wire["name"], wire["language"]) == ("order_ready", {"code": "es_MX"})
    return wire.get("components")


def text(value: str, name: str = "") -> Wire:
    return {"type": "text", "text": value, **({"parameter_name": name} if name else {})}


def pressed(kind: str, parameter: Wire, index: str = "0") -> Wire:
    return {"type": "button", "sub_type": kind, "index": index, "parameters": [parameter]}


def answered(number: int, payload: str = "", index: str = "0") -> Wire:
    """A quick reply, with our token before the business's own payload."""
    return pressed("quick_reply", {"type": "payload", "payload": f"{TOKEN}{number:02}{payload}"}, index)


HELLO = body("Hello $(first_name), it is ready at $(store).")
PARTS: list[tuple[str, Wire, str, list[Wire]]] = [
    (
        "a named header",
        header("Order $(order_no)"),
        "NAMED",
        [{"type": "header", "parameters": [text("A-19", "order_no")]}],
    ),
    (
        "a positional header",
        header("Order $(order_no)"),
        "POSITIONAL",
        [{"type": "header", "parameters": [text("A-19")]}],
    ),
    (
        "a named body",
        HELLO,
        "NAMED",
        [{"type": "body", "parameters": [text("Ana", "first_name"), text("Centro", "store")]}],
    ),
    ("a positional body", HELLO, "POSITIONAL", [{"type": "body", "parameters": [text("Ana"), text("Centro")]}]),
    (
        "an offer that ends",
        offer(),
        "NAMED",
        [
            {
                "type": "limited_time_offer",
                "parameters": [
                    {"type": "limited_time_offer", "limited_time_offer": {"expiration_time_ms": 1790000000000}}
                ],
            }
        ],
    ),
    (
        "a location",
        header(format="LOCATION", place={**PLACE, "name": "Shop $(store)", "address": "Calle 1"}),
        "NAMED",
        [
            {
                "type": "header",
                "parameters": [
                    {
                        "type": "location",
                        "location": {
                            "latitude": "19.43",
                            "longitude": "-99.13",
                            "name": "Shop Centro",
                            "address": "Calle 1",
                        },
                    }
                ],
            }
        ],
    ),
]


@pytest.mark.parametrize(("part", "form", "wanted"), [pytest.param(*case[1:], id=case[0]) for case in PARTS])
def test_components(part: Wire, form: str, wanted: list[Wire]) -> None:
    assert filled(part, form=form) == wanted


def test_a_place_without_words() -> None:
    [part] = filled(header(format="LOCATION", place=PLACE))
    assert part["parameters"][0]["location"] == {"latitude": "19.43", "longitude": "-99.13"}


FILES: list[tuple[Wire, Wire]] = [
    ({"upload": "u1"}, {"link": LINKS["u1"]}),
    ({"link": "https://a.test/b.jpg"}, {"link": "https://a.test/b.jpg"}),
    ({"link": "$(picture)"}, {"link": VALUES["picture"]}),
    ({"upload": "u1", "link": "$(picture)"}, {"link": VALUES["picture"]}),
]


@pytest.mark.parametrize(("fields", "wanted"), FILES)
@pytest.mark.parametrize("kind", ["IMAGE", "VIDEO", "DOCUMENT"])
def test_a_file_is_the_one_of_the_send_or_the_sample(kind: str, fields: Wire, wanted: Wire) -> None:
    file = {"type": kind.lower(), kind.lower(): wanted}
    assert filled(header(format=kind, **fields)) == [{"type": "header", "parameters": [file]}]


def test_a_document_has_its_name() -> None:
    [part] = filled(header(format="DOCUMENT", upload="u1", filename="bill.pdf"))
    assert part["parameters"] == [{"type": "document", "document": {"link": LINKS["u1"], "filename": "bill.pdf"}}]


BUTTONS: list[tuple[str, Wire, Wire]] = [
    ("link", link("https://a.test/$(order_no)"), pressed("url", text("A-19"))),
    ("quick reply", quick(payload="ONWAY"), answered(0, "ONWAY")),
    ("quick reply without a payload", quick(), answered(0)),
    ("coupon", coupon(), pressed("copy_code", {"type": "coupon_code", "coupon_code": "25OFF"})),
    ("static coupon", coupon("10OFF"), pressed("copy_code", {"type": "coupon_code", "coupon_code": "10OFF"})),
    ("flow", flow(screen="FIRST"), pressed("flow", {"type": "action", "action": {"flow_token": ECHO}})),
]


@pytest.mark.parametrize(("part", "wanted"), [pytest.param(*case[1:], id=case[0]) for case in BUTTONS])
def test_buttons(part: Wire, wanted: Wire) -> None:
    assert filled(buttons(part)) == [wanted]


def test_products() -> None:
    named = Products.model_validate({"thumbnail": "sku-1", "sections": [{"title": "A", "items": ["sku-1", "sku-2"]}]})
    items = [{"product_retailer_id": "sku-1"}, {"product_retailer_id": "sku-2"}]
    action = {"thumbnail_product_retailer_id": "sku-1", "sections": [{"title": "A", "product_items": items}]}
    wanted = pressed("mpm", {"type": "action", "action": action})
    assert filled(buttons({"type": "MPM"}), products=named) == [wanted]


def test_a_button_is_counted_among_all() -> None:
    parts = buttons(quick(), quick("No", payload="no"), phone(), link("https://a.test/$(order_no)"))
    assert filled(parts) == [answered(0), answered(1, "no", "1"), pressed("url", text("A-19"), "3")]


def test_a_token_that_does_not_fit_is_left_out() -> None:
    longest, longer = "ä" * 50, "ä" * 51
    assert filled(buttons(quick(payload=longest))) == [answered(0, longest)]
    alone = pressed("quick_reply", {"type": "payload", "payload": longer})
    assert filled(buttons(quick(payload=longer), quick("No"))) == [alone, answered(1, "", "1")]


def test_what_has_no_values_is_not_named() -> None:
    parts = [header("Hi"), body("Hello."), footer("Acme"), offer(has_expiration=False)]
    assert filled(*parts, buttons(phone(), link("https://a.test"), {"type": "CATALOG"})) is None


@pytest.mark.parametrize("kind", ["COPY_CODE", "ONE_TAP", "ZERO_TAP"])
def test_a_one_time_code_goes_twice(kind: str) -> None:
    """Into the text and to the button, which Meta made a URL of, whatever it was."""
    parts = [body(security_advice=True), footer(code_expires_in=5), buttons(otp(kind))]
    said = {"type": "body", "parameters": [text("482913")]}
    assert filled(*parts, category="AUTHENTICATION") == [said, pressed("url", text("482913"))]


def test_a_carousel_fills_each_card_by_its_number() -> None:
    pressed_by = buttons(quick("More", payload="more"), link("https://a.test/$(order_no)"))
    blue = [header(format="IMAGE", upload="u1"), body("Blue for $(first_name)."), pressed_by]
    red = [header(format="IMAGE", link="$(picture)"), body("Red."), pressed_by]
    more = pressed("url", text("A-19"), "1")
    [first, second] = [
        {"type": "header", "parameters": [{"type": "image", "image": {"link": link}}]}
        for link in (LINKS["u1"], VALUES["picture"])
    ]
    said = {"type": "body", "parameters": [text("Ana", "first_name")]}
    assert filled(body("Look:"), carousel(blue, red)) == [
        {
            "type": "carousel",
            "cards": [
                {"card_index": 0, "components": [first, said, answered(0, "more"), more]},
                {"card_index": 1, "components": [second, answered(1, "more"), more]},
            ],
        }
    ]
