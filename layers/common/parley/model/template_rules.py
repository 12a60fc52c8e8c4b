"""The rules a template must keep before a platform sees it; every violation is named at once, with its rule.

Sources: CAMS template design (rule numbers T2.x components, T3.x buttons, T4.x variables) and Meta's template rules."""

import re
from collections import Counter
from collections.abc import Iterator

from parley.errors import Problem
from parley.model import signature, variables
from parley.model.button_rules import check as check_buttons
from parley.model.components import (
    Body,
    Buttons,
    Carousel,
    Component,
    Footer,
    Header,
    LimitedTimeOffer,
)
from parley.model.dialect import Dialect
from parley.model.lane import Category
from parley.model.special_rules import authentication, carousel, offer
from parley.model.template import ParameterFormat

_BRACES = re.compile(r"\{\{.*?\}\}")
_EDGE = re.compile(rf"^\s*{variables.VARIABLE.pattern}|{variables.VARIABLE.pattern}\s*$")
_TOUCHING = re.compile(rf"{variables.VARIABLE.pattern}\s*{variables.VARIABLE.pattern}")
_NAMED = re.compile(r"^[a-z][a-z0-9_]*$")
OFFER_BODY = 600


def broken_rules(
    components: list[Component],
    samples: dict[str, str],
    form: ParameterFormat,
    category: Category = Category.UTILITY,
    dialect: Dialect = Dialect(reviewed=True),  # noqa: B008 - frozen
) -> list[Problem]:
    """Everything that is wrong with a template's content, as fields of the request."""
    return [
        *_shape(components, category, dialect),
        *(
            p
            for i, component in enumerate(components)
            for p in _component(component, f"components.{i}", category, dialect)
        ),
        *authentication(components, category, dialect),
        *offer(components, category),
        *_limits_of_offer(components),
        *_samples(components, samples, form, category, dialect),
    ]


def _shape(components: list[Component], category: Category, dialect: Dialect) -> Iterator[Problem]:
    kinds = [component.type for component in components]
    if category not in dialect.categories:
        yield Problem("category", "category_not_supported", f"This channel has no {category} templates.", "T1.1")
    if "BODY" not in kinds:
        yield Problem("components", "body_missing", "A template needs a BODY.", "T2.2")
    for kind, count in sorted(Counter(kinds).items()):
        if count > 1:
            yield Problem("components", "component_repeated", f"There is more than one {kind}.", "T2.0")
    for index, kind in enumerate(kinds):
        if kind not in dialect.components:
            reason = f"Templates of this channel have no {kind}."
            yield Problem(f"components.{index}.type", "component_not_supported", reason, "T2.0")


def _component(component: Component, at: str, category: Category, dialect: Dialect) -> Iterator[Problem]:
    match component:
        case Header():
            yield from _header(component, at, dialect)
        case Body() if not dialect.writes(category):
            yield from _body(component.text, at, dialect)
        case Footer() if not dialect.writes(category):
            yield from _footer(component, at, dialect)
        case Buttons():
            yield from check_buttons(component, f"{at}.buttons", category, dialect)
        case Carousel():
            yield from carousel(component, at)
            yield from (
                p for i, card in enumerate(component.cards) for p in _card(card, f"{at}.cards.{i}", category, dialect)
            )
        case _:
            return


def _card(card: object, at: str, category: Category, dialect: Dialect) -> Iterator[Problem]:
    for index, part in enumerate(getattr(card, "components", [])):
        yield from _component(part, f"{at}.components.{index}", category, dialect)


def _text(text: str, kind: str, at: str, limit: int, rule: str, dialect: Dialect) -> Iterator[Problem]:
    if not text.strip():
        yield Problem(at, "text_empty", f"The {kind} has no text.", rule)
    if len(text) > limit:
        yield Problem(at, "text_too_long", f"A {kind} holds at most {limit} characters.", rule)
    if dialect.reviewed and _BRACES.search(text):
        yield Problem(at, "braces", "Write variables as $(name), not in double braces.", "T4.1")


