"""The receivers' side of the webhooks queue: the secret that verifies a body, and the queue message that carries it.

Kept free of pydantic and of the store, because a receiver must start fast."""

import base64
import json
import os
import time
from typing import Any

from parley.cloud.clients import client

MAX_QUEUED = 180_000
"""Bytes of a body that still fit a queue message of 256 KB as base64; a larger one goes through S3."""

KEEP = 300.0
REPORT_EVERY = 3600.0
_secrets: dict[str, tuple[float, dict[str, Any]]] = {}
_reported: dict[str, float] = {}


def platform_secret() -> dict[str, Any]:
    """The deployment's own Meta app: {"app_secret", "verify_token"}."""
    return _kept(
        "",
        lambda: json.loads(
            client("secretsmanager").get_secret_value(SecretId=os.environ["PLATFORM_SECRET"])["SecretString"]
        ),
    )


def channel_secret(channel: str) -> dict[str, Any]:
    """The sealed secret of one channel, empty for a channel that does not exist or has none."""
    return _kept(channel, lambda: _unseal(channel))


def put(provider: str, channel: str | None, raw: bytes) -> None:
    """One queue message for one body; if this fails, the receiver's error lets the platform try again."""
    body: dict[str, Any] = {"provider": provider, "channel": channel, "received_at": time.time_ns() // 1_000_000}
    if len(raw) > MAX_QUEUED:
        body["file"] = f"webhooks/{provider}/{time.time_ns()}-{os.urandom(8).hex()}"
        client("s3").put_object(Bucket=os.environ["FILES_BUCKET"], Key=body["file"], Body=raw)
    else:
        body["body"] = base64.b64encode(raw).decode()
    _send(body)


def read_file(name: str) -> bytes:
    body: bytes = client("s3").get_object(Bucket=os.environ["FILES_BUCKET"], Key=name)["Body"].read()
    return body


def refused(provider: str, channel: str | None) -> None:
    """Tells a channel's log of a bad signature, at most once an hour from this process."""
    if (
        channel is None
        or _reported.get(channel, 0.0) > time.monotonic() - REPORT_EVERY
        or channel not in _secrets
        or not _secrets[channel][1]
    ):
        return
    _reported[channel] = time.monotonic()
    _send({"kind": "refused", "provider": provider, "channel": channel})


def _send(body: dict[str, Any]) -> None:
    client("sqs").send_message(QueueUrl=os.environ["WEBHOOKS_QUEUE"], MessageBody=json.dumps(body))


def _kept(name: str, load: Any) -> dict[str, Any]:
    """Read at most every five minutes; a stranger's made-up ids must not fill the memory."""
    known = _secrets.get(name)
    if known and known[0] > time.monotonic():
        return known[1]
    if len(_secrets) > 1000:
        _secrets.clear()
    _secrets[name] = (time.monotonic() + KEEP, load())
    return _secrets[name][1]


def _unseal(channel: str) -> dict[str, Any]:
    path = _item(f"WEBHOOK#{channel}", "CLAIM")
    if not path:
        return {}
    organization = path["organization"]["S"]
    kept = _item(f"ORG#{organization}#CHANNEL#{channel}", "CREDENTIAL")
    if not kept:
        return {}
    context = {"organization": organization, "channel": channel}
    key = os.environ["CREDENTIALS_KEY"]
    opened = client("kms").decrypt(CiphertextBlob=kept["sealed"]["B"], KeyId=key, EncryptionContext=context)
    found: dict[str, Any] = json.loads(opened["Plaintext"])
    return found


def _item(pk: str, sk: str) -> dict[str, Any]:
    key = {"pk": {"S": pk}, "sk": {"S": sk}}
    answer = client("dynamodb").get_item(TableName=os.environ["DATA_TABLE"], Key=key, ConsistentRead=True)
    item: dict[str, Any] = answer.get("Item", {})
    return item
