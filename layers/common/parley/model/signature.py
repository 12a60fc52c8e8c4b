"""The exact parameter list of a template: which values a send must fill, in order of first use."""

from collections.abc import Iterator

from parley.model import variables
from parley.model.components import (
    Body,
    Button,
    Buttons,
    Carousel,
    Component,
    CopyCode,
    Footer,
    Header,
    LimitedTimeOffer,
    OneTap,
    UrlButton,
    ZeroTap,
)
from parley.model.lane import Category

CODE = "code"
"""The one-time code of an AUTHENTICATION template whose text is the platform's."""

OFFER_ENDS = "offerExpirationTimeMs"


def names(components: list[Component], category: Category | None = None) -> list[str]:
    found = [name for component in components for name in of_component(component)]
    worded = any(isinstance(each, Body) and each.text for each in components)
    codes = [CODE] if (category is Category.AUTHENTICATION and not worded) or _has_code(components) else []
    return list(dict.fromkeys([*codes, *found]))


def _has_code(components: list[Component]) -> bool:
    buttons = [each for component in components if isinstance(component, Buttons) for each in component.buttons]
    return any(isinstance(each, OneTap | ZeroTap) for each in buttons)


def of_component(component: Component) -> Iterator[str]:
    match component:
        case Header():
            yield from of_header(component)
        case Body(text=text):
            yield from variables.names(text)
        case Buttons(buttons=buttons):
            yield from (name for button in buttons for name in of_button(button))
        case LimitedTimeOffer(has_expiration=True):
            yield OFFER_ENDS
        case Carousel(cards=cards):
            yield from (name for card in cards for part in card.components for name in of_component(part))
        case Footer() | LimitedTimeOffer():
            return


def of_header(header: Header) -> Iterator[str]:
    place = header.place.model_dump().values() if header.place else []
    for text in (header.text, header.link, *place):
        yield from variables.names(text or "")


def of_button(button: Button) -> Iterator[str]:
    match button:
        case UrlButton(url=text) | CopyCode(code=text):
            yield from variables.names(text)
        case _:
            return
