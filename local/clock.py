"""Shifts the stack's clock, so that hours of waiting pass at once; signatures and the simulators keep the real time."""

import json
import math
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from local.stack import Stack

KEY = {"pk": {"S": "CLOCK"}, "sk": {"S": "OFFSET"}}
NOTICED = 0.6  # every function looks at the offset at most half a second after it changed
EARLY = 60_000  # `parley.cloud.schedules` fires this much ahead of its time
UPDATED = ("GroupName", "Name", "ScheduleExpressionTimezone", "FlexibleTimeWindow", "ActionAfterCompletion", "Target")


def now(stack: Stack) -> float:
    """The stack's epoch seconds."""
    return time.time() + offset(stack) / 1000


def offset(stack: Stack) -> int:
    """The shift in milliseconds."""
    item = stack.client("dynamodb").get_item(TableName=stack.resources["RuntimeTable"], Key=KEY).get("Item")
    return int(item["offset"]["N"]) if item else 0


def shift(stack: Stack, seconds: float) -> None:
    """Moves the clock ahead by whole seconds, rounded up. A stream tells the time of a change in whole real seconds; by
    a part of one more, a change would come before the second in which it happened. Returns once every function knows,
    and pending schedules are due that much earlier."""
    shifted = offset(stack) + math.ceil(seconds) * 1000
    table = stack.client("dynamodb")
    table.put_item(TableName=stack.resources["RuntimeTable"], Item={**KEY, "offset": {"N": str(shifted)}})
    time.sleep(NOTICED)  # from now on new schedules are made with the new offset
    scheduler = stack.client("scheduler")
    for schedule in _pending(scheduler, stack.resources["ScheduleGroup"]):
        _move(scheduler, schedule, shifted)


def _pending(scheduler: Any, group: str) -> Iterator[dict[str, Any]]:
    pages = scheduler.get_paginator("list_schedules").paginate(GroupName=group)
    for name in [item["Name"] for page in pages for item in page["Schedules"]]:
        try:
            yield scheduler.get_schedule(GroupName=group, Name=name)
        except scheduler.exceptions.ResourceNotFoundException:
            continue  # it fired meanwhile


def _move(scheduler: Any, schedule: dict[str, Any], shifted: int) -> None:
    """To where it would be if it were made now, whatever offset it was made with."""
    due = json.loads(schedule["Target"]["Input"])["due"]
    at = datetime.fromtimestamp((due - EARLY - shifted) / 1000, UTC)
    kept = {name: schedule[name] for name in UPDATED if name in schedule}
    try:
        scheduler.update_schedule(**kept, ScheduleExpression=f"at({at:%Y-%m-%dT%H:%M:%S})")
    except scheduler.exceptions.ResourceNotFoundException:
        return  # it fired meanwhile
