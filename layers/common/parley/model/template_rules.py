"""The rules a template must keep before a platform sees it; every violation is named at once.

Sources: CAMS template design (header, body, footer, button limits) and Meta's template rules (variables, samples)."""

import re
from collections.abc import Iterator
from itertools import pairwise

from parley.errors import Problem
from parley.model import variables
from parley.model.template import (
    Body,
    Buttons,
    Component,
    Footer,
    Header,
    ParameterFormat,
    QuickReply,
    UrlButton,
    signature,
)

LIMITS = {"HEADER": 60, "BODY": 1024, "FOOTER": 60, "BUTTON": 25, "URL": 2000}
_BRACES = re.compile(r"\{\{.*?\}\}")
_EDGE = re.compile(rf"^\s*{variables.VARIABLE.pattern}|{variables.VARIABLE.pattern}\s*$")
_TOUCHING = re.compile(rf"{variables.VARIABLE.pattern}\s*{variables.VARIABLE.pattern}")
_NAMED = re.compile(r"^[a-z][a-z0-9_]*$")


def broken_rules(components: list[Component], samples: dict[str, str], form: ParameterFormat) -> list[Problem]:
    """Everything that is wrong with a template's content, as fields of the request."""
    return [
        *_shape(components),
        *(p for i, component in enumerate(components) for p in _component(component, f"components.{i}")),
        *_samples(components, samples, form),
    ]


def _shape(components: list[Component]) -> Iterator[Problem]:
    kinds = [component.type for component in components]
    if "BODY" not in kinds:
        yield Problem("components", "body_missing", "A template needs a BODY.")
    for kind in sorted({kind for kind in kinds if kinds.count(kind) > 1}):
        yield Problem("components", "component_repeated", f"There is more than one {kind}.")


def _component(component: Component, at: str) -> Iterator[Problem]:
    if isinstance(component, Buttons):
        yield from _buttons(component, f"{at}.buttons")
        return
    yield from _text(component.text, component.type, f"{at}.text")
    match component:
        case Header(text=text) if len(variables.names(text)) > 1:
            yield Problem(f"{at}.text", "header_variables", "A header takes at most one variable.")
        case Footer(text=text) if variables.names(text):
            yield Problem(f"{at}.text", "footer_variable", "A footer takes no variables.")
        case Body(text=text):
            yield from _body(text, f"{at}.text")
        case _:
            pass


def _text(text: str, kind: str, at: str) -> Iterator[Problem]:
    if not text.strip():
        yield Problem(at, "text_empty", f"The {kind} has no text.")
    if len(text) > LIMITS[kind]:
        yield Problem(at, "text_too_long", f"A {kind} holds at most {LIMITS[kind]} characters.")
    if _BRACES.search(text):
        yield Problem(at, "braces", "Write variables as $(name), not in double braces.")


def _body(text: str, at: str) -> Iterator[Problem]:
    if _EDGE.search(text):
        yield Problem(at, "variable_at_edge", "A body may not start or end with a variable (Meta 2388299).")
    if _TOUCHING.search(text):
        yield Problem(at, "variables_touch", "Put text between two variables.")


def _buttons(component: Buttons, at: str) -> Iterator[Problem]:
    for index, button in enumerate(component.buttons):
        yield from _text(button.text, "BUTTON", f"{at}.{index}.text")
        if variables.names(button.text):
            yield Problem(f"{at}.{index}.text", "button_variable", "A button's text takes no variables.")
        if isinstance(button, UrlButton):
            yield from _url(button.url, f"{at}.{index}.url")
    quick = [isinstance(button, QuickReply) for button in component.buttons]
    if quick.count(False) > 2:
        yield Problem(at, "too_many_urls", "A template has at most two URL buttons.")
    if sum(a != b for a, b in pairwise(quick)) > 1:
        yield Problem(at, "buttons_mixed", "Quick replies must stand together, before or after the other buttons.")


def _url(url: str, at: str) -> Iterator[Problem]:
    names = variables.names(url)
    if not url.startswith(("https://", "http://")) or len(url) > LIMITS["URL"]:
        yield Problem(at, "url", "This is not a web address of at most 2000 characters.")
    if len(variables.VARIABLE.findall(url)) > 1 or (names and not url.endswith(f"$({names[0]})")):
        yield Problem(at, "url_variable", "A URL takes one variable, at its end.")


def _samples(components: list[Component], samples: dict[str, str], form: ParameterFormat) -> Iterator[Problem]:
    found = signature(components)
    yield from variables.check(found.names, samples, "samples")
    if form is ParameterFormat.NAMED:
        for name in [name for name in {*found.header, *found.body} if not _NAMED.match(name)]:
            yield Problem(
                "parameter_format", "name_not_lower_case", f'Named parameters are lower case; "{name}" is not.'
            )
