"""Moves what waits between the queues and the functions in process, under a clock that only it moves.

It stands in for SQS (delays, visibility, partial batch failures, dead letters) and for EventBridge schedules; handlers,
table, keys and buckets are the real ones over moto."""

import heapq
import json
import random
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from threading import RLock
from types import SimpleNamespace
from typing import Any

import pytest
from moto.core.botocore_stubber import BotocoreStubber
from parley.cloud import clients, clock, inbox, queues, schedules
from parley.operations import delivery, recount
from parley.settings import settings

from tests.support.faults import Faults, Killed
from tests.support.invoke import invoke
from tests.support.time import Clock

VISIBILITY = 360_000
RECEIVES = 5
BATCH = 10
FUNCTIONS = {
    "otp": "deliver_messages",
    "transactional": "deliver_messages",
    "marketing": "deliver_messages",
    "timers": "fire_timers",
    "webhooks": "apply_webhooks",
    "dead": "recover_dead_letters",
    "feeds": "feed_broadcasts",
    "jobs": "run_jobs",
    "receipts": "push_receipts",
}
LONG = {"jobs": 900_000}
"""Milliseconds of functions that may take longer than the others."""

Json = dict[str, Any]


@dataclass(order=True)
class Record:
    due: int
    order: int
    queue: str = field(compare=False)
    body: str = field(compare=False)
    receives: int = field(default=0, compare=False)

    def told(self) -> Json:
        id = str(self.order)
        attributes = {"ApproximateReceiveCount": str(self.receives + 1)}
        return {"messageId": id, "receiptHandle": id, "body": self.body, "attributes": attributes}


