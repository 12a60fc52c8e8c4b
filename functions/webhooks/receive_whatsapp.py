"""Meta's webhooks at a function URL — verify the raw bytes, put them on the queue, answer 200; nothing else."""

import hmac
from typing import Any

from parley.cloud import inbox
from parley.edge.webhook import answer, channel_of_path, header, method, metric, raw_body, verify


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    channel = channel_of_path(event)
    return _challenge(event, channel) if method(event) == "GET" else _receive(event, channel)


def _challenge(event: dict[str, Any], channel: str | None) -> dict[str, Any]:
    asked = event.get("queryStringParameters") or {}
    given = str(asked.get("hub.verify_token", "")).encode()

    def good(secret: dict[str, Any]) -> bool:
        known = str(secret.get("verify_token") or "").encode()
        return bool(known) and hmac.compare_digest(known, given)

    subscribing = asked.get("hub.mode") == "subscribe" and inbox.verified(channel, good)
    return answer(200, str(asked.get("hub.challenge", ""))) if subscribing else answer(403)


def _receive(event: dict[str, Any], channel: str | None) -> dict[str, Any]:
    raw, signature = raw_body(event), header(event, "x-hub-signature-256")
    if not inbox.verified(channel, lambda secret: verify(secret.get("app_secret"), raw, signature)):
        metric("WebhookRefused")
        inbox.refused("whatsapp_cloud", channel)
        return answer(401)
    inbox.put("whatsapp_cloud", channel, raw)
    return answer(200)