def _header(header: Header, at: str, dialect: Dialect) -> Iterator[Problem]:
    if header.format not in dialect.headers:
        reason = f"Headers of this channel are {', '.join(sorted(dialect.headers))}."
        yield Problem(f"{at}.format", "header_not_supported", reason, "T2.1")
    yield from _header_field(header, at)
    if header.format == "TEXT" and header.text is not None:
        yield from _text(header.text, "HEADER", f"{at}.text", dialect.header_limit, "T2.1", dialect)
        if len(variables.names(header.text)) > 1:
            yield Problem(f"{at}.text", "header_variables", "A header takes at most one variable.", "T2.1")
    if header.link is not None and not re.fullmatch(rf"https://\S+|{variables.VARIABLE.pattern}", header.link):
        reason = "A link is https://… or one variable that holds the whole of it."
        yield Problem(f"{at}.link", "header_link", reason, "T4.3")


def _header_field(header: Header, at: str) -> Iterator[Problem]:
    """Exactly what its format needs."""
    needed = {"TEXT": ["text"], "LOCATION": ["place"]}.get(header.format, ["link", "upload"])
    given = [name for name in ("text", "link", "upload", "place") if getattr(header, name) is not None]
    if not [name for name in given if name in needed]:
        yield Problem(
            f"{at}.{needed[0]}", "field_missing", f"A {header.format} header needs {' or '.join(needed)}.", "T2.1"
        )
    if header.filename and header.format != "DOCUMENT":
        yield Problem(f"{at}.filename", "field_not_expected", "Only a DOCUMENT has a filename.", "T2.1")
    for name in given:
        if name not in needed:
            yield Problem(f"{at}.{name}", "field_not_expected", f"A {header.format} header has no {name}.", "T2.1")


def _body(text: str, at: str, dialect: Dialect) -> Iterator[Problem]:
    yield from _text(text, "BODY", f"{at}.text", dialect.body_limit, "T2.2", dialect)
    if dialect.reviewed and _EDGE.search(text):
        reason = "A body may not start or end with a variable (Meta 2388299)."
        yield Problem(f"{at}.text", "variable_at_edge", reason, "T4.2")
    if dialect.reviewed and _TOUCHING.search(text):
        yield Problem(f"{at}.text", "variables_touch", "Put text between two variables.", "T4.2")


def _footer(footer: Footer, at: str, dialect: Dialect) -> Iterator[Problem]:
    yield from _text(footer.text, "FOOTER", f"{at}.text", dialect.footer_limit, "T2.3", dialect)
    if variables.names(footer.text):
        yield Problem(f"{at}.text", "footer_variable", "A footer takes no variables.", "T2.3")
    if footer.code_expires_in is not None:
        reason = "Only AUTHENTICATION templates tell how long a code lives."
        yield Problem(f"{at}.code_expires_in", "field_not_expected", reason, "T2.3")


def _limits_of_offer(components: list[Component]) -> Iterator[Problem]:
    """Beside an offer the body is shorter (Meta "Limited-time offer templates")."""
    if not any(isinstance(each, LimitedTimeOffer) for each in components):
        return
    for index, body in enumerate(components):
        if isinstance(body, Body) and len(body.text) > OFFER_BODY:
            reason = f"Beside a limited-time offer a BODY holds at most {OFFER_BODY} characters."
            yield Problem(f"components.{index}.text", "text_too_long", reason, "T2.6")


def _samples(
    components: list[Component], samples: dict[str, str], form: ParameterFormat, category: Category, dialect: Dialect
) -> Iterator[Problem]:
    """Values for the review; what the platform fills by itself needs none."""
    wanted = [name for name in signature.names(components, category) if name not in _BY_ITSELF]
    given = {name: value for name, value in samples.items() if name not in _BY_ITSELF}
    yield from variables.check(wanted, given, "samples")
    if form is ParameterFormat.NAMED and dialect.reviewed:
        for name in [name for name in _named(components) if not _NAMED.match(name)]:
            reason = f'Named parameters are lower case; "{name}" is not.'
            yield Problem("parameter_format", "name_not_lower_case", reason, "T4.1")


_BY_ITSELF = frozenset({signature.CODE, signature.OFFER_ENDS})


def _named(components: list[Component]) -> list[str]:
    """Texts alone carry names on the wire; links and codes are positional."""
    texts = [each.text or "" for each in components if isinstance(each, Header | Body)]
    return list(dict.fromkeys(name for text in texts for name in variables.names(text)))
