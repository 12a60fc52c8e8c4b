"""What to try next: four calls that work as they are pasted."""

import json
from typing import Any

from local.stack import Stack
from local.story.scene import LANGUAGE, TEMPLATE, Scene

ANYBODY = "+4915100019999"
JSON = "-H 'Content-Type: application/json'"


def lines(stack: Stack, scene: Scene) -> list[str]:
    base, channel = f"{stack.api_url}/rest/v1", scene.whatsapp
    return [
        "# send a message to somebody who reads everything",
        _call(f"{base}/messages", scene.key, JSON, f"-d '{_message(channel)}'"),
        "# the messages of the WhatsApp channel, the newest first",
        _call(f"{base}/messages", scene.key, f"-G -d channel_id={channel} -d limit=3"),
        "# how the channel is, in our words and in WhatsApp's",
        _call(f"{base}/channel_accounts/{channel}/health", scene.key),
        "# tell a server of its own what happens from now on, and give it the secret; then send again, and look at",
        f"# {stack.simulators['business_url']} in a browser",
        _endpoint(f"{base}/receipt_endpoints", stack.simulators["business_url"], scene.key),
    ]


def _endpoint(url: str, server: str, key: str) -> str:
    """Its answer alone has the secret, so it goes straight to the server."""
    wanted = f'{{"name": "Mine", "kinds": ["ChatAppStatus"],\n "url": "{server}/receipts"}}'
    parts = [f"curl -s '{url}'", f"-H 'Authorization: Bearer {key}'", JSON, f"-d '{wanted}'"]
    return " \\\n".join([*parts, f"| curl -s '{server}/secrets' -d @-"])


def _call(url: str, key: str, *options: str) -> str:
    """One command over a few short lines: a terminal that breaks long ones makes them hard to read and to copy."""
    parts = [f"curl -s '{url}'", f"-H 'Authorization: Bearer {key}'", *options, "| python3 -m json.tool"]
    return " \\\n".join(parts)


def _message(channel: str) -> str:
    lines: list[dict[str, Any]] = [
        {"channel_id": channel},
        {"to": ANYBODY, "type": "template", "template": TEMPLATE},
        {"language": LANGUAGE, "variables": {"name": "you", "order": "B-1"}},
    ]
    return "{" + ",\n ".join(json.dumps(line)[1:-1] for line in lines) + "}"
