"""Delivery events of AWS End User Messaging, put on our queue by EventBridge; our own account's are verified."""

import json
from typing import Any

from parley.model.events import Event, NotUnderstood, StatusReport
from parley.model.message import Fault
from parley.model.status import Status

LATEST = 10**14
STATUSES = {
    "TEXT_QUEUED": Status.SENT,
    "TEXT_PENDING": Status.SENT,
    "TEXT_SENT": Status.SENT,
    "TEXT_SUCCESSFUL": Status.SENT,  # the carrier took it; in some countries the best there is
    "TEXT_DELIVERED": Status.DELIVERED,
}
FAILURES = {
    "TEXT_INVALID": ("invalid_number", False),
    "TEXT_INVALID_MESSAGE": ("content_refused", False),
    "TEXT_UNREACHABLE": ("undeliverable", True),
    "TEXT_CARRIER_UNREACHABLE": ("undeliverable", True),
    "TEXT_TTL_EXPIRED": ("undelivered_in_time", False),
    "TEXT_BLOCKED": ("person_blocked", False),
    "TEXT_CARRIER_BLOCKED": ("carrier_blocked", False),
    "TEXT_SPAM": ("carrier_blocked", False),
    "TEXT_PROTECT_BLOCKED": ("country_not_allowed", False),
}


def read(raw: bytes, binding: object = None) -> list[Event]:
    detail = _detail(raw)
    kind, echo = str(detail.get("eventType")), _echo(detail.get("context"))
    at, provider_id = _milliseconds(detail.get("eventTimestamp")), str(detail.get("messageId") or "")
    if not (echo or provider_id):
        return [NotUnderstood(kind)]
    if kind in STATUSES:
        return [StatusReport("", provider_id, STATUSES[kind], at, echo)]
    if kind in FAILURES:
        code, retryable = FAILURES[kind]
        fault = Fault(code=code, message="The SMS was not delivered.", provider_code=kind, retryable=retryable)
        scope = "person" if code == "person_blocked" else "message"
        return [StatusReport("", provider_id, Status.FAILED, at, echo, fault, scope)]
    return [NotUnderstood(kind)]  # TEXT_UNKNOWN among them: it says nothing


def _detail(raw: bytes) -> dict[str, Any]:
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    detail = body.get("detail") if isinstance(body, dict) else None
    return detail if isinstance(detail, dict) else {}


def _echo(context: object) -> str | None:
    found = context.get("parley") if isinstance(context, dict) else None
    return found if isinstance(found, str) else None


def _milliseconds(given: object) -> int:
    return given if isinstance(given, int) and 0 < given < LATEST else 0
