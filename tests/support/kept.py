"""What an account holds: items, waiting queue messages, schedules, files. For asserting what was kept, what was not."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from moto.core.utils import unix_time_millis
from moto.dynamodb.models.dynamo_type import DynamoType
from parley.cloud.clients import client
from parley.settings import settings
from parley.store import messages, table

from tests.support.cloud import QUEUES, backend

Json = dict[str, Any]


def items(prefix: str = "", name: str = "data") -> list[Json]:
    """The items of a table whose partition or sort key begins with `prefix`, sorted by key."""
    where = settings().data_table if name == "data" else settings().runtime_table
    found = (item for partition in backend("dynamodb").tables[where].items.values() for item in partition.values())
    rows = sorted((table.from_wire(_wire(item.attrs)) for item in found), key=lambda row: (row["pk"], row["sk"]))
    return [row for row in rows if row["pk"].startswith(prefix) or row["sk"].startswith(prefix)]


def _wire(attributes: dict[str, DynamoType]) -> Json:
    return {name: _typed(each) for name, each in attributes.items()}


def _typed(each: DynamoType) -> Json:
    """As botocore has it; asking for it through botocore takes twenty times as long."""
    match each.type:
        case "M":
            return {"M": _wire(each.value)}
        case "L":
            return {"L": [_typed(one) for one in each.value]}
    return {each.type: each.value}


def states() -> list[Json]:
    """The state items of all messages, with what only their keys say."""
    found = [item for item in items() if item["sk"] == "STATE"]
    return [item | messages.read(item).model_dump(include=messages.OF_KEYS) for item in found]


def queued(name: str) -> list[Json]:
    """The bodies that wait in a queue, delayed ones too; nothing is taken out."""
    return [json.loads(message.body) for message in backend("sqs").queues[name]._messages]


def delays(name: str) -> list[int]:
    """For how many seconds each message of a queue was put off."""
    waiting = backend("sqs").queues[name]._messages
    return [round(max(0.0, message.delayed_until - message.sent_timestamp) / 1000) for message in waiting]


def hidden(name: str) -> list[int]:
    """For how many seconds from now on nobody receives each message of a queue."""
    waiting = backend("sqs").queues[name]._messages
    return [round((message.visible_at - unix_time_millis()) / 1000) for message in waiting]


def groups_of(name: str) -> list[str | None]:
    """Between which groups a queue shares fairly, message by message."""
    return [message.group_id for message in backend("sqs").queues[name]._messages]


def schedules() -> list[Json]:
    """The pending schedules; each with its timer as `input`."""
    scheduler = client("scheduler")
    found = scheduler.list_schedules(GroupName="parley-timers")["Schedules"]
    whole = [scheduler.get_schedule(Name=each["Name"], GroupName="parley-timers") for each in found]
    return [{"at": each["ScheduleExpression"], "input": json.loads(each["Target"]["Input"])} for each in whole]


def files() -> list[str]:
    found = client("s3").list_objects_v2(Bucket=settings().files_bucket).get("Contents", [])
    return [each["Key"] for each in found]


def everything() -> Json:
    queues = {name: queued(name) for name in QUEUES}
    return {"data": items(), "runtime": items(name="runtime"), **queues, "schedules": schedules(), "files": files()}


@contextmanager
def nothing_changes() -> Iterator[None]:
    """Fails if anything was stored, queued, scheduled or filed meanwhile."""
    before = everything()
    yield
    assert everything() == before
