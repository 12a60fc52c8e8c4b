"""Updates of Telegram bots at a function URL — compare the agreed secret, put the raw bytes on the queue, answer 200.

The answer has no body: Telegram would carry out a method that it names."""

from typing import Any

from parley.cloud import inbox
from parley.edge.webhook import answer, channel_of_path, header, metric, raw_body, same


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    channel, given = channel_of_path(event), header(event, "x-telegram-bot-api-secret-token")
    if not channel or not inbox.verified(channel, lambda secret: same(secret.get("webhook_secret"), given)):
        metric("WebhookRefused")
        inbox.refused("telegram", channel)
        return answer(401)
    inbox.put("telegram", channel, raw_body(event))
    return answer(200)
