"""Template rules: everything that is wrong is named at once, with its field and the rule's number."""

import ast
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from parley.model import button_rules, special_rules, template_rules
from parley.model.lane import Category
from parley.model.template import NewTemplate, ParameterFormat
from parley.model.template_rules import broken_rules
from parley.providers.whatsapp_cloud.capabilities import CAPABILITIES
from pydantic import ValidationError

from tests.support.make import (
    APP,
    CHANNEL,
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

AT = "components.1.buttons"
Component = dict[str, Any]
Parts = list[Component]
Broken = set[tuple[str, str, str]]
UTILITY, MARKETING, AUTHENTICATION = Category.UTILITY, Category.MARKETING, Category.AUTHENTICATION
SITE = "https://a.test"
HELLO = body("Hello $(name), see you.")
PLAIN = body("Hello.")
CODE = [body(), buttons(otp())]
IMAGE = header(format="IMAGE", upload="u1")
PLACE = {"latitude": "19.43", "longitude": "-99.13"}


def broken(
    parts: Parts,
    samples: dict[str, str] | None = None,
    form: str = "NAMED",
    category: Category = UTILITY,
) -> Broken:
    made = template(*parts, category=category).components
    found = broken_rules(made, samples or {}, ParameterFormat(form), category, CAPABILITIES.dialect)
    return {(problem.field, problem.code, problem.rule) for problem in found}


def with_samples(parts: Parts, category: Category) -> Broken:
    """What is broken apart from the samples."""
    wanted = template(*parts, category=category).variables
    return broken(parts, dict.fromkeys(wanted, "x"), category=category)


class Rule(NamedTuple):
    """One rule with what keeps it and what breaks it alone."""

    about: str
    allowed: Parts
    refused: Parts
    field: str
    code: str
    number: str
    category: Category = UTILITY
    refused_as: Category | None = None


def pressed(**press: str) -> Parts:
    return [PLAIN, buttons(quick(press=press))]


def one(button: Component) -> Parts:
    return [PLAIN, buttons(button)]


def card(text: str = "Blue", head: Component = IMAGE, *pressed: Component) -> Parts:
    return [head, body(text), buttons(*(pressed or [link(SITE)]))]


def cards(*each: Parts) -> Parts:
    return [PLAIN, carousel(*each)]


def offered(*pressed: Component, text: str = "Hello.", more: Parts | None = None, **fields: Any) -> Parts:
    return [body(text), offer(**fields), *(more or []), buttons(*(pressed or [coupon(), link(SITE)]))]


VIDEO = header(format="VIDEO", upload="u2")
LAST = "components.2"
CARD = "components.1.cards.1.components"

COMPONENTS = [
    Rule("a body there must be", [header("Hi"), PLAIN], [header("Hi")], "components", "body_missing", "T2.2"),
    Rule(
        "one header",
        [header("a"), PLAIN],
        [header("a"), header("b"), PLAIN],
        "components",
        "component_repeated",
        "T2.0",
    ),
    Rule("one body", [PLAIN], [PLAIN, PLAIN], "components", "component_repeated", "T2.0"),
    Rule(
        "one footer",
        [PLAIN, footer("a")],
        [PLAIN, footer("a"), footer("b")],
        "components",
        "component_repeated",
        "T2.0",
    ),
    Rule(
        "one set of buttons",
        one(quick()),
        [*one(quick()), buttons(quick())],
        "components",
        "component_repeated",
        "T2.0",
    ),
    Rule(
        "a header of 60",
        [header("h" * 60), PLAIN],
        [header("h" * 61), PLAIN],
        "components.0.text",
        "text_too_long",
        "T2.1",
    ),
    Rule(
        "a header says something", [header("h"), PLAIN], [header(" "), PLAIN], "components.0.text", "text_empty", "T2.1"
    ),
    Rule(
        "a text header has a text",
        [header("h"), PLAIN],
        [header(), PLAIN],
        "components.0.text",
        "field_missing",
        "T2.1",
    ),
    Rule(
        "one variable in a header",
        [header("$(a)!"), PLAIN],
        [header("$(a) $(b)"), PLAIN],
        "components.0.text",
        "header_variables",
        "T2.1",
    ),
    Rule(
        "a picture has a file",
        [IMAGE, PLAIN],
        [header(format="IMAGE"), PLAIN],
        "components.0.link",
        "field_missing",
        "T2.1",
    ),
    Rule(
        "a film has a file",
        [VIDEO, PLAIN],
        [header(format="VIDEO"), PLAIN],
        "components.0.link",
        "field_missing",
        "T2.1",
    ),
    Rule(
        "a picture has no text",
        [IMAGE, PLAIN],
        [{**IMAGE, "text": "h"}, PLAIN],
        "components.0.text",
        "field_not_expected",
        "T2.1",
    ),
    Rule(
        "a text has no file",
        [header("h"), PLAIN],
        [header("h", upload="u1"), PLAIN],
        "components.0.upload",
        "field_not_expected",
        "T2.1",
    ),
    Rule(
        "a text has no place",
        [header("h"), PLAIN],
        [header("h", place=PLACE), PLAIN],
        "components.0.place",
        "field_not_expected",
        "T2.1",
    ),
    Rule(
        "documents alone have names",
        [header(format="DOCUMENT", upload="u1", filename="a.pdf"), PLAIN],
        [{**IMAGE, "filename": "a.jpg"}, PLAIN],
        "components.0.filename",
        "field_not_expected",
        "T2.1",
    ),
    Rule(
        "a location has a place",
        [header(format="LOCATION", place=PLACE), PLAIN],
        [header(format="LOCATION"), PLAIN],
        "components.0.place",
        "field_missing",
        "T2.1",
    ),
    Rule(
        "a link is safe",
        [header(format="IMAGE", link=f"{SITE}/a.jpg"), PLAIN],
        [header(format="IMAGE", link="http://a.test/a.jpg"), PLAIN],
        "components.0.link",
        "header_link",
        "T4.3",
    ),
    Rule(
        "a variable is the whole link",
        [header(format="IMAGE", link="$(picture)"), PLAIN],
        [header(format="IMAGE", link="$(site)/a.jpg"), PLAIN],
        "components.0.link",
        "header_link",
        "T4.3",
    ),
    Rule("a body of 1024", [body("b" * 1024)], [body("b" * 1025)], "components.0.text", "text_too_long", "T2.2"),
    Rule("a body says something", [PLAIN], [body("  ")], "components.0.text", "text_empty", "T2.2"),
    Rule(
        "a footer of 60",
        [PLAIN, footer("f" * 60)],
        [PLAIN, footer("f" * 61)],
        "components.1.text",
        "text_too_long",
        "T2.3",
    ),
    Rule("a footer says something", [PLAIN, footer("f")], [PLAIN, footer()], "components.1.text", "text_empty", "T2.3"),
    Rule(
        "a footer has no variables",
        [PLAIN, footer("by us")],
        [PLAIN, footer("by $(who).")],
        "components.1.text",
        "footer_variable",
        "T2.3",
    ),
]

CODES = [
    Rule(
        "no header over a code", CODE, [header("Hi"), *CODE], "components.0", "header_of_code", "T2.1", AUTHENTICATION
    ),
    Rule(
        "the platform words a code",
        CODE,
        [PLAIN, buttons(otp())],
        "components.0.text",
        "text_of_code",
        "T2.2",
        AUTHENTICATION,
    ),
    Rule(
        "and its footer",
        [*CODE, footer(code_expires_in=10)],
        [*CODE, footer("Bye", code_expires_in=10)],
        f"{LAST}.text",
        "text_of_code",
        "T2.2",
        AUTHENTICATION,
    ),
    Rule(
        "which tells how long it lives",
        [*CODE, footer(code_expires_in=90)],
        [*CODE, footer()],
        f"{LAST}.code_expires_in",
        "field_missing",
        "T2.3",
        AUTHENTICATION,
    ),
    Rule(
        "nothing else does",
        [PLAIN, footer("Bye")],
        [PLAIN, footer("Bye", code_expires_in=10)],
        "components.1.code_expires_in",
        "field_not_expected",
        "T2.3",
    ),
    Rule(
        "advice is about codes",
        [body(security_advice=True), buttons(otp())],
        [body("Hello.", security_advice=True)],
        "components.0.security_advice",
        "field_not_expected",
        "T2.2",
        AUTHENTICATION,
        MARKETING,
    ),
    Rule(
        "no cards under a code",
        CODE,
        [*CODE, carousel(*[[IMAGE, body()]] * 2)],
        LAST,
        "carousel_of_code",
        "T2.5",
        AUTHENTICATION,
        None,
    ),
    Rule("a code has its button", CODE, [body()], "components", "one_otp_button", "T3.5", AUTHENTICATION),
    Rule("one button", CODE, [body(), buttons(otp(), otp("ONE_TAP"))], AT, "one_otp_button", "T3.5", AUTHENTICATION),
    Rule(
        "a button that takes the code",
        [body(), buttons(otp("ONE_TAP"))],
        [body(), buttons(quick())],
        AT,
        "one_otp_button",
        "T3.5",
        AUTHENTICATION,
    ),
    Rule(
        "one tap is for codes",
        [body(), buttons(otp("ONE_TAP"))],
        one(otp("ONE_TAP")),
        f"{AT}.0.type",
        "button_category",
        "T3.5",
        AUTHENTICATION,
        UTILITY,
    ),
    Rule(
        "so is no tap",
        [body(), buttons(otp("ZERO_TAP"))],
        one(otp("ZERO_TAP")),
        f"{AT}.0.type",
        "button_category",
        "T3.5",
        AUTHENTICATION,
        MARKETING,
    ),
]

BUTTONS = [
    Rule("a button of 25", one(quick("b" * 25)), one(quick("b" * 26)), f"{AT}.0.text", "text_too_long", "T3.0"),
    Rule("a button says something", one(quick()), one(quick("")), f"{AT}.0.text", "text_empty", "T3.0"),
    Rule("no variable on a button", one(quick("(a)")), one(quick("$(a)")), f"{AT}.0.text", "button_variable", "T4.4"),
    Rule(
        "quick replies stand together",
        [PLAIN, buttons(link(SITE), phone(), quick(), quick("No"))],
        [PLAIN, buttons(quick(), link(SITE), quick("No"))],
        AT,
        "buttons_mixed",
        "T3.1",
    ),
    Rule(
        "before or after the others",
        [PLAIN, buttons(quick(), phone())],
        [PLAIN, buttons(phone(), quick(), link(SITE))],
        AT,
        "buttons_mixed",
        "T3.1",
    ),
    Rule(
        "opting out is for marketing",
        one(quick(opt_out=True)),
        one(quick(opt_out=True)),
        f"{AT}.0.opt_out",
        "button_category",
        "T3.1",
        MARKETING,
        UTILITY,
    ),
    Rule(
        "two links",
        [PLAIN, buttons(*[link(SITE)] * 2)],
        [PLAIN, buttons(*[link(SITE)] * 3)],
        AT,
        "too_many_urls",
        "T3.2",
    ),
    Rule("a web address", one(link("http://a.test")), one(link("ftp://a.test")), f"{AT}.0.url", "url", "T3.2"),
    Rule(
        "of 2000", one(link(f"{SITE}/" + "x" * 1985)), one(link(f"{SITE}/" + "x" * 1986)), f"{AT}.0.url", "url", "T3.2"
    ),
    Rule(
        "its variable comes last",
        one(link(f"{SITE}/$(c)")),
        one(link(f"{SITE}/$(c)/x")),
        f"{AT}.0.url",
        "url_variable",
        "T4.3",
    ),
    Rule(
        "and is the only one",
        one(link(f"{SITE}/$(x)")),
        one(link(f"{SITE}/$(x)/$(y)")),
        f"{AT}.0.url",
        "url_variable",
        "T4.3",
    ),
    Rule("once", one(link(f"{SITE}/$(x)")), one(link(f"{SITE}/$(x)/$(x)")), f"{AT}.0.url", "url_variable", "T4.3"),
    Rule("one phone", one(phone()), [PLAIN, buttons(phone(), phone())], AT, "too_many_of_a_kind", "T3.2"),
    Rule(
        "with its plus",
        one(phone("+34600000001")),
        one(phone("34600000001")),
        f"{AT}.0.phone_number",
        "invalid_number",
        "T3.3",
    ),
    Rule(
        "one coupon", one(coupon()), [PLAIN, buttons(coupon(), coupon())], AT, "too_many_of_a_kind", "T3.2", MARKETING
    ),
    Rule(
        "letters and digits",
        one(coupon("25OFF")),
        one(coupon("25-OFF")),
        f"{AT}.0.code",
        "coupon_code",
        "T3.4",
        MARKETING,
    ),
    Rule(
        "fifteen of them",
        one(coupon("c" * 15)),
        one(coupon("c" * 16)),
        f"{AT}.0.code",
        "coupon_code",
        "T3.4",
        MARKETING,
    ),
    Rule(
        "or one variable",
        one(coupon("$(c)")),
        one(coupon("$(c)$(d)")),
        f"{AT}.0.code",
        "coupon_code",
        "T3.4",
        MARKETING,
    ),
    Rule("a coupon has a code", one(coupon("A")), one(coupon("")), f"{AT}.0.code", "coupon_code", "T3.4", MARKETING),
    Rule(
        "coupons are marketing",
        one(coupon()),
        one(coupon()),
        f"{AT}.0.type",
        "button_category",
        "T3.4",
        MARKETING,
        UTILITY,
    ),
    Rule(
        "so are catalogs",
        one({"type": "CATALOG"}),
        one({"type": "CATALOG"}),
        f"{AT}.0.type",
        "button_category",
        "T3.4",
        MARKETING,
        UTILITY,
    ),
    Rule(
        "and products",
        one({"type": "MPM"}),
        one({"type": "MPM"}),
        f"{AT}.0.type",
        "button_category",
        "T3.4",
        MARKETING,
        UTILITY,
    ),
    Rule(
        "one catalog",
        one({"type": "CATALOG"}),
        [PLAIN, buttons(*[{"type": "CATALOG"}] * 2)],
        AT,
        "too_many_of_a_kind",
        "T3.2",
        MARKETING,
    ),
    Rule(
        "a flow has a first screen", one(flow(screen="FIRST")), one(flow()), f"{AT}.0.screen", "field_missing", "T3.6"
    ),
    Rule(
        "unless it asks for it",
        one(flow(action="data_exchange")),
        one(flow(action="navigate")),
        f"{AT}.0.screen",
        "field_missing",
        "T3.6",
    ),
    Rule(
        "one flow", one(flow(screen="A")), [PLAIN, buttons(*[flow(screen="A")] * 2)], AT, "too_many_of_a_kind", "T3.2"
    ),
    Rule(
        "a press opens a template",
        pressed(template="thanks", language="en"),
        pressed(),
        f"{AT}.0.press",
        "one_purpose",
        "T3.7",
    ),
    Rule(
        "or calls an intent",
        pressed(intent="track"),
        pressed(intent="track", template="thanks"),
        f"{AT}.0.press",
        "one_purpose",
        "T3.7",
    ),
    Rule(
        "templates alone have languages",
        pressed(intent="track"),
        pressed(intent="track", language="en"),
        f"{AT}.0.press.language",
        "field_not_expected",
        "T3.7",
    ),
]

SHAPES = [
    Rule(
        "cards alike",
        cards(card(), card()),
        cards(card(), [IMAGE, body("Red")]),
        "components.1.cards",
        "cards_differ",
        "T2.5",
        MARKETING,
    ),
    Rule(
        "the same header",
        cards(card(head=VIDEO), card(head=VIDEO)),
        cards(card(), card(head=VIDEO)),
        "components.1.cards",
        "cards_differ",
        "T2.5",
        MARKETING,
    ),
    Rule(
        "the same buttons",
        cards(card(), card()),
        cards(card(), card("Red", IMAGE, quick())),
        "components.1.cards",
        "cards_differ",
        "T2.5",
        MARKETING,
    ),
    Rule(
        "two buttons on a card",
        cards(*[card("Red", IMAGE, quick(), link(SITE))] * 2),
        cards(*[card("Red", IMAGE, quick(), link(SITE), phone())] * 2),
        f"{CARD}.2.buttons",
        "card_buttons",
        "T2.5",
        MARKETING,
    ),
    Rule(
        "of three kinds",
        cards(*[card("Red", IMAGE, phone())] * 2),
        cards(*[card("Red", IMAGE, coupon())] * 2),
        f"{CARD}.2.buttons",
        "card_buttons",
        "T2.5",
        MARKETING,
    ),
    Rule(
        "a card of 160",
        cards(*[card("x" * 160)] * 2),
        cards(*[card("x" * 161)] * 2),
        f"{CARD}.1.text",
        "text_too_long",
        "T2.5",
        MARKETING,
    ),
    Rule(
        "a card shows something",
        cards(card(), card()),
        cards(*[[body("Red")]] * 2),
        CARD,
        "card_header",
        "T2.5",
        MARKETING,
    ),
    Rule(
        "a picture or a film",
        cards(card(), card()),
        cards(*[card("Red", header("Red"))] * 2),
        CARD,
        "card_header",
        "T2.5",
        MARKETING,
    ),
    Rule(
        "offers are marketing",
        offered(),
        offered(link(SITE), has_expiration=False),
        "components.1",
        "offer_category",
        "T2.6",
        MARKETING,
        UTILITY,
    ),
    Rule("one offer", offered(), offered(more=[offer()]), "components", "component_repeated", "T2.0", MARKETING),
    Rule(
        "an offer of 16",
        offered(text="x" * 600),
        [PLAIN, offer("x" * 17), buttons(coupon())],
        "components.1.text",
        "offer_text",
        "T2.6",
        MARKETING,
    ),
    Rule(
        "an offer says something",
        offered(),
        [PLAIN, offer(" "), buttons(coupon())],
        "components.1.text",
        "offer_text",
        "T2.6",
        MARKETING,
    ),
    Rule(
        "no footer beside it", offered(), offered(more=[footer("Bye")]), "components", "offer_footer", "T2.3", MARKETING
    ),
    Rule(
        "a body of 600 beside it",
        offered(text="b" * 600),
        offered(text="b" * 601),
        "components.0.text",
        "text_too_long",
        "T2.6",
        MARKETING,
    ),
    Rule(
        "its coupon comes first",
        offered(),
        offered(link(SITE), coupon()),
        "components",
        "offer_button",
        "T2.6",
        MARKETING,
    ),
    Rule(
        "a link will do without an end",
        offered(link(SITE), has_expiration=False),
        offered(quick(), has_expiration=False),
        "components",
        "offer_button",
        "T2.6",
        MARKETING,
    ),
    Rule("an offer has a button", offered(), [PLAIN, offer()], "components", "offer_button", "T2.6", MARKETING),
]

VARIABLES = [
    Rule(
        "no braces in a body",
        [body("Hello $(a), you.")],
        [body("Hello {{1}}, you.")],
        "components.0.text",
        "braces",
        "T4.1",
    ),
    Rule("in a header", [header("$(a)"), PLAIN], [header("{{1}}"), PLAIN], "components.0.text", "braces", "T4.1"),
    Rule("in a footer", [PLAIN, footer("{1}")], [PLAIN, footer("{{1}}")], "components.1.text", "braces", "T4.1"),
    Rule(
        "none first", [body("To $(a): hello.")], [body("$(a), hello.")], "components.0.text", "variable_at_edge", "T4.2"
    ),
    Rule("none last", [body("Hello $(a).")], [body("Hello $(a) ")], "components.0.text", "variable_at_edge", "T4.2"),
    Rule(
        "none touch", [body("Hi $(a), $(b).")], [body("Hi $(a)$(b).")], "components.0.text", "variables_touch", "T4.2"
    ),
    Rule(
        "nor with a blank between",
        [body("Hi $(a)-$(b).")],
        [body("Hi $(a) $(b).")],
        "components.0.text",
        "variables_touch",
        "T4.2",
    ),
]

RULES = [*COMPONENTS, *CODES, *BUTTONS, *SHAPES, *VARIABLES]


@pytest.mark.parametrize("rule", [pytest.param(each, id=each.about) for each in RULES])
def test_what_keeps_a_rule_breaks_none(rule: Rule) -> None:
    assert with_samples(rule.allowed, rule.category) == set()


@pytest.mark.parametrize("rule", [pytest.param(each, id=each.about) for each in RULES])
def test_what_breaks_a_rule_is_named_by_field_code_and_number(rule: Rule) -> None:
    found = with_samples(rule.refused, rule.refused_as or rule.category)
    assert (rule.field, rule.code, rule.number) in found
    assert {(code, number) for _, code, number in found} == {(rule.code, rule.number)}


ELSEWHERE = {"category_not_supported", "component_not_supported", "header_not_supported", "button_not_supported"}
"""Those of a channel's dialect: test_dialects.py; what is said of the samples: below."""


def test_the_table_holds_every_rule_that_the_program_has() -> None:
    written = {code for module in (template_rules, button_rules, special_rules) for code in codes(str(module.__file__))}
    assert len(written) > 30
    assert written - {rule.code for rule in RULES} == ELSEWHERE | {"name_not_lower_case"}


def codes(path: str) -> set[str]:
    """The codes in a module: what stands second in a Problem, and words given to one by name."""
    calls = [node for node in ast.walk(ast.parse(Path(path).read_text())) if isinstance(node, ast.Call)]
    second = [node.args[1] for node in calls if getattr(node.func, "id", "") == "Problem"]
    found = {node.value for node in second if isinstance(node, ast.Constant)}
    return {str(code) for code in found} | ({"too_many_urls"} if "too_many_urls" in Path(path).read_text() else set())


def test_the_templates_of_the_story_break_nothing() -> None:
    parts = [header("Order $(order_no)"), HELLO, footer("Acme"), buttons(quick(), quick("No"), link())]
    assert broken(parts, {"order_no": "A-19", "name": "Ana", "code": "x"}) == set()
    assert broken([PLAIN]) == set()
    assert broken([body("Hi $(a), $(b) and $(a) again.")], {"a": "x", "b": "y"}) == set()


def test_everything_at_once() -> None:
    parts = [header("$(a) $(b)" + "h" * 60), body("$(Name)"), footer("$(c)"), buttons(link("x"))]
    assert {code for _, code, _ in broken(parts)} >= {
        "header_variables",
        "text_too_long",
        "variable_at_edge",
        "footer_variable",
        "url",
        "variable_missing",
        "name_not_lower_case",
    }


def test_every_variable_needs_a_sample_and_every_sample_a_variable() -> None:
    assert broken([HELLO]) == {("samples.name", "variable_missing", "")}
    assert broken([HELLO], {"name": ""}) == {("samples.name", "variable_missing", "")}
    assert broken([HELLO], {"name": "Ana", "other": "x"}) == {("samples.other", "variable_unknown", "")}


def test_what_the_platform_fills_needs_no_sample() -> None:
    assert broken(CODE, category=AUTHENTICATION) == set()
    assert broken(CODE, {"code": "482913"}, category=AUTHENTICATION) == set()
    assert broken(offered(coupon("25OFF")), category=MARKETING) == set()


def test_named_parameters_are_lower_case_but_positional_ones_need_not_be() -> None:
    parts = [body("Hello $(FirstName), you."), buttons(link(f"{SITE}/$(linkVariable)"))]
    samples = {"FirstName": "Ana", "linkVariable": "x"}
    assert broken(parts, samples) == {("parameter_format", "name_not_lower_case", "T4.1")}
    assert broken(parts, samples, "POSITIONAL") == set()


GOOD = {"channel_id": CHANNEL, "name": "order_ready", "language": "en_US", "category": "UTILITY"}


def accepted(**change: Any) -> bool:
    try:
        NewTemplate.model_validate({**GOOD, "components": [PLAIN], **change})
    except ValidationError:
        return False
    return True


SCHEMA: list[tuple[str, Any, Any]] = [
    ("name", "x" * 512, "x" * 513),
    ("name", "order_1", "Order"),
    ("name", "order_ready", "order-ready"),
    ("name", "o", ""),
    ("language", "en", "english"),
    ("language", "es_MX", "es-MX"),
    ("language", "fil", "EN"),
    ("category", "MARKETING", "OTHER"),
    ("category", "AUTHENTICATION", "authentication"),
    ("parameter_format", "POSITIONAL", "NAMELESS"),
    ("components", [PLAIN], []),
    ("components", [PLAIN], [{**PLAIN, "example": {}}]),
    ("components", [PLAIN], [{"type": "VIDEO"}]),
    ("components", [PLAIN, buttons(*[quick()] * 10)], [PLAIN, buttons(*[quick()] * 11)]),
    ("components", [PLAIN, buttons(quick())], [PLAIN, buttons()]),
    ("components", cards(*[card()] * 2), cards(card())),
    ("components", cards(*[card()] * 10), cards(*[card()] * 11)),
    ("components", cards(card(), card()), cards([*card(), footer("x")], [*card(), footer("x")])),
    ("components", [body(), footer(code_expires_in=1)], [body(), footer(code_expires_in=0)]),
    ("components", [body(), footer(code_expires_in=90)], [body(), footer(code_expires_in=91)]),
    ("components", one(otp("ONE_TAP")), one({"type": "ONE_TAP"})),
    ("components", one({**otp("ONE_TAP"), "apps": [APP] * 5}), one({**otp("ONE_TAP"), "apps": [APP] * 6})),
    ("components", one(otp("ONE_TAP")), one({**otp("ONE_TAP"), "apps": [{**APP, "signature_hash": "short"}]})),
    ("components", one(otp("ONE_TAP")), one({**otp("ONE_TAP"), "apps": [{**APP, "package_name": "shop"}]})),
    ("components", one(otp("ZERO_TAP")), one({**otp("ZERO_TAP"), "terms_accepted": False})),
    ("components", one(flow()), one(flow(flow_id="first"))),
    ("components", one(flow(action="data_exchange")), one(flow(action="jump"))),
    ("components", pressed(intent="track-1"), pressed(intent="track it")),
    ("components", [header("x"), PLAIN], [header("x", format="GIF"), PLAIN]),
    ("defaults", {"name": "you"}, {"name": 1}),
    ("category_change_paused", True, "perhaps"),
]


@pytest.mark.parametrize(("field", "good", "bad"), SCHEMA)
def test_what_a_field_may_be(field: str, good: Any, bad: Any) -> None:
    assert accepted(**{field: good})
    assert not accepted(**{field: bad})


def test_an_unknown_field() -> None:
    assert accepted()
    assert not accepted(colour="red")
