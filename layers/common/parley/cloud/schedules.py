"""One-time EventBridge schedules for what is further away than a queue can delay.

A schedule fires within its minute, so it is set a minute early and the timers queue finishes to the second. Its target
is that queue itself; a firing that came too early or twice is harmless there."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from parley.cloud import clock
from parley.cloud.clients import client
from parley.settings import settings

EARLY = 60_000


def at(due: int, timer: dict[str, Any]) -> None:
    """Hands `timer` to the timers queue shortly before `due` (epoch milliseconds). The same timer is set only once."""
    known, scheduler = settings(), client("scheduler")
    body = json.dumps(timer, sort_keys=True, separators=(",", ":"))
    moment = datetime.fromtimestamp((due - EARLY - clock.offset()) / 1000, UTC)
    try:
        scheduler.create_schedule(
            Name=f"{known.schedule_prefix}-{_digest(body)}",
            GroupName=known.schedule_group,
            ScheduleExpression=f"at({moment:%Y-%m-%dT%H:%M:%S})",
            ScheduleExpressionTimezone="UTC",
            FlexibleTimeWindow={"Mode": "OFF"},
            ActionAfterCompletion="DELETE",
            Target={
                "Arn": known.timers_queue_arn,
                "RoleArn": known.scheduler_role_arn,
                "Input": body,
                "DeadLetterConfig": {"Arn": known.timers_dead_letters_arn},
            },
        )
    except scheduler.exceptions.ConflictException:
        return


def _digest(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()[:32]
