"""The text that a person reads of a template."""

from collections.abc import Mapping

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
    PhoneButton,
    UrlButton,
)
from parley.model.template import Template


def render(components: list[Component], values: Mapping[str, str]) -> str:
    """The text a person would read, buttons and links as lines; for previews and for channels that show plain text."""
    return "\n".join(line for component in components for line in _lines(component, values) if line)


def words(template: Template, values: Mapping[str, str]) -> str:
    """The text for a channel that shows the file of its header and its buttons as such."""
    shown = (template.file, *(each for each in template.components if isinstance(each, Buttons)))
    return render([each for each in template.components if all(each is not one for one in shown)], values)


def _lines(component: Component, values: Mapping[str, str]) -> list[str]:
    match component:
        case Header(text=text, link=link):
            return [variables.fill(text or link or "", values)]
        case Body(text=text) | Footer(text=text) | LimitedTimeOffer(text=text):
            return [variables.fill(text, values)]
        case Carousel(cards=cards):
            return [line for card in cards for part in card.components for line in _lines(part, values)]
        case Buttons(buttons=buttons):
            return [_button(button, values) for button in buttons]


def _button(button: Button, values: Mapping[str, str]) -> str:
    match button:
        case (
            UrlButton(text=text, url=more) | CopyCode(text=text, code=more) | PhoneButton(text=text, phone_number=more)
        ):
            return f"[{text}] {variables.fill(more, values)}".strip()
        case _:
            return f"[{button.text}]"
