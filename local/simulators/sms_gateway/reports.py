"""Delivery reports: JSON, signed over the raw body, repeated until the answer is 2xx."""

import hashlib
import hmac
import json
from dataclasses import dataclass

from local.simulators.common.clock import rfc3339
from local.simulators.common.outbox import Outbox, Post, Retry
from local.simulators.sms_gateway.behaviours import Behaviour
from local.simulators.sms_gateway.settings import GatewaySettings

SECRET = "gw-local-secret"  # noqa: S105 a fixed secret is the point


@dataclass(frozen=True)
class Sent:
    id: str
    reference: str | None
    callback_url: str


def signature(body: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def post(outbox: Outbox, settings: GatewaySettings, message: Sent, behaviour: Behaviour) -> None:
    report = {"id": message.id, "reference": message.reference, "status": behaviour.report, "time": rfc3339()}
    if behaviour.error:
        report["error"] = behaviour.error
    body = json.dumps(report).encode()
    if settings.bad_signature:
        _post_forged(outbox, message, report)
    for _ in range(int(settings.duplicates)):
        outbox.post(Post(message.callback_url, body, _headers(signature(body)), _accepted, _retry(settings)))


def _post_forged(outbox: Outbox, message: Sent, report: dict[str, str | None]) -> None:
    body = json.dumps({**report, "status": "REJECTD"}).encode()
    outbox.post(Post(message.callback_url, body, _headers(signature(body, "not-the-secret")), _accepted, forged=True))


def _headers(value: str) -> dict[str, str]:
    return {"Content-Type": "application/json", "X-Signature": value}


def _accepted(status: int) -> bool:
    return 200 <= status < 300


def _retry(settings: GatewaySettings) -> Retry:
    return Retry(settings.retry_seconds, settings.retry_factor, settings.retry_limit_seconds, settings.webhook_timeout)
