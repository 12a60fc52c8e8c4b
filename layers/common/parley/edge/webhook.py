"""Webhook receivers: raw bytes, signature, one queue message, 200. No framework, because they must start fast."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any

Answer = dict[str, Any]
Request = dict[str, Any]


def raw_body(event: Request) -> bytes:
    body = event.get("body") or ""
    return base64.b64decode(body) if event.get("isBase64Encoded") else body.encode("utf-8", "surrogatepass")


def verify(secret: str | None, raw: bytes, given: str | None) -> bool:
    """`sha256=` and the HMAC of the raw bytes (Meta's X-Hub-Signature-256, and our word for gateways).

    Compared as bytes, since compare_digest raises on non-ASCII text. Without a secret nothing is good."""
    if not secret:
        return False
    wanted = "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    return hmac.compare_digest(wanted.encode(), (given or "").encode("utf-8", "surrogatepass"))


def same(secret: str | None, given: str | None) -> bool:
    """Whether a word that was agreed on came back, compared in constant time. Without a secret nothing is good."""
    return bool(secret) and hmac.compare_digest(str(secret).encode(), (given or "").encode("utf-8", "surrogatepass"))


def header(event: Request, name: str) -> str | None:
    """Header names arrive in lower case."""
    value = event.get("headers", {}).get(name)
    return str(value) if value is not None else None


def method(event: Request) -> str:
    return str(event["requestContext"]["http"]["method"])


def channel_of_path(event: Request) -> str | None:
    """The channel id at the end of the path; none for the deployment's own app."""
    last = str(event.get("rawPath", "/")).rstrip("/").rpartition("/")[2]
    return last if len(last) == 36 else None


def token_of_path(event: Request) -> str:
    return str(event.get("rawPath", "/")).rpartition("/")[2]


def answer(status: int, body: str = "") -> Answer:
    return {"statusCode": status, "headers": {"content-type": "text/plain"}, "body": body}


def metric(name: str, **more: Any) -> None:
    """One EMF line by hand: powertools would double the receiver's start."""
    described = {"Namespace": "Parley", "Dimensions": [["service"]], "Metrics": [{"Name": name, "Unit": "Count"}]}
    stamp = {"Timestamp": time.time_ns() // 1_000_000, "CloudWatchMetrics": [described]}
    print(json.dumps({"_aws": stamp, "service": "parley", name: 1, **more}))
