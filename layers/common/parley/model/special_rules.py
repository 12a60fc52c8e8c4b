"""Rules of the templates with a shape of their own: one-time codes, carousels, limited-time offers."""

from collections.abc import Iterator

from parley.errors import Problem
from parley.model.components import Body, Buttons, Carousel, Component, Footer, Header, LimitedTimeOffer
from parley.model.dialect import Dialect
from parley.model.lane import Category

CARD_BODY, CARD_BUTTONS, OFFER_TEXT = 160, 2, 16
CARD_KINDS = frozenset({"QUICK_REPLY", "URL", "PHONE_NUMBER"})


def authentication(components: list[Component], category: Category, dialect: Dialect) -> Iterator[Problem]:
    """The platform writes the texts of a one-time code; only switches are given (CAMS T2.2, T2.3; Meta)."""
    if not dialect.writes(category):
        advice = [i for i, each in enumerate(components) if isinstance(each, Body) and each.security_advice]
        reason = "Only AUTHENTICATION templates advise not to share a code."
        yield from (Problem(f"components.{i}.security_advice", "field_not_expected", reason, "T2.2") for i in advice)
        return
    for index, component in enumerate(components):
        if isinstance(component, Header):
            yield Problem(f"components.{index}", "header_of_code", "An AUTHENTICATION template has no HEADER.", "T2.1")
        if isinstance(component, Carousel):
            reason = "An AUTHENTICATION template has no CAROUSEL."
            yield Problem(f"components.{index}", "carousel_of_code", reason, "T2.5")
        if isinstance(component, Footer) and component.code_expires_in is None:
            reason = "The FOOTER of an AUTHENTICATION template tells how long the code lives."
            yield Problem(f"components.{index}.code_expires_in", "field_missing", reason, "T2.3")
        if isinstance(component, Body | Footer) and component.text:
            reason = f"The platform writes the {component.type} of an AUTHENTICATION template; leave its text empty."
            yield Problem(f"components.{index}.text", "text_of_code", reason, "T2.2")
    if not any(isinstance(each, Buttons) for each in components):
        reason = "An AUTHENTICATION template has exactly one button: COPY_CODE, ONE_TAP or ZERO_TAP."
        yield Problem("components", "one_otp_button", reason, "T3.5")


def offer(components: list[Component], category: Category) -> Iterator[Problem]:
    """CAMS T2.6; Meta "Limited-time offer templates"."""
    found = [(i, each) for i, each in enumerate(components) if isinstance(each, LimitedTimeOffer)]
    if not found:
        return
    index, given = found[0]
    if category is not Category.MARKETING:
        yield Problem(f"components.{index}", "offer_category", "Only MARKETING templates have offers.", "T2.6")
    if not 0 < len(given.text.strip()) <= OFFER_TEXT:
        reason = f"An offer's text has 1 to {OFFER_TEXT} characters."
        yield Problem(f"components.{index}.text", "offer_text", reason, "T2.6")
    if any(isinstance(each, Footer) for each in components):
        yield Problem("components", "offer_footer", "A template with an offer has no FOOTER.", "T2.3")
    buttons = [each for each in components if isinstance(each, Buttons)]
    first = buttons[0].buttons[0].type if buttons else ""
    if first not in ("COPY_CODE", "URL") or (given.has_expiration and first != "COPY_CODE"):
        wanted = "a COPY_CODE button" if given.has_expiration else "a COPY_CODE or URL button"
        yield Problem("components", "offer_button", f"The first button of an offer is {wanted}.", "T2.6")


def carousel(component: Carousel, at: str) -> Iterator[Problem]:
    """All cards alike, each with a picture or a video, a short text and one or two buttons (CAMS T2.5; Meta)."""
    shapes = [_shape(card.components) for card in component.cards]
    if len(set(map(str, shapes))) > 1:
        reason = "All cards have the same components, the same kind of header and the same kinds of buttons."
        yield Problem(f"{at}.cards", "cards_differ", reason, "T2.5")
    for index, card in enumerate(component.cards):
        yield from _card(card.components, f"{at}.cards.{index}.components")


def _shape(parts: list[Header | Body | Buttons]) -> list[object]:
    return [
        (each.type, each.format)
        if isinstance(each, Header)
        else (each.type, [button.type for button in each.buttons] if isinstance(each, Buttons) else "")
        for each in parts
    ]


def _card(parts: list[Header | Body | Buttons], at: str) -> Iterator[Problem]:
    headers = [each for each in parts if isinstance(each, Header)]
    if len(headers) != 1 or headers[0].format not in ("IMAGE", "VIDEO"):
        yield Problem(at, "card_header", "A card has one header, a picture or a video.", "T2.5")
    for index, part in enumerate(parts):
        if isinstance(part, Body) and len(part.text) > CARD_BODY:
            reason = f"The text of a card holds at most {CARD_BODY} characters."
            yield Problem(f"{at}.{index}.text", "text_too_long", reason, "T2.5")
        if isinstance(part, Buttons):
            yield from _card_buttons(part, f"{at}.{index}.buttons")


def _card_buttons(part: Buttons, at: str) -> Iterator[Problem]:
    kinds = [button.type for button in part.buttons]
    if len(kinds) > CARD_BUTTONS or set(kinds) - CARD_KINDS:
        reason = f"A card has at most {CARD_BUTTONS} buttons: QUICK_REPLY, URL or PHONE_NUMBER."
        yield Problem(at, "card_buttons", reason, "T2.5")