class Pump:
    """`copies` is how often each record arrives, `dice` shuffles what is due at one instant."""

    def __init__(self, time: Clock, faults: Faults) -> None:
        self.time, self.faults = time, faults
        self.records: list[Record] = []
        self.schedules: dict[str, tuple[int, str]] = {}
        self.lost: list[Json] = []
        self.copies, self.batch = 1, BATCH
        self.dice: random.Random | None = None
        self._order = count()
        self._hidden: dict[str, int] = {}

    def connect(self, patch: pytest.MonkeyPatch) -> None:
        """The one place where queues, schedules and the clock are replaced."""
        one_at_a_time(patch)
        patch.setattr(clock, "now", self.time)
        patch.setattr(queues, "send", self.send)
        patch.setattr(queues, "send_many", self.send_many)
        patch.setattr(queues, "show_job_again", self._hide)
        patch.setattr(inbox, "_send", lambda body: self.send(settings().webhooks_queue, body))
        patch.setattr(inbox, "time", SimpleNamespace(time_ns=lambda: self.time() * 10**6, monotonic=self.time))
        patch.setattr(
            schedules, "client", lambda _: SimpleNamespace(create_schedule=self._schedule, exceptions=_Errors)
        )
        for each in (delivery, recount):
            patch.setattr(each, "time", SimpleNamespace(sleep=lambda seconds: None))

    # ---- what the program sees

    def send(self, url: str, body: Json, delay: int = 0, group: str | None = None) -> None:
        """SQS takes the message, or the line breaks before or after it did."""
        assert 0 <= delay <= queues.MAX_DELAY
        self.faults.before("SendMessage")
        self._put(_queue_of(url), json.dumps(body), self.time() + delay * 1000)
        self.faults.after("SendMessage")

    def send_many(self, url: str, entries: list[tuple[Json, int, str]]) -> None:
        for body, delay, group in entries:
            self.send(url, body, delay, group)

    def _schedule(self, Name: str, ScheduleExpression: str, Target: Json, **rest: Any) -> None:
        self.faults.before("CreateSchedule")
        if Name in self.schedules:
            raise _Errors.ConflictException
        [text] = re.findall(r"^at\((.*)\)$", ScheduleExpression)
        assert rest["ScheduleExpressionTimezone"] == "UTC"
        assert rest["ActionAfterCompletion"] == "DELETE"
        at = datetime.fromisoformat(text).replace(tzinfo=UTC)
        self.schedules[Name] = (round(at.timestamp() * 1000), Target["Input"])
        self.faults.after("CreateSchedule")

    # ---- what happens

    def run(self, seconds: float = 0) -> None:
        """Everything that becomes due within this time, in its order; then the time is over."""
        end = self.time() + round(seconds * 1000)
        while (due := self._next_due()) is not None and due <= end:
            self.time.now = max(self.time(), due)
            self.step()
        self.time.now = end

    def step(self) -> None:
        """One batch of what is due now, given to its function."""
        self._fire_schedules()
        ready = [record for record in self.records if record.due <= self.time()]
        if not ready:
            return
        first = self.dice.choice(ready) if self.dice else min(ready)
        batch = [each for each in sorted(ready) if each.queue == first.queue][: self.batch]
        self._invoke(first.queue, batch if first in batch else [first])

    def drain(self, queue: str) -> None:
        """What waits on one queue now, and nothing else."""
        while ready := [each for each in sorted(self.records) if each.queue == queue and each.due <= self.time()]:
            self._invoke(queue, ready[: self.batch])

    def job(self, name: str, left: int = 60_000) -> Any:
        """A job of the clock. A killed one simply did not finish."""
        try:
            return invoke(name, {}, left)
        except Killed:
            return None

    def minute(self) -> None:
        for name in ("release_holds", "finish_deletions", "poll_templates", "restart_broadcasts", "wake_receipts"):
            self.job(name)

    def live(self, hours: float, every: float = 6.0) -> None:
        """Time goes on with all its jobs, none of them killed."""
        self.faults.disarm()
        step = min(hours, every)
        for _ in range(round(hours / step)):
            self.run(step * 3600)
            self.minute()
            self.job("watch_templates")
            self.job("reconcile_messages", 900_000)
            self.run()

    def waiting(self, queue: str) -> list[Json]:
        return [json.loads(record.body) for record in sorted(self.records) if record.queue == queue]

    def forget(self, queue: str) -> None:
        """What waits on one queue is never received."""
        self.records = [each for each in self.records if each.queue != queue]
        heapq.heapify(self.records)

    # ---- SQS

    def _hide(self, receipt_handle: str, seconds: int) -> None:
        self._hidden[receipt_handle] = seconds * 1000

    def _put(self, queue: str, body: str, due: int, receives: int = 0) -> None:
        heapq.heappush(self.records, Record(due, next(self._order), queue, body, receives))

    def _next_due(self) -> int | None:
        times = [record.due for record in self.records] + [at for at, _ in self.schedules.values()]
        return min(times, default=None)

    def _fire_schedules(self) -> None:
        for name, (at, body) in list(self.schedules.items()):
            if at <= self.time():
                del self.schedules[name]
                self._put("timers", body, self.time())

    def _invoke(self, queue: str, batch: list[Record]) -> None:
        """What is acknowledged is gone, what failed or whose worker died is seen again after its visibility time."""
        self.records = [each for each in self.records if each not in batch]
        heapq.heapify(self.records)
        for repeat in range(1, self.copies + 1):
            back = self._back(queue, batch)
            if repeat == self.copies:
                for record in back:
                    self._again(record)

    def _back(self, queue: str, batch: list[Record]) -> list[Record]:
        event = {"Records": [each.told() for each in batch]}
        try:
            answer = invoke(FUNCTIONS[queue], event, LONG.get(queue, 60_000))
        except (Killed, *clients.AWS_ERRORS):
            return batch
        failed = {each["itemIdentifier"] for each in answer["batchItemFailures"]}
        return [each for each in batch if str(each.order) in failed]

    def _again(self, record: Record) -> None:
        receives = record.receives + 1
        if receives < RECEIVES:
            hidden = self._hidden.pop(str(record.order), VISIBILITY)
            self._put(record.queue, record.body, self.time() + hidden, receives)
        elif record.queue == "webhooks":
            self.lost.append(json.loads(record.body))
        else:
            self._put("dead", record.body, self.time() + VISIBILITY)


def one_at_a_time(patch: pytest.MonkeyPatch) -> None:
    """DynamoDB checks a condition and writes in one step; moto does not, and a worker has threads."""
    lock, answer = RLock(), BotocoreStubber.__call__

    def locked(self: BotocoreStubber, *args: Any, **more: Any) -> Any:
        with lock:
            return answer(self, *args, **more)

    patch.setattr(BotocoreStubber, "__call__", locked)


class _Errors:
    class ConflictException(Exception):
        """There is a schedule of this name."""


def _queue_of(url: str) -> str:
    known = settings()
    names = {
        known.otp_queue: "otp",
        known.transactional_queue: "transactional",
        known.marketing_queue: "marketing",
        known.timers_queue: "timers",
        known.webhooks_queue: "webhooks",
        known.feeds_queue: "feeds",
        known.jobs_queue: "jobs",
        known.receipts_queue: "receipts",
    }
    return names[url]
