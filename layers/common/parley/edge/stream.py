"""DynamoDB streams: a batch of changes, all or nothing. What fails is raised, and the whole batch comes again."""

from collections.abc import Callable
from typing import Any, NamedTuple

from parley.edge.logging import observed
from parley.model import ids

Image = dict[str, Any]
"""An item in DynamoDB's own typed form."""


class Images(NamedTuple):
    """An item before and after a write; None: it was not there. `at`: when, in epoch milliseconds of the real time."""

    old: Image | None
    new: Image | None
    at: int


Batch = Callable[[str, list[Images]], object]


def changes(batch: Batch) -> Callable[[Any, Any], None]:
    """A handler that gives a batch's changes, under a name by which a repeat of the same batch is known."""

    def handler(event: dict[str, Any], context: Any) -> None:
        records = event["Records"]
        batch(ids.derived(*[each["eventID"] for each in records]), [_images(each["dynamodb"]) for each in records])

    return observed(handler)


def _images(change: dict[str, Any]) -> Images:
    at = round(float(change.get("ApproximateCreationDateTime", 0)) * 1000)
    return Images(change.get("OldImage"), change.get("NewImage"), at)
