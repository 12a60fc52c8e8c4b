"""A template with its values as Meta takes it for a send: only parts that have parameters are named."""

from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

from parley.model import ids, variables
from parley.model.components import (
    Body,
    Button,
    Buttons,
    Carousel,
    Component,
    CopyCode,
    FlowButton,
    Header,
    LimitedTimeOffer,
    ProductsButton,
    QuickReply,
    UrlButton,
)
from parley.model.content import Content
from parley.model.lane import Category
from parley.model.presses import Token, with_token
from parley.model.signature import CODE, OFFER_ENDS
from parley.model.template import ParameterFormat, Template
from parley.providers.provider import Outbound

Wire = dict[str, Any]
PAYLOAD_LIMIT = 128
"""Bytes; Meta names no limit for a template's quick reply, and this much is known to come back."""


def template_payload(template: Template, outbound: Outbound) -> Wire:
    filled = _Filled(template, outbound)
    parts = filled.code() if template.category is Category.AUTHENTICATION else filled.parts(template.components)
    payload: Wire = {"name": template.platform_name, "language": {"code": template.language}}
    return {**payload, "components": parts} if parts else payload


class _Filled:
    """One template and the values of one send."""

    def __init__(self, template: Template, outbound: Outbound) -> None:
        self.template, self.content = template, outbound.content
        self.values: Mapping[str, str] = outbound.content.variables
        self.links, self.echo = outbound.links, outbound.echo
        self.quick_replies = count()

    def code(self) -> list[Wire]:
        """The code goes twice, whatever the button: into the text, and to the button that Meta made a URL of."""
        said = {"type": "text", "text": self.values[CODE]}
        button = {"type": "button", "sub_type": "url", "index": "0", "parameters": [said]}
        return [{"type": "body", "parameters": [said]}, button]

    def parts(self, components: list[Component]) -> list[Wire]:
        return [wire for component in components for wire in self.part(component)]

    def part(self, component: Component) -> Iterator[Wire]:
        match component:
            case Header():
                parameters = self.header(component)
                yield from [{"type": "header", "parameters": parameters}] if parameters else []
            case Body(text=text) if variables.names(text):
                yield {"type": "body", "parameters": [self.named(name) for name in variables.names(text)]}
            case Buttons(buttons=buttons):
                yield from (wire for index, button in enumerate(buttons) for wire in self.button(button, index))
            case LimitedTimeOffer(has_expiration=True):
                ends = {"expiration_time_ms": int(self.values[OFFER_ENDS])}
                parameter = {"type": "limited_time_offer", "limited_time_offer": ends}
                yield {"type": "limited_time_offer", "parameters": [parameter]}
            case Carousel(cards=cards):
                parts = [[wire for part in card.components for wire in self.part(part)] for card in cards]
                shown = [{"card_index": index, "components": each} for index, each in enumerate(parts)]
                yield {"type": "carousel", "cards": shown}
            case _:
                return

    def header(self, header: Header) -> list[Wire]:
        if header.format == "TEXT":
            return [self.named(name) for name in variables.names(header.text or "")]
        if header.format == "LOCATION":
            place = header.place.model_dump(exclude_defaults=True) if header.place else {}
            told = {name: variables.fill(text, self.values) for name, text in place.items()}
            return [{"type": "location", "location": told}] if told else []
        kind = header.format.lower()
        link = variables.fill(header.link, self.values) if header.link else self.links.get(header.upload or "", "")
        name = {"filename": header.filename} if header.filename else {}
        return [{"type": kind, kind: {"link": link, **name}}]

    def named(self, name: str) -> Wire:
        parameter = {"type": "text", "text": self.values[name]}
        is_named = self.template.parameter_format is ParameterFormat.NAMED
        return {**parameter, "parameter_name": name} if is_named else parameter

    def button(self, button: Button, index: int) -> Iterator[Wire]:
        """A URL button's parameter is always positional; `index` counts all buttons."""
        found = self.of_button(button)
        if found:
            kind, parameter = found
            yield {"type": "button", "sub_type": kind, "index": str(index), "parameters": [parameter]}

    def of_button(self, button: Button) -> tuple[str, Wire] | None:
        match button:
            case UrlButton(url=url) if variables.names(url):
                return "url", {"type": "text", "text": self.values[variables.names(url)[0]]}
            case CopyCode(code=code):
                return "copy_code", {"type": "coupon_code", "coupon_code": variables.fill(code, self.values)}
            case QuickReply(payload=payload):
                signed = with_token(payload or "", self.token(next(self.quick_replies)), PAYLOAD_LIMIT)
                return ("quick_reply", {"type": "payload", "payload": signed}) if signed else None
            case FlowButton():
                return "flow", {"type": "action", "action": {"flow_token": self.echo}}
            case ProductsButton():
                return "mpm", {"type": "action", "action": _products(self.content)}
            case _:
                return None

    def token(self, number: int) -> Token | None:
        echoed = ids.read_echo(self.echo)
        return Token(echoed[1], number) if echoed else None


def _products(content: Content) -> Wire:
    named = content.products
    if named is None:
        return {}
    sections = [
        {"title": each.title, "product_items": [{"product_retailer_id": item} for item in each.items]}
        for each in named.sections
    ]
    return {"thumbnail_product_retailer_id": named.thumbnail, "sections": sections}
