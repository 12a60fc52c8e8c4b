"""What templates may be on each channel: one resource, a dialect for each provider."""

from typing import Any

import pytest
from parley import providers
from parley.model.dialect import ALL_BUTTONS, Dialect
from parley.model.lane import Category
from parley.model.template import ParameterFormat
from parley.model.template_rules import broken_rules

from tests.support.make import body, buttons, carousel, coupon, footer, header, link, offer, otp, phone, quick, template

Component = dict[str, Any]
SMS_PROVIDERS = ["sms_aws", "sms_http"]
PROVIDERS = ["whatsapp_cloud", *SMS_PROVIDERS, "telegram"]
PLAIN = body("Hello.")
SITE = "https://a.test"
AT = "components.1.buttons.0"


def dialect(provider: str) -> Dialect:
    found: Dialect = providers.part(provider, "capabilities").CAPABILITIES.dialect
    return found


def broken(provider: str, *parts: Component, category: Category = Category.UTILITY) -> set[tuple[str, str, str]]:
    """Apart from the samples."""
    made = template(*parts, category=category)
    samples = dict.fromkeys(made.variables, "x")
    found = broken_rules(made.components, samples, ParameterFormat.NAMED, category, dialect(provider))
    return {(problem.field, problem.code, problem.rule) for problem in found}


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_text_with_all_that_texts_have_is_for_every_channel(provider: str) -> None:
    parts = [header("Order $(a)"), body("Hello $(b), you."), footer("Acme"), buttons(quick(), link(SITE))]
    assert broken(provider, *parts) == set()


@pytest.mark.parametrize("category", Category)
@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_category_is_known_everywhere(provider: str, category: Category) -> None:
    by_platform = provider == "whatsapp_cloud" and category is Category.AUTHENTICATION
    parts = [body(), buttons(otp())] if by_platform else [body("Your code is $(code).")]
    assert broken(provider, *parts, category=category) == set()


@pytest.mark.parametrize("provider", [*SMS_PROVIDERS, "telegram"])
def test_where_no_platform_writes_a_code_the_business_does(provider: str) -> None:
    of_codes = Category.AUTHENTICATION
    assert template(body("Your PIN is $(pin)."), category=of_codes).variables == ["pin"]
    assert broken(provider, body(), category=of_codes) == {("components.0.text", "text_empty", "T2.2")}
    advised = body("Your PIN is $(pin).", security_advice=True)
    wanted = {("components.0.security_advice", "field_not_expected", "T2.2")}
    assert broken(provider, advised, category=of_codes) == wanted
    short = [body("Your PIN is $(pin)."), footer("Bye", code_expires_in=5)]
    wanted = {("components.1.code_expires_in", "field_not_expected", "T2.3")}
    assert broken(provider, *short, category=of_codes) == wanted


def test_a_channel_may_have_fewer_categories() -> None:
    less = Dialect(categories=frozenset({Category.MARKETING}))
    [problem] = broken_rules(template(PLAIN).components, {}, ParameterFormat.NAMED, Category.UTILITY, less)
    assert (problem.field, problem.code, problem.rule) == ("category", "category_not_supported", "T1.1")


LOOSE = [*SMS_PROVIDERS, "telegram"]
WORDING: list[tuple[str, str, str]] = [
    ("$(name), hello.", "variable_at_edge", "T4.2"),
    ("Hello $(name)", "variable_at_edge", "T4.2"),
    ("Hello $(first)$(last).", "variables_touch", "T4.2"),
    ("Hello {{1}}.", "braces", "T4.1"),
]


@pytest.mark.parametrize(("text", "code", "rule"), WORDING)
def test_only_a_platform_that_reads_the_wording_has_rules_for_it(text: str, code: str, rule: str) -> None:
    assert broken("whatsapp_cloud", body(text)) == {("components.0.text", code, rule)}
    assert [broken(provider, body(text)) for provider in LOOSE] == [set()] * 3


def test_names_of_variables_matter_where_they_go_on_the_wire() -> None:
    part = body("Hello $(FirstName), you.")
    assert broken("whatsapp_cloud", part) == {("parameter_format", "name_not_lower_case", "T4.1")}
    assert [broken(provider, part) for provider in LOOSE] == [set()] * 3


def test_quick_replies_may_be_anywhere_outside_whatsapp() -> None:
    mixed = buttons(quick(), link(SITE), quick("No"))
    assert broken("whatsapp_cloud", PLAIN, mixed) == {("components.1.buttons", "buttons_mixed", "T3.1")}
    assert [broken(provider, PLAIN, mixed) for provider in LOOSE] == [set()] * 3


def test_links_are_not_counted_outside_whatsapp() -> None:
    links = buttons(*[link(SITE)] * 3)
    assert broken("whatsapp_cloud", PLAIN, links) == {("components.1.buttons", "too_many_urls", "T3.2")}
    assert [broken(provider, PLAIN, links) for provider in LOOSE] == [set()] * 3


