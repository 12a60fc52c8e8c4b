"""Putting work on queues; all of it may be put twice without harm."""

import json
from collections.abc import Sequence
from typing import Any

from parley.cloud.clients import client
from parley.model.lane import Lane
from parley.settings import settings

MAX_DELAY = 900
TRIES = 5


def enqueue(lane: Lane, organization: str, message: str, group: str, delay: int = 0, *, turn: bool = False) -> None:
    """Puts one message on its lane; `group` (the channel) keeps a busy tenant from starving a quiet one. `turn`: it
    has stood in line for its person."""
    body = {"organization": organization, "message": message, "lane": lane} | ({"turn": True} if turn else {})
    send(lane_url(lane), body, delay, group)


def send_many(url: str, entries: Sequence[tuple[dict[str, Any], int, str]]) -> None:
    """Sends (body, delay in seconds, group) ten a call; what a call refused is sent again. Raises RuntimeError when the
    queue goes on refusing, after which some were sent."""
    waiting = [_entry(index, *entry) for index, entry in enumerate(entries)]
    for _ in range(TRIES):
        refused: set[str] = set()
        for start in range(0, len(waiting), 10):
            answer = client("sqs").send_message_batch(QueueUrl=url, Entries=waiting[start : start + 10])
            refused |= {each["Id"] for each in answer.get("Failed", [])}
        waiting = [each for each in waiting if each["Id"] in refused]
        if not waiting:
            return
    raise RuntimeError("a queue refuses what it is sent")


def _entry(index: int, body: dict[str, Any], delay: int, group: str) -> dict[str, Any]:
    text = json.dumps(body, separators=(",", ":"))
    return {
        "Id": str(index),
        "MessageBody": text,
        "DelaySeconds": max(0, min(delay, MAX_DELAY)),
        "MessageGroupId": group,
    }


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


def show_job_again(receipt_handle: str, seconds: int) -> None:
    """A job that was received is hidden for this long from now on, instead of for its queue's visibility time."""
    queue = settings().jobs_queue
    client("sqs").change_message_visibility(QueueUrl=queue, ReceiptHandle=receipt_handle, VisibilityTimeout=seconds)
