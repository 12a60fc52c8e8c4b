"""Times as the journal and the providers print them."""

import time
from datetime import UTC, datetime


def rfc3339(seconds: float | None = None) -> str:
    at = time.time() if seconds is None else seconds
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
