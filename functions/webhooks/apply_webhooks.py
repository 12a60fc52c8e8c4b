"""Runs for the webhooks queue — applies receipts, messages of people and template decisions."""

from typing import Any

from parley.edge.queue import process
from parley.operations import webhooks


def apply_webhook(body: dict[str, Any]) -> None:
    """EventBridge puts the events of our own AWS account on the same queue, in its own envelope."""
    webhooks.apply(webhooks.of_platform_event(body) if "detail-type" in body else body)


handler = process(apply_webhook)
