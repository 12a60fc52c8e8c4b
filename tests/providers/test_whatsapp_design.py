"""How each component and each button goes to Meta's review (meta.md §2.9.2)."""

from typing import Any

import pytest
from parley.providers.whatsapp_cloud import templates

from tests.support.make import (
    APP,
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
SAMPLES = {"order_no": "A-19", "first_name": "Ana", "store": "Centro", "code": "A-19", "coupon": "25OFF"}
HANDLES = {"u1": "4:aW1hZ2U=:aW1hZ2UvanBlZw==:ARb", "u2": "4:second"}
PLACE = {"latitude": "19.43", "longitude": "-99.13"}


def wire(part: Wire, form: str = "NAMED", category: str = "MARKETING") -> Wire:
    """The one component as it is submitted."""
    made = template(part, samples=SAMPLES, parameter_format=form, category=category)
    [found] = templates.payload(made, HANDLES)["components"]
    assert isinstance(found, dict)
    return found


def button(part: Wire, category: str = "MARKETING") -> Wire:
    [found] = wire(buttons(part), category=category)["buttons"]
    assert isinstance(found, dict)
    return found


def picture(upload: str = "u1", kind: str = "IMAGE") -> Wire:
    return header(format=kind, upload=upload)


def shown(handle: str, kind: str = "IMAGE") -> Wire:
    return {"type": "HEADER", "format": kind, "example": {"header_handle": [handle]}}


TEXTS: list[tuple[str, Wire, str, Wire]] = [
    (
        "a named header",
        header("Order $(order_no)"),
        "NAMED",
        {
            "type": "HEADER",
            "format": "TEXT",
            "text": "Order {{order_no}}",
            "example": {"header_text_named_params": [{"param_name": "order_no", "example": "A-19"}]},
        },
    ),
    (
        "a positional header, flat",
        header("Order $(order_no)"),
        "POSITIONAL",
        {"type": "HEADER", "format": "TEXT", "text": "Order {{1}}", "example": {"header_text": ["A-19"]}},
    ),
    ("a plain header", header("Hi"), "NAMED", {"type": "HEADER", "format": "TEXT", "text": "Hi"}),
    (
        "a named body",
        body("Hello $(first_name), your order is ready at $(store)."),
        "NAMED",
        {
            "type": "BODY",
            "text": "Hello {{first_name}}, your order is ready at {{store}}.",
            "example": {
                "body_text_named_params": [
                    {"param_name": "first_name", "example": "Ana"},
                    {"param_name": "store", "example": "Centro"},
                ]
            },
        },
    ),
    (
        "a positional body, nested",
        body("Hello $(first_name), your order is ready at $(store)."),
        "POSITIONAL",
        {
            "type": "BODY",
            "text": "Hello {{1}}, your order is ready at {{2}}.",
            "example": {"body_text": [["Ana", "Centro"]]},
        },
    ),
    ("a plain body", body("Hello."), "POSITIONAL", {"type": "BODY", "text": "Hello."}),
    ("a footer", footer("Acme"), "NAMED", {"type": "FOOTER", "text": "Acme"}),
]


@pytest.mark.parametrize(("part", "form", "wanted"), [pytest.param(*case[1:], id=case[0]) for case in TEXTS])
def test_texts(part: Wire, form: str, wanted: Wire) -> None:
    assert wire(part, form) == wanted


@pytest.mark.parametrize("kind", ["IMAGE", "VIDEO", "DOCUMENT"])
def test_a_file_is_shown_by_the_handle_of_its_sample(kind: str) -> None:
    assert wire(picture(kind=kind)) == shown(HANDLES["u1"], kind)


def test_what_a_send_puts_there_is_no_part_of_the_design() -> None:
    part = header(format="DOCUMENT", upload="u1", link="$(store)", filename="a.pdf")
    assert wire(part) == shown(HANDLES["u1"], "DOCUMENT")


def test_a_location_has_no_example() -> None:
    assert wire(header(format="LOCATION", place=PLACE)) == {"type": "HEADER", "format": "LOCATION"}


BUTTONS: list[tuple[str, Wire, Wire]] = [
    ("quick reply", quick(payload="p", opt_out=True), {"type": "QUICK_REPLY", "text": "On my way"}),
    ("static link", link("https://acme.test"), {"type": "URL", "text": "Track", "url": "https://acme.test"}),
    (
        "link",
        link(),
        {
            "type": "URL",
            "text": "Track",
            "url": "https://acme.test/t/{{1}}",
            "example": ["https://acme.test/t/A-19"],
        },
    ),
    ("phone", phone(), {"type": "PHONE_NUMBER", "text": "Call us", "phone_number": "+34600000001"}),
    ("coupon", coupon(), {"type": "COPY_CODE", "example": "25OFF"}),
    ("static coupon", coupon("10OFF"), {"type": "COPY_CODE", "example": "10OFF"}),
    ("catalog", {"type": "CATALOG"}, {"type": "CATALOG", "text": "View catalog"}),
    ("products", {"type": "MPM"}, {"type": "MPM", "text": "View items"}),
    (
        "flow",
        flow(screen="FIRST"),
        {"type": "FLOW", "text": "Book", "flow_id": "123456", "flow_action": "navigate", "navigate_screen": "FIRST"},
    ),
    (
        "flow that asks",
        flow(action="data_exchange"),
        {"type": "FLOW", "text": "Book", "flow_id": "123456", "flow_action": "data_exchange"},
    ),
]


@pytest.mark.parametrize(("part", "wanted"), [pytest.param(*case[1:], id=case[0]) for case in BUTTONS])
def test_buttons(part: Wire, wanted: Wire) -> None:
    assert button(part) == wanted


def test_a_link_is_positional_even_among_names() -> None:
    assert button(link("https://acme.test/$(store)"))["url"] == "https://acme.test/{{1}}"


TAKEN = {"text": "Copy code", "autofill_text": "Autofill", "supported_apps": [APP]}
CODES: list[tuple[str, Wire]] = [
    ("COPY_CODE", {"text": "Copy code"}),
    ("ONE_TAP", TAKEN),
    ("ZERO_TAP", {**TAKEN, "zero_tap_terms_accepted": True}),
]


@pytest.mark.parametrize(("kind", "more"), CODES)
def test_the_button_of_a_one_time_code(kind: str, more: Wire) -> None:
    assert button(otp(kind), "AUTHENTICATION") == {"type": "OTP", "otp_type": kind, **more}


def test_a_one_time_code_has_switches_and_no_texts() -> None:
    parts = [body(security_advice=True), footer(code_expires_in=10), buttons(otp())]
    made = template(*parts, name="login_code", language="en_US", category="AUTHENTICATION")
    assert templates.payload(made, {}) == {
        "name": "login_code",
        "language": "en_US",
        "category": "AUTHENTICATION",
        "parameter_format": "POSITIONAL",
        "components": [
            {"type": "BODY", "add_security_recommendation": True},
            {"type": "FOOTER", "code_expiration_minutes": 10},
            {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE", "text": "Copy code"}]},
        ],
    }


def test_without_advice() -> None:
    assert wire(body(), category="AUTHENTICATION") == {"type": "BODY", "add_security_recommendation": False}


@pytest.mark.parametrize("ends", [True, False])
def test_an_offer(*, ends: bool) -> None:
    assert wire(offer(has_expiration=ends)) == {
        "type": "LIMITED_TIME_OFFER",
        "limited_time_offer": {"text": "Ends soon!", "has_expiration": ends},
    }


def test_a_carousel_shows_each_card_as_a_template_of_its_own() -> None:
    pressed = buttons(quick("More"), link("https://a.test/$(code)", "Buy"))
    cards = [[picture("u1"), body("Blue for $(first_name)."), pressed], [picture("u2"), body("Red."), pressed]]
    same = {
        "type": "BUTTONS",
        "buttons": [
            {"type": "QUICK_REPLY", "text": "More"},
            {"type": "URL", "text": "Buy", "url": "https://a.test/{{1}}", "example": ["https://a.test/A-19"]},
        ],
    }
    blue = {"type": "BODY", "text": "Blue for {{1}}.", "example": {"body_text": [["Ana"]]}}
    assert wire(carousel(*cards), "POSITIONAL") == {
        "type": "CAROUSEL",
        "cards": [
            {"components": [shown(HANDLES["u1"]), blue, same]},
            {"components": [shown(HANDLES["u2"]), {"type": "BODY", "text": "Red."}, same]},
        ],
    }
