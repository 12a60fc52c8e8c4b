"""Opaque cursors: where a list goes on, tied to the question that was asked."""

import base64
import json
from typing import Any

from parley.errors import Malformed, Problem
from parley.model.ids import fingerprint

Position = dict[str, Any]


def encode(position: Position | None, **question: Any) -> str | None:
    if position is None:
        return None
    text = json.dumps([fingerprint(question)[:12], position], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(cursor: str | None, **question: Any) -> Position | None:
    """Where to go on. Raises Malformed for a cursor that is not ours or was given for other filters."""
    if cursor is None:
        return None
    try:
        asked, position = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError, RecursionError):
        raise bad_cursor() from None
    if asked != fingerprint(question)[:12] or not isinstance(position, dict):
        raise bad_cursor()
    return position


def bad_cursor() -> Malformed:
    reason = "This cursor was not given for this list and these filters."
    return Malformed("bad_cursor", reason, [Problem("next", "bad_cursor", reason)])
