"""Delivery reports of a customer's gateway, read as the channel's settings say."""

import json
from datetime import datetime

from parley.model.channel import Binding
from parley.model.events import Event, NotUnderstood, StatusReport
from parley.model.message import Fault
from parley.model.status import Status
from parley.providers.sms_http.bind import Settings
from parley.providers.sms_http.send import at


def read(raw: bytes, binding: Binding | None) -> list[Event]:
    """One report, or a list of them."""
    if binding is None:
        return [NotUnderstood("unbound")]
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        return [NotUnderstood("not json")]
    chosen = Settings.model_validate(binding.settings)
    return [_report(each, chosen, binding.sender_id) for each in (body if isinstance(body, list) else [body])]


def _report(each: object, chosen: Settings, sender: str) -> Event:
    words = chosen.reports
    status = words.statuses.get(str(at(each, words.status_path)))
    provider_id, echo = at(each, words.id_path), at(each, words.reference_path)
    if status is None or not (provider_id or echo):
        return NotUnderstood("report")
    fault = _fault(at(each, words.error_path)) if status == "failed" else None
    return StatusReport(
        sender,
        str(provider_id or ""),
        Status(status),
        _milliseconds(at(each, words.time_path)),
        str(echo) if echo else None,
        fault,
    )


def _fault(error: object) -> Fault:
    return Fault(
        code="not_delivered", message="The SMS was not delivered.", provider_code=str(error)[:64] if error else None
    )


def _milliseconds(given: object) -> int:
    """RFC 3339 or epoch seconds; 0 where the gateway gives no time."""
    text = str(given or "")
    try:
        if text.isascii() and text.isdigit():
            return int(text) * 1000 if len(text) <= 11 else 0
        return round(datetime.fromisoformat(text).timestamp() * 1000)
    except (ValueError, OverflowError):
        return 0