CARDS = carousel(*[[header(format="IMAGE", upload="u1"), body("Red.")]] * 2)
COMPONENTS: list[tuple[str, list[Component], str]] = [
    ("cards", [PLAIN, CARDS], "components.1.type"),
    ("an offer", [PLAIN, offer(), buttons(link(SITE), coupon())], "components.1.type"),
]


@pytest.mark.parametrize("provider", SMS_PROVIDERS)
@pytest.mark.parametrize(("parts", "at"), [pytest.param(*case[1:], id=case[0]) for case in COMPONENTS])
def test_shapes_that_an_sms_has_not(provider: str, parts: list[Component], at: str) -> None:
    assert (at, "component_not_supported", "T2.0") in broken(provider, *parts, category=Category.MARKETING)


@pytest.mark.parametrize(("parts", "at"), [pytest.param(*case[1:], id=case[0]) for case in COMPONENTS])
def test_shapes_that_a_bot_has_not(parts: list[Component], at: str) -> None:
    assert (at, "component_not_supported", "T2.0") in broken("telegram", *parts, category=Category.MARKETING)


def test_whatsapp_has_them() -> None:
    assert broken("whatsapp_cloud", PLAIN, CARDS, category=Category.MARKETING) == set()
    parts = [PLAIN, offer(), buttons(coupon(), link(SITE))]
    assert broken("whatsapp_cloud", *parts, category=Category.MARKETING) == set()


PLACE = {"latitude": "1", "longitude": "2"}
HEADERS = [
    *(header(format=kind, upload="u1") for kind in ("IMAGE", "VIDEO", "DOCUMENT")),
    header(format="LOCATION", place=PLACE),
]


@pytest.mark.parametrize("part", HEADERS, ids=lambda part: part["format"])
def test_headers_of_files_and_places(part: Component) -> None:
    """A text message has none; a bot shows files, and a place only as a message of its own."""
    assert broken("whatsapp_cloud", part, PLAIN) == set()
    refused = {("components.0.format", "header_not_supported", "T2.1")}
    for provider in LOOSE:
        shows = provider == "telegram" and part["format"] != "LOCATION"
        assert broken(provider, part, PLAIN) == (set() if shows else refused)


FLOW = {"type": "FLOW", "text": "Book", "flow_id": "123456", "action": "data_exchange"}
HAS: dict[str, frozenset[str]] = {
    "whatsapp_cloud": ALL_BUTTONS,
    "sms_aws": frozenset({"QUICK_REPLY", "URL", "PHONE_NUMBER", "COPY_CODE"}),
    "sms_http": frozenset({"QUICK_REPLY", "URL", "PHONE_NUMBER", "COPY_CODE"}),
    "telegram": frozenset({"QUICK_REPLY", "URL"}),
}
OF_CODES = [otp("ONE_TAP"), otp("ZERO_TAP")]
OTHERS = [quick(), link(SITE), phone(), coupon("25OFF"), {"type": "CATALOG"}, {"type": "MPM"}, FLOW]


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("button", [*OTHERS, *OF_CODES], ids=lambda button: button["type"])
def test_which_buttons_a_channel_has(provider: str, button: Component) -> None:
    category = Category.AUTHENTICATION if button in OF_CODES else Category.MARKETING
    by_platform = button in OF_CODES and provider == "whatsapp_cloud"
    found = broken(provider, body() if by_platform else PLAIN, buttons(button), category=category)
    missing = {(f"{AT}.type", "button_not_supported", "T3.0")}
    assert found == (set() if button["type"] in HAS[provider] else missing)


LENGTHS: list[tuple[str, str, int]] = [
    ("whatsapp_cloud", "header", 60),
    ("whatsapp_cloud", "body", 1024),
    ("whatsapp_cloud", "footer", 60),
    ("whatsapp_cloud", "button", 25),
    ("sms_aws", "header", 60),
    ("sms_http", "footer", 60),
    ("telegram", "header", 256),
    ("telegram", "body", 4096),
    ("telegram", "footer", 256),
    ("telegram", "button", 25),
]


def long(part: str, length: int) -> list[Component]:
    text = "x" * length
    return {
        "header": [header(text), PLAIN],
        "body": [body(text)],
        "footer": [PLAIN, footer(text)],
        "button": [PLAIN, buttons(quick(text))],
    }[part]


@pytest.mark.parametrize(("provider", "part", "limit"), LENGTHS)
def test_how_long_a_text_may_be(provider: str, part: str, limit: int) -> None:
    assert broken(provider, *long(part, limit)) == set()
    assert {code for _, code, _ in broken(provider, *long(part, limit + 1))} == {"text_too_long"}


@pytest.mark.parametrize("provider", SMS_PROVIDERS)
def test_a_body_fills_the_longest_sms(provider: str) -> None:
    limit = dialect(provider).body_limit
    assert limit == providers.part(provider, "capabilities").CAPABILITIES.text_limit
    assert broken(provider, body("x" * limit)) == set()
    assert broken(provider, body("x" * (limit + 1))) == {("components.0.text", "text_too_long", "T2.2")}
