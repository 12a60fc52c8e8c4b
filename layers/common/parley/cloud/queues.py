"""Putting work on queues; all of it may be put twice without harm."""

import json
from typing import Any

from parley.cloud.clients import client
from parley.model.lane import Lane
from parley.settings import settings

MAX_DELAY = 900


def enqueue(lane: Lane, organization: str, message: str, group: str, delay: int = 0, *, turn: bool = False) -> None:
    """Puts one message on its lane; `group` (the channel) keeps a busy tenant from starving a quiet one. `turn`: it
    has stood in line for its person."""
    body = {"organization": organization, "message": message, "lane": lane} | ({"turn": True} if turn else {})
    send(lane_url(lane), body, delay, group)


def lane_url(lane: Lane) -> str:
    known = settings()
    return {
        Lane.OTP: known.otp_queue,
        Lane.TRANSACTIONAL: known.transactional_queue,
        Lane.MARKETING: known.marketing_queue,
    }[lane]


def send(url: str, body: dict[str, Any], delay: int = 0, group: str | None = None) -> None:
    fair = {"MessageGroupId": group} if group else {}
    client("sqs").send_message(
        QueueUrl=url,
        MessageBody=json.dumps(body, separators=(",", ":")),
        DelaySeconds=max(0, min(delay, MAX_DELAY)),
        **fair,
    )
