"""Marks by which the jobs of every minute find what waits; each has a `marked_at`, in epoch milliseconds."""

from parley.store import table
from parley.store.table import Key


def unmark(key: Key, before: int) -> None:
    """Deletes a mark, unless somebody renewed it at that time or later."""
    write = {
        "TableName": table.runtime(),
        "Key": key,
        "ConditionExpression": "marked_at < :before",
        "ExpressionAttributeValues": {":before": before},
    }
    table.written([{"Delete": write}])
