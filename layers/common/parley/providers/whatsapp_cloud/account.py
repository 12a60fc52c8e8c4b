"""What Meta decides about numbers and business accounts (meta.md §2.13.4)."""

import json
from typing import Any

from parley.errors import Invalid
from parley.model.address import read_phone
from parley.model.events import AccountReport, Event, NotUnderstood
from parley.model.receipt import AuditType

Wire = dict[str, Any]
FIELDS = {
    "phone_number_name_update": AuditType.PHONE_NAME,
    "phone_number_quality_update": AuditType.PHONE_QUALITY,
    "account_review_update": AuditType.ACCOUNT_REVIEW,
    "account_update": AuditType.ACCOUNT,
}
OF_NUMBERS = frozenset({AuditType.PHONE_NAME, AuditType.PHONE_QUALITY})
QUALITIES = frozenset({"GREEN", "YELLOW", "RED", "UNKNOWN"})
QUALITY_WORDS = ("new_quality_score", "quality_score", "quality_rating")
LONGEST = 100
DETAILS = 4096
"""Bytes; of more than that nothing is kept beside the word."""


def read(field: str, value: Wire, entry: Wire) -> Event:
    """The account is the entry's, except in news of partners: there the entry is the partner's own."""
    type = FIELDS[field]
    account = _text(_object(value.get("waba_info")).get("waba_id")) or _text(entry.get("id"))
    number, status = _number(value), _status(type, value)
    if status is None or (number if type in OF_NUMBERS else account) is None:
        return NotUnderstood(field)
    reason = _text(value.get("rejection_reason"))
    reason = None if reason == "NONE" else reason
    return AccountReport(type, status, _at(entry), number, account, reason, _details(value))


def _status(type: AuditType, value: Wire) -> str | None:
    """`event` of a quality update tells of throughput and limits; where no quality is told it is unknown."""
    if type is not AuditType.PHONE_QUALITY:
        return _text(value.get("event" if type is AuditType.ACCOUNT else "decision"))
    told = next((str(value[name]).upper() for name in QUALITY_WORDS if value.get(name)), "UNKNOWN")
    return told if told in QUALITIES else "UNKNOWN"


def _number(value: Wire) -> str | None:
    """As a binding claims it."""
    told = _text(value.get("display_phone_number"))
    try:
        return read_phone(told) if told else None
    except Invalid:
        return None


def _details(value: Wire) -> Wire:
    told = {name: each for name, each in value.items() if name != "display_phone_number" and each is not None}
    return told if len(json.dumps(told)) <= DETAILS else {}


def _at(entry: Wire) -> int:
    """Seconds, as a number or a text."""
    text = str(entry.get("time", ""))
    return int(text) * 1000 if text.isascii() and text.isdigit() and len(text) <= 11 else 0


def _text(value: Any) -> str | None:
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return text[:LONGEST] or None


def _object(value: Any) -> Wire:
    return value if isinstance(value, dict) else {}
