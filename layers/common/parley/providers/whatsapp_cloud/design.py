"""Components of a template as Meta takes them for its review: `$(name)` becomes {{name}} or {{1}}, with its samples."""

from collections.abc import Mapping
from typing import Any

from parley.model import variables
from parley.model.components import (
    Body,
    Button,
    Buttons,
    Carousel,
    CatalogButton,
    Component,
    CopyCode,
    FlowButton,
    Footer,
    Header,
    LimitedTimeOffer,
    OneTap,
    PhoneButton,
    ProductsButton,
    QuickReply,
    UrlButton,
    ZeroTap,
)
from parley.model.lane import Category
from parley.model.template import ParameterFormat, Template

Wire = dict[str, Any]
Handles = Mapping[str, str]
"""Meta's handle of each sample file, by the id of its upload."""


def component(each: Component, template: Template, handles: Handles) -> Wire:
    match each:
        case Header():
            return {"type": "HEADER", "format": each.format, **_header(each, template, handles)}
        case Body():
            return {"type": "BODY", **_body(each, template)}
        case Footer():
            return {"type": "FOOTER", **_footer(each)}
        case Buttons(buttons=buttons):
            return {"type": "BUTTONS", "buttons": [_button(button, template) for button in buttons]}
        case LimitedTimeOffer(text=text, has_expiration=ends):
            return {"type": "LIMITED_TIME_OFFER", "limited_time_offer": {"text": text, "has_expiration": ends}}
        case Carousel(cards=cards):
            parts = [[component(part, template, handles) for part in card.components] for card in cards]
            return {"type": "CAROUSEL", "cards": [{"components": card} for card in parts]}


def _header(header: Header, template: Template, handles: Handles) -> Wire:
    if header.format == "TEXT":
        text = header.text or ""
        return {"text": wire_text(text, template), **_example("header_text", text, template, nested=False)}
    handle = handles.get(header.upload or "")
    return {"example": {"header_handle": [handle]}} if handle else {}


def _body(body: Body, template: Template) -> Wire:
    if template.category is Category.AUTHENTICATION:
        return {"add_security_recommendation": body.security_advice}
    return {"text": wire_text(body.text, template), **_example("body_text", body.text, template, nested=True)}


def _footer(footer: Footer) -> Wire:
    return {"code_expiration_minutes": footer.code_expires_in} if footer.code_expires_in else {"text": footer.text}


def _button(button: Button, template: Template) -> Wire:
    match button:
        case UrlButton():
            return _url(button, template.samples)
        case PhoneButton(text=text, phone_number=number):
            return {"type": "PHONE_NUMBER", "text": text, "phone_number": number}
        case CopyCode() | OneTap() | ZeroTap() if template.category is Category.AUTHENTICATION:
            return _otp(button)
        case CopyCode(code=code):
            return {"type": "COPY_CODE", "example": variables.fill(code, template.samples)}
        case FlowButton(text=text, flow_id=flow, action=action, screen=screen):
            shown = {"navigate_screen": screen} if screen else {}
            return {"type": "FLOW", "text": text, "flow_id": flow, "flow_action": action, **shown}
        case QuickReply() | CatalogButton() | ProductsButton() | OneTap() | ZeroTap():
            return {"type": button.type, "text": button.text}


def _url(button: UrlButton, samples: Mapping[str, str]) -> Wire:
    wire = {"type": "URL", "text": button.text, "url": variables.VARIABLE.sub("{{1}}", button.url)}
    return {**wire, "example": [variables.fill(button.url, samples)]} if variables.names(button.url) else wire


def _otp(button: CopyCode | OneTap | ZeroTap) -> Wire:
    wire: Wire = {"type": "OTP", "otp_type": button.type, "text": button.text}
    if isinstance(button, CopyCode):
        return wire
    accepted = {"zero_tap_terms_accepted": True} if isinstance(button, ZeroTap) else {}
    apps = [app.model_dump() for app in button.apps]
    return {**wire, "autofill_text": button.autofill_text, "supported_apps": apps, **accepted}


def wire_text(text: str, template: Template) -> str:
    order = variables.names(text)
    if template.parameter_format is ParameterFormat.NAMED:
        return variables.VARIABLE.sub(lambda match: "{{" + match.group(1) + "}}", text)
    return variables.VARIABLE.sub(lambda match: "{{" + str(order.index(match.group(1)) + 1) + "}}", text)


def _example(key: str, text: str, template: Template, *, nested: bool) -> Wire:
    """Meta wants positional body samples in a list of lists, header samples flat, named ones as objects."""
    names = variables.names(text)
    if not names:
        return {}
    if template.parameter_format is ParameterFormat.NAMED:
        shown = [{"param_name": name, "example": template.samples[name]} for name in names]
        return {"example": {f"{key}_named_params": shown}}
    values = [template.samples[name] for name in names]
    return {"example": {key: [values] if nested else values}}
