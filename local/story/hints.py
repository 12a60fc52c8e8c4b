"""What to try next: three calls that work as they are pasted."""

import json
from typing import Any

from local.stack import Stack
from local.story.scene import LANGUAGE, TEMPLATE, Scene

ANYBODY = "+4915100019999"


def lines(stack: Stack, scene: Scene) -> list[str]:
    base, channel = f"{stack.api_url}/rest/v1", scene.whatsapp
    return [
        "# send a message to somebody who reads everything",
        _call(f"{base}/messages", scene.key, "-H 'Content-Type: application/json'", f"-d '{_message(channel)}'"),
        "# the messages of the WhatsApp channel, the newest first",
        _call(f"{base}/messages", scene.key, f"-G -d channel_id={channel} -d limit=3"),
        "# how the channel is, in our words and in WhatsApp's",
        _call(f"{base}/channel_accounts/{channel}/health", scene.key),
    ]


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
