"""POST /{phone}/messages: one call a message. Meta has no idempotency key; our id travels in the callback data."""

from typing import Any

from parley.errors import OutcomeUnknown
from parley.model.address import AddressKind
from parley.model.channel import Binding
from parley.model.message import Content, Kind
from parley.model.template import ParameterFormat, Template, signature
from parley.providers.http import parsed
from parley.providers.provider import Accepted, Outbound, Secret
from parley.providers.whatsapp_cloud import errors, graph


def send(outbound: Outbound, binding: Binding, secret: Secret) -> Accepted:
    response = graph.ask(
        "POST",
        f"{binding.sender_id}/messages",
        secret["access_token"],
        version=binding.settings.get("graph_version", ""),
        app_secret=secret.get("app_secret", ""),
        body=payload(outbound),
    )
    errors.raise_for(response)
    return _accepted(parsed(response))


def _accepted(answer: dict[str, Any]) -> Accepted:
    message = _first(answer, "messages").get("id")
    if not message:
        raise OutcomeUnknown("Meta answered 200 without a message id.")
    contact = _first(answer, "contacts")
    person = contact.get("wa_id") or contact.get("user_id")
    return Accepted(str(message), str(person) if person else None)


def _first(answer: dict[str, Any], name: str) -> dict[str, Any]:
    rows = answer.get(name)
    row = rows[0] if isinstance(rows, list) and rows else None
    return row if isinstance(row, dict) else {}


def payload(outbound: Outbound) -> dict[str, Any]:
    """The body of the call. The number keeps its plus: without it Meta may prepend the sender's country code."""
    who = "recipient" if outbound.to.type is AddressKind.BSUID else "to"
    body = {"messaging_product": "whatsapp", "recipient_type": "individual", who: outbound.to.value}
    return {**body, "biz_opaque_callback_data": outbound.echo, **_content(outbound.content, outbound.template)}


def _content(content: Content, template: Template | None) -> dict[str, Any]:
    if content.type is Kind.TEMPLATE and template:
        return {"type": "template", "template": template_payload(template, content.variables)}
    if content.type is Kind.TEXT:
        return {"type": "text", "text": {"body": content.text, "preview_url": False}}
    media = content.media.model_dump(exclude_none=True) if content.media else {}
    return {"type": str(content.type), str(content.type): media}


def template_payload(template: Template, values: dict[str, str]) -> dict[str, Any]:
    """Only components that have variables are sent; a URL button's parameter is always positional."""
    wanted = signature(template.components)
    named = template.parameter_format is ParameterFormat.NAMED
    parts = [
        {"type": part, "parameters": [_parameter(name, values, named=named) for name in names]}
        for part, names in (("header", wanted.header), ("body", wanted.body))
        if names
    ]
    parts += [
        {
            "type": "button",
            "sub_type": "url",
            "index": str(index),
            "parameters": [_parameter(names[0], values, named=False)],
        }
        for index, names in wanted.buttons.items()
    ]
    payload: dict[str, Any] = {"name": template.name, "language": {"code": template.language}}
    return {**payload, "components": parts} if parts else payload


def _parameter(name: str, values: dict[str, str], *, named: bool) -> dict[str, str]:
    parameter = {"type": "text", "text": values[name]}
    return {**parameter, "parameter_name": name} if named else parameter
