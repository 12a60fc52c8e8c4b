"""For how long a server asks to be left alone (RFC 9110 §10.2.3): in seconds, or until a date."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx


def seconds(response: httpx.Response) -> float | None:
    """None where it says nothing that can be read, or a time that is over."""
    given = response.headers.get("retry-after", "").strip()
    if given.isascii() and given.isdigit():
        return float(given[:9])
    try:
        left = (parsedate_to_datetime(given).astimezone(UTC) - datetime.now(UTC)).total_seconds()
    except (ValueError, OverflowError):
        return None
    return left if left > 0 else None
