"""The time; the local stack alone may shift it, so that long waits can be tested. Signatures use real time."""

import time

from parley.cloud.clients import client
from parley.settings import settings

OFFSET_KEY = {"pk": {"S": "CLOCK"}, "sk": {"S": "OFFSET"}}
_seen = [0.0, 0]


def now() -> int:
    """Epoch milliseconds."""
    return time.time_ns() // 1_000_000 + offset()


def offset() -> int:
    """The shift in milliseconds, looked up at most twice a second; always 0 outside the local stack."""
    if not settings().clock_shiftable:
        return 0
    if time.monotonic() - _seen[0] > 0.5:
        item = client("dynamodb").get_item(TableName=settings().runtime_table, Key=OFFSET_KEY).get("Item", {})
        _seen[:] = [time.monotonic(), int(item["offset"]["N"]) if item else 0]
    return int(_seen[1])
