"""Meta's webhooks at a function URL — verify the raw bytes, put them on the queue, answer 200; nothing else."""

import hmac
from typing import Any

from parley.cloud import inbox
from parley.edge.webhook import answer, channel_of_path, header, method, metric, raw_body, verify


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    channel = channel_of_path(event)
    secret = inbox.channel_secret(channel) if channel else inbox.platform_secret()
    return _challenge(event, secret) if method(event) == "GET" else _receive(event, channel, secret)


def _challenge(event: dict[str, Any], secret: dict[str, Any]) -> dict[str, Any]:
    asked = event.get("queryStringParameters") or {}
    known, given = str(secret.get("verify_token") or ""), str(asked.get("hub.verify_token", ""))
    good = known and asked.get("hub.mode") == "subscribe" and hmac.compare_digest(known.encode(), given.encode())
    return answer(200, str(asked.get("hub.challenge", ""))) if good else answer(403)


def _receive(event: dict[str, Any], channel: str | None, secret: dict[str, Any]) -> dict[str, Any]:
    raw, key = raw_body(event), str(secret.get("app_secret") or "")
    if not key or not verify(key, raw, header(event, "x-hub-signature-256")):
        metric("WebhookRefused")
        inbox.refused("whatsapp_cloud", channel)
        return answer(401)
    inbox.put("whatsapp_cloud", channel, raw)
    return answer(200)
