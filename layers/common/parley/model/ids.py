"""Names of things: deterministic wherever something identifies the request, so that a repeat lands on the same item."""

import hashlib
import json
import uuid
from typing import Any

NAMESPACE = uuid.UUID("0d6f6e0a-6b1c-5c57-9a40-6f1f5f0b8a55")


def derived(*parts: str | int) -> str:
    """The id that these parts always give. The parts are framed, so ("a", "bc") and ("ab", "c") differ."""
    return str(uuid.uuid5(NAMESPACE, json.dumps([str(part) for part in parts])))


def created(organization: str, operation: str, idempotency_key: str | None) -> str:
    """The id of something made through the API: the same for the same key, random without one."""
    if idempotency_key is None:
        return str(uuid.uuid4())
    return derived(organization, operation, idempotency_key)


def copy_of(original: str, step: int) -> str:
    """The id of the message that fallback step `step` sends instead of `original`."""
    return derived(original, "fallback", step)


def row_of(broadcast: str, row: int) -> str:
    """The id of the message that a row of a broadcast is."""
    return derived(broadcast, "row", row)


def inbound(channel: str, provider_id: str) -> str:
    return derived(channel, "inbound", provider_id)


def caused_by(inbound: str, action: str) -> str:
    """The id of what an inbound message makes us send."""
    return derived(inbound, action)


def echo(organization: str, message: str) -> str:
    """What a platform carries for us and sends back with each status."""
    return f"{organization}.{message}"


def read_echo(text: str | None) -> tuple[str, str] | None:
    """(organization, message) of an echo, None if it is not ours: other tools may share the number."""
    parts = (text or "").split(".")
    return (parts[0], parts[1]) if len(parts) == 2 and all(map(_is_uuid, parts)) else None


def fingerprint(body: dict[str, Any]) -> str:
    """The hash of a canonical body: equal for equal requests whatever the order of their fields."""
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()[:32]


def _is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False
