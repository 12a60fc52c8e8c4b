"""POST /{phone}/messages: one call a message. Meta has no idempotency key; our id travels in the callback data."""

from typing import Any

from parley.errors import OutcomeUnknown
from parley.model.address import AddressKind
from parley.model.channel import Binding
from parley.model.content import Kind
from parley.providers.http import parsed
from parley.providers.provider import Accepted, Outbound, Secret
from parley.providers.whatsapp_cloud import errors, graph, people
from parley.providers.whatsapp_cloud.filling import template_payload


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
    return Accepted(str(message), people.best(contact.get("wa_id"), contact.get("user_id")))


def _first(answer: dict[str, Any], name: str) -> dict[str, Any]:
    rows = answer.get(name)
    row = rows[0] if isinstance(rows, list) and rows else None
    return row if isinstance(row, dict) else {}


def payload(outbound: Outbound) -> dict[str, Any]:
    """The body of the call. The number keeps its plus: without it Meta may prepend the sender's country code."""
    who = "recipient" if outbound.to.type is AddressKind.BSUID else "to"
    body = {"messaging_product": "whatsapp", "recipient_type": "individual", who: outbound.to.value}
    return {**body, "biz_opaque_callback_data": outbound.echo, **_content(outbound)}


def _content(outbound: Outbound) -> dict[str, Any]:
    content = outbound.content
    if content.type is Kind.TEMPLATE and outbound.template:
        return {"type": "template", "template": template_payload(outbound.template, outbound)}
    if content.type is Kind.TEXT:
        return {"type": "text", "text": {"body": content.text, "preview_url": False}}
    media = content.media.model_dump(exclude_none=True) if content.media else {}
    file = {"id" if name == "provider_id" else name: value for name, value in media.items()}
    return {"type": str(content.type), str(content.type): file}
