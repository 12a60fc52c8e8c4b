"""Messages from people, injected by the control API."""

import base64
import hashlib
import time
from typing import Any

from local.simulators.common.numbers import digits
from local.simulators.whatsapp import limits, media, people
from local.simulators.whatsapp.messages import new_wamid
from local.simulators.whatsapp.state import Phone
from local.simulators.whatsapp.statuses import metadata
from local.simulators.whatsapp.webhooks import Update
from local.simulators.whatsapp.world import World

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
UNSUPPORTED = [
    {
        "code": 131051,
        "title": "Message type unknown",
        "message": "Message type unknown",
        "error_data": {"details": "Message type is currently not supported."},
    }
]
NO_WINDOW = {"system"}


def receive(world: World, phone: Phone, order: dict[str, Any]) -> dict[str, Any]:
    """The message as the webhook carries it; it opens the window."""
    number = digits(str(order["from"]))
    at = float(order.get("timestamp") or time.time())
    message = _message(world, phone, number, at, order)
    people.remember(world.state, number)
    with world.state.lock:
        world.state.inbound.add(message["id"])
        if message["type"] not in NO_WINDOW:
            key = (phone.id, people.wa_id(number))
            world.state.windows[key] = max(at, world.state.windows.get(key, 0))
    limits.count_inbound(world, phone)
    if order.get("webhook", True):
        world.webhooks.publish(
            Update(
                phone.waba_id,
                "messages",
                _value(world, phone, number, message, order),
                phone.id,
                int(order.get("copies", 1)),
            )
        )
    return message


def _message(world: World, phone: Phone, number: str, at: float, order: dict[str, Any]) -> dict[str, Any]:
    kind = str(order.get("type", "text"))
    message: dict[str, Any] = {
        "from_user_id": people.user_id(number),
        "id": str(order.get("id") or new_wamid(number)),
        "timestamp": str(int(at)),
        "type": kind,
    }
    if not world.settings.bsuid_only:
        message = {"from": people.wa_id(number), **message}
    if order.get("context"):
        message["context"] = {"from": phone.digits, "id": str(order["context"])}
    return {**message, **_content(world, phone, kind, order), **order.get("extra", {})}


def _content(world: World, phone: Phone, kind: str, order: dict[str, Any]) -> dict[str, Any]:
    if kind == "unknown":
        return {"type": "hologram", "hologram": {"depth": 3}}
    if kind == "unsupported":
        return {"errors": UNSUPPORTED, "unsupported": {"type": "poll"}}
    if isinstance(order.get(kind), (dict, list)):
        return {kind: order[kind]}
    if kind in ("image", "video", "audio", "document", "sticker"):
        return {kind: _media(world, phone, kind, order)}
    return {kind: _simple(kind, order)}


def _simple(kind: str, order: dict[str, Any]) -> dict[str, Any]:
    body = str(order.get("text", "Hello from the simulator"))
    if kind == "button":
        return {"payload": str(order.get("payload", body)), "text": body}
    if kind == "interactive":
        form = str(order.get("interactive_type", "button_reply"))
        return {"type": form, form: {"id": str(order.get("payload", "yes")), "title": body}}
    if kind == "reaction":
        return {
            "message_id": str(order.get("context", "")),
            **({"emoji": order["emoji"]} if order.get("emoji") else {}),
        }
    return {"body": body}


def _media(world: World, phone: Phone, kind: str, order: dict[str, Any]) -> dict[str, Any]:
    content = base64.b64decode(order["content"]) if order.get("content") else PIXEL
    mime = str(order.get("mime_type", "image/png"))
    kept = media.keep(world, phone, mime, content)
    kept.url_until = time.time() + world.settings.media_url_seconds
    part = {
        "id": kept.id,
        "mime_type": mime,
        "url": media.url(world, kept),
        "sha256": base64.b64encode(hashlib.sha256(content).digest()).decode(),
    }
    return part | {name: order[name] for name in ("caption", "filename", "voice", "animated") if name in order}


def _value(world: World, phone: Phone, number: str, message: dict[str, Any], order: dict[str, Any]) -> dict[str, Any]:
    person = people.contact(number, world.settings.bsuid_only, str(order.get("name", "Local Person")))
    return {"messaging_product": "whatsapp", "metadata": metadata(phone), "contacts": [person], "messages": [message]}
