"""Changes of the data table as its stream carries them, and the counters that come of them."""

from typing import Any

from parley.store import table

from tests.support import kept
from tests.support.builders import ORGANIZATION
from tests.support.events import sample

Json = dict[str, Any]


def batch(*changes: tuple[Json | None, Json], name: str = "batch") -> Json:
    """An event with these items before and after, each record like the sample's."""
    return {"Records": [_record(f"{name}-{i}", old, new) for i, (old, new) in enumerate(changes)]}


def _record(id: str, old: Json | None, new: Json) -> Json:
    record = sample("project_changes")["Records"][0]
    images = {"NewImage": table.to_wire(new)} | ({"OldImage": table.to_wire(old)} if old else {})
    keys = {name: {"S": new[name]} for name in ("pk", "sk")}
    plain = {name: value for name, value in record["dynamodb"].items() if not name.endswith("Image")}
    return record | {"eventID": id, "dynamodb": {**plain, "Keys": keys, **images}}


def stored(message: str) -> Json:
    """The state item of a message as it stands."""
    (item,) = kept.items(f"ORG#{ORGANIZATION}#MESSAGE#{message}")[-1:]
    return item


def counters() -> dict[str, Json]:
    """Sort key → counts of every counter item."""
    found = kept.items("METRIC#")
    return {item["sk"]: {name: item[name] for name in item.keys() - {"pk", "sk", "version"}} for item in found}
