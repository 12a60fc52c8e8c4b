"""Template rules: everything that is wrong is named at once, with its field."""

from typing import Any

import pytest
from parley.model.template import NewTemplate, ParameterFormat
from parley.model.template_rules import broken_rules
from pydantic import ValidationError

from tests.support.make import CHANNEL, body, buttons, footer, header, link, quick, template

AT = "components.1.buttons"
Components = list[dict[str, Any]]
SITE = "https://a.test"
HELLO = body("Hello $(name), see you.")
PLAIN = body("Hello.")


def broken(components: Components, samples: dict[str, str] | None = None, form: str = "NAMED") -> set[tuple[str, str]]:
    found = broken_rules(template(*components).components, samples or {}, ParameterFormat(form))
    return {(problem.field, problem.code) for problem in found}


def test_the_templates_of_the_story_break_nothing() -> None:
    parts = [header("Order $(order_no)"), HELLO, footer("Acme"), buttons(quick(), quick("No"), link())]
    assert broken(parts, {"order_no": "A-19", "name": "Ana", "code": "x"}) == set()
    assert broken([PLAIN]) == set()


CASES: list[tuple[str, Components, set[tuple[str, str]]]] = [
    ("no body", [header("Hi")], {("components", "body_missing")}),
    ("two bodies", [PLAIN, PLAIN], {("components", "component_repeated")}),
    ("two footers", [PLAIN, footer("a"), footer("b")], {("components", "component_repeated")}),
    ("an empty body", [body("  ")], {("components.0.text", "text_empty")}),
    ("an empty header", [header(""), PLAIN], {("components.0.text", "text_empty")}),
    ("a header of 61", [header("h" * 61), PLAIN], {("components.0.text", "text_too_long")}),
    ("a body of 1025", [body("b" * 1025)], {("components.0.text", "text_too_long")}),
    ("a footer of 61", [PLAIN, footer("f" * 61)], {("components.1.text", "text_too_long")}),
    ("Meta's own braces", [body("Hello {{1}}, you.")], {("components.0.text", "braces")}),
    ("a variable in the footer", [PLAIN, footer("by $(who).")], {("components.1.text", "footer_variable")}),
    ("a variable first", [body("$(name), hello.")], {("components.0.text", "variable_at_edge")}),
    ("a variable last", [body("Hello $(name) ")], {("components.0.text", "variable_at_edge")}),
    ("touching variables", [body("Hi $(a)$(b).")], {("components.0.text", "variables_touch")}),
    ("variables with a blank only", [body("Hi $(a) $(b).")], {("components.0.text", "variables_touch")}),
    ("two in the header", [header("$(a) and $(b)"), PLAIN], {("components.0.text", "header_variables")}),
    ("a button of 26", [PLAIN, buttons(quick("b" * 26))], {(f"{AT}.0.text", "text_too_long")}),
    ("a button without text", [PLAIN, buttons(quick(""))], {(f"{AT}.0.text", "text_empty")}),
    ("a variable on a button", [PLAIN, buttons(quick("$(a)"))], {(f"{AT}.0.text", "button_variable")}),
    ("three links", [PLAIN, buttons(*[link(SITE)] * 3)], {(AT, "too_many_urls")}),
    (
        "quick, link, quick",
        [PLAIN, buttons(quick(), link(SITE), quick())],
        {(AT, "buttons_mixed")},
    ),
    ("no web address", [PLAIN, buttons(link("ftp://a.test"))], {(f"{AT}.0.url", "url")}),
    (
        "a very long one",
        [PLAIN, buttons(link(f"{SITE}/" + "x" * 2000))],
        {(f"{AT}.0.url", "url")},
    ),
    (
        "a variable inside",
        [PLAIN, buttons(link(f"{SITE}/$(code)/x"))],
        {(f"{AT}.0.url", "url_variable")},
    ),
    (
        "two in a link",
        [PLAIN, buttons(link(f"{SITE}/$(x)/$(y)"))],
        {(f"{AT}.0.url", "url_variable")},
    ),
    (
        "one twice in a link",
        [PLAIN, buttons(link(f"{SITE}/$(x)/$(x)"))],
        {(f"{AT}.0.url", "url_variable")},
    ),
]


@pytest.mark.parametrize(("components", "wanted"), [pytest.param(*c[1:], id=c[0]) for c in CASES])
def test_names_what_is_broken(components: Components, wanted: set[tuple[str, str]]) -> None:
    samples = dict.fromkeys(template(*components).variables, "x")
    assert broken(components, samples) == wanted


@pytest.mark.parametrize(
    "components",
    [
        [header("h" * 60), body("b" * 1024), footer("f" * 60)],
        [PLAIN, buttons(quick("b" * 25), link(f"{SITE}/" + "x" * 1985))],
        [PLAIN, buttons(link(SITE), link("http://b.test"), quick())],
        [body("Hi $(a), $(b) and $(a) again.")],
    ],
)
def test_the_limits_themselves_are_allowed(components: Components) -> None:
    assert broken(components, dict.fromkeys(template(*components).variables, "x")) == set()


def test_everything_at_once() -> None:
    parts = [header("$(a) $(b)" + "h" * 60), body("$(Name)"), footer("$(c)"), buttons(link("x"))]
    assert {code for _, code in broken(parts)} >= {
        "header_variables",
        "text_too_long",
        "variable_at_edge",
        "footer_variable",
        "url",
        "variable_missing",
        "name_not_lower_case",
    }


def test_every_variable_needs_a_sample_and_every_sample_a_variable() -> None:
    assert broken([HELLO]) == {("samples.name", "variable_missing")}
    assert broken([HELLO], {"name": ""}) == {("samples.name", "variable_missing")}
    assert broken([HELLO], {"name": "Ana", "other": "x"}) == {("samples.other", "variable_unknown")}


def test_named_parameters_are_lower_case_but_positional_ones_need_not_be() -> None:
    parts = [body("Hello $(FirstName), you.")]
    assert broken(parts, {"FirstName": "Ana"}) == {("parameter_format", "name_not_lower_case")}
    assert broken(parts, {"FirstName": "Ana"}, "POSITIONAL") == set()


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Order"},
        {"name": "order-ready"},
        {"name": ""},
        {"name": "x" * 513},
        {"language": "english"},
        {"language": "en-US"},
        {"category": "OTHER"},
        {"components": []},
        {"components": [{"type": "CAROUSEL", "cards": []}]},
        {"components": [{"type": "BODY", "text": "a", "example": {}}]},
        {"components": [PLAIN, buttons(*[quick()] * 11)]},
        {"components": [{"type": "HEADER", "format": "IMAGE", "text": "x"}, PLAIN]},
        {"colour": "red"},
    ],
)
def test_a_body_of_the_api_that_is_no_template(change: dict[str, Any]) -> None:
    good = {"channel_id": CHANNEL, "name": "order_ready", "language": "en_US", "category": "UTILITY"}
    NewTemplate.model_validate({**good, "components": [PLAIN]})
    with pytest.raises(ValidationError):
        NewTemplate.model_validate({**good, "components": [PLAIN], **change})
