"""The receivers' side of the webhooks queue: the secret that verifies a body, and the queue message that carries it.

Kept free of pydantic and of the store, because a receiver must start fast."""

import base64
import json
import math
import os
import time
from collections.abc import Callable
from typing import Any

from parley.cloud.clients import client

MAX_QUEUED = 180_000
"""Bytes of a body that still fit a queue message of 256 KB as base64; a larger one goes through S3."""

KEEP = 300.0
RELOAD_AFTER = 3.0
REPORT_EVERY = 3600.0
_secrets: dict[str, tuple[float, dict[str, Any]]] = {}
_reloads: dict[str, float] = {}
_reported: dict[str, float] = {}


Secret = dict[str, Any]


def verified(channel: str | None, good: Callable[[Secret], bool]) -> bool:
    """Whether the secret of the channel (none: of the deployment's own app) is `good` for a request.

    One that was kept and is not good is loaded anew, since the channel may have been bound again just now."""
    name, began = channel or "", time.monotonic()
    if good(_kept(name, KEEP)):
        return True
    return _secrets[name][0] < began and _may_reload(name, began) and good(_kept(name, 0.0))


def _may_reload(name: str, now: float) -> bool:
    """At most every few seconds: a stranger's bad signatures must not become reads and decryptions."""
    if now - _reloads.get(name, -RELOAD_AFTER) < RELOAD_AFTER:
        return False
    if len(_reloads) > 1000:
        _reloads.clear()
    _reloads[name] = now
    return True


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
        or time.monotonic() - _reported.get(channel, -math.inf) < REPORT_EVERY
        or channel not in _secrets
        or not _secrets[channel][1]
    ):
        return
    _reported[channel] = time.monotonic()
    _send({"kind": "refused", "provider": provider, "channel": channel})


def _send(body: dict[str, Any]) -> None:
    client("sqs").send_message(QueueUrl=os.environ["WEBHOOKS_QUEUE"], MessageBody=json.dumps(body))


def _kept(name: str, age: float) -> Secret:
    """Read at most every `age` seconds; a stranger's made-up ids must not fill the memory."""
    known = _secrets.get(name)
    if known and time.monotonic() - known[0] < age:
        return known[1]
    if len(_secrets) > 1000:
        _secrets.clear()
    _secrets[name] = (time.monotonic(), _unseal(name) if name else _platform())
    return _secrets[name][1]


def _platform() -> Secret:
    """The deployment's own Meta app: {"app_secret", "verify_token"}."""
    kept = client("secretsmanager").get_secret_value(SecretId=os.environ["PLATFORM_SECRET"])
    found: Secret = json.loads(kept["SecretString"])
    return found


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
