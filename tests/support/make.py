"""Messages, channels and templates for tests, each with everything left out that the test does not name."""

from typing import Any

from parley.model.channel import Channel
from parley.model.message import State
from parley.model.status import Status, rank
from parley.model.template import Template

ORGANIZATION = "8a1f0c52-0000-4000-8000-000000000001"
MESSAGE = "8a1f0c52-0000-4000-8000-0000000000aa"
CHANNEL = "8a1f0c52-0000-4000-8000-0000000000cc"
NOW = 1_790_000_000_000
CREATED = "2026-03-01T09:30:00.000Z"
SENDER = "106540352242922"


def state(status: Status = Status.QUEUED, **fields: Any) -> State:
    known = {"id": MESSAGE, "organization": ORGANIZATION, "channel": CHANNEL, "kind": "text", "sender": SENDER}
    times = {"created_at": NOW, "send_at": NOW, "expires_at": NOW + 86_400_000}
    more = {"to": "phone:+34600111222", "fingerprint": "f", "status": status, "rank": rank(status)}
    return State.model_validate({**known, **times, **more, **fields})


def channel(**fields: Any) -> Channel:
    known = {"id": CHANNEL, "organization_id": ORGANIZATION, "name": "Shop", "type": "WHATSAPP_CLOUD"}
    stamps = {"created_at": CREATED, "updated_at": CREATED, "connection": "connected"}
    return Channel.model_validate({**known, **stamps, "binding": binding(), **fields})


def binding(**fields: Any) -> dict[str, Any]:
    known = {"provider": "whatsapp_cloud", "sender": "+493055501234", "sender_id": SENDER, "bound_at": CREATED}
    return {**known, "settings": {"waba_id": "102290129340398", "phone_number_id": SENDER}, **fields}


def template(*components: dict[str, Any], **fields: Any) -> Template:
    known = {"id": "t1", "organization_id": ORGANIZATION, "channel_id": CHANNEL, "name": "order_ready"}
    more = {"language": "es_MX", "category": "UTILITY", "parameter_format": "NAMED", "status": "approved"}
    stamps = {"created_at": CREATED, "updated_at": CREATED}
    content = list(components) or [body("Hello.")]
    return Template.model_validate({**known, **more, **stamps, "components": content, **fields})


def header(text: str) -> dict[str, Any]:
    return {"type": "HEADER", "text": text}


def body(text: str) -> dict[str, Any]:
    return {"type": "BODY", "text": text}


def footer(text: str) -> dict[str, Any]:
    return {"type": "FOOTER", "text": text}


def buttons(*each: dict[str, Any]) -> dict[str, Any]:
    return {"type": "BUTTONS", "buttons": list(each)}


def quick(text: str = "On my way") -> dict[str, Any]:
    return {"type": "QUICK_REPLY", "text": text}


def link(url: str = "https://acme.test/t/$(code)", text: str = "Track") -> dict[str, Any]:
    return {"type": "URL", "text": text, "url": url}
