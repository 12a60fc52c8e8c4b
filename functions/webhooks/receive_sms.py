"""Reports of customers' SMS gateways at a function URL — verify the raw bytes, put them on the queue, answer 200."""

from typing import Any

from parley.cloud import inbox
from parley.edge.webhook import answer, channel_of_path, header, metric, raw_body, verify


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    channel, raw, signature = channel_of_path(event), raw_body(event), header(event, "x-signature")
    if not channel or not inbox.verified(channel, lambda secret: verify(secret.get("report_secret"), raw, signature)):
        metric("WebhookRefused")
        inbox.refused("sms_http", channel)
        return answer(401)
    inbox.put("sms_http", channel, raw)
    return answer(200)
