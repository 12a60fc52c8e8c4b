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
TOKEN = "p1-ih8MUgAAQACAAAAAAAAAqg"
"""Of MESSAGE, as it stands in a quick reply's payload; the number of the button follows."""
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


def header(text: str | None = None, **fields: Any) -> dict[str, Any]:
    return {"type": "HEADER", **({"text": text} if text is not None else {}), **fields}


def body(text: str = "", **fields: Any) -> dict[str, Any]:
    return {"type": "BODY", "text": text, **fields}


def footer(text: str = "", **fields: Any) -> dict[str, Any]:
    return {"type": "FOOTER", "text": text, **fields}


def buttons(*each: dict[str, Any]) -> dict[str, Any]:
    return {"type": "BUTTONS", "buttons": list(each)}


def quick(text: str = "On my way", **fields: Any) -> dict[str, Any]:
    return {"type": "QUICK_REPLY", "text": text, **fields}


def link(url: str = "https://acme.test/t/$(code)", text: str = "Track") -> dict[str, Any]:
    return {"type": "URL", "text": text, "url": url}


def phone(number: str = "+34600000001") -> dict[str, Any]:
    return {"type": "PHONE_NUMBER", "text": "Call us", "phone_number": number}


def coupon(code: str = "$(coupon)") -> dict[str, Any]:
    return {"type": "COPY_CODE", "code": code}


def flow(**fields: Any) -> dict[str, Any]:
    return {"type": "FLOW", "text": "Book", "flow_id": "123456", **fields}


APP = {"package_name": "com.acme.shop", "signature_hash": "K8a/AINcGX7"}


def otp(kind: str = "COPY_CODE") -> dict[str, Any]:
    """The button of a one-time code."""
    apps = {} if kind == "COPY_CODE" else {"apps": [APP]}
    return {"type": kind, **apps, **({"terms_accepted": True} if kind == "ZERO_TAP" else {})}


def offer(text: str = "Ends soon!", **fields: Any) -> dict[str, Any]:
    return {"type": "LIMITED_TIME_OFFER", "text": text, **fields}


def carousel(*cards: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "CAROUSEL", "cards": [{"components": parts} for parts in cards]}
