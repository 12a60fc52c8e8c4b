"""What a message of a broadcast costs at AWS's list prices (us-east-1), by counting every call of its life in process.

A broadcast of listed people is created, checked, fed and delivered, and each row gets three webhooks, sent, delivered
and read, at the real receiver; then the changes of its rows go to the counters, as the stream brings them. All of it is
real code over moto, under a clock that the run moves, so the steps of the feed come as often as they would. What cannot
be counted here is assumed and named: how full the batches of queues and stream are, how long functions run, and what
Lambda itself writes into the log. Prices of what is there anyway (empty polls, jobs of the minute, storage) are left
out."""

import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from tests.bench.meter import Change, Meter, measured

ROWS = 300
WORTH_A_ROW = 0.05
WRITES_HOLD, DOLLARS_HOLD = 6, 10.0
PRICES = {  # dollars for a million
    "write units": 0.625,
    "read units": 0.125,
    "SQS requests": 0.40,
    "Lambda requests": 0.20,
    "Lambda GB-s": 13.3334,  # arm64
    "S3 puts": 5.00,
    "S3 gets": 0.40,
    "KMS requests": 3.00,
    "GB of log": 500_000.0,
}
GIGABYTE_SECONDS = {
    "deliver_messages": 0.5 * 0.8,  # a batch: 0.3 s of calls, and half a second for the slots of a paced sender
    "receive_whatsapp": 0.25 * 0.015,
    "apply_webhooks": 0.5 * 0.25,
    "feed_broadcasts": 0.5 * 1.5,
    "project_changes": 0.5 * 0.2,
    "run_jobs": 0.0,
}
"""Assumed of one invocation: memory as in template.yaml, times seconds."""

JOBS = 2.0 * 150e-6
"""The same of check and recount, for one row: 2 GB, times the seconds that both take for a million, divided by it."""

PLATFORM_LINES = 400e-9
"""GB that Lambda writes into the log for one invocation (START, END, REPORT) of a function whose template does not keep
them out; ours writes nothing for a good message."""

STREAM_BATCH = 99


def life(rows: int = ROWS) -> Meter:
    """A meter of everything that so many rows caused."""
    import pytest

    from tests.support import bulk
    from tests.support.cloud import account
    from tests.support.world import World

    with account(), pytest.MonkeyPatch.context() as patch, measured() as meter:
        world = World(patch)
        _watch(world, meter, patch)
        meter.forget()
        broadcast = bulk.made(world, bulk.people(rows))
        while len(world.meta.accepted) < rows or world.pump.records:
            world.run(3)
            _project(meter)
        for word in ("sent", "delivered", "read"):
            _report(world, word, meter)
            _project(meter)
        with meter.pause():
            assert bulk.shown(world, broadcast).done_at
            assert bulk.statuses(world, broadcast) == {"read": rows}
        return meter


def _watch(world: Any, meter: Meter, patch: Any) -> None:
    """Counts what goes through queues, which the pump stands in for: each call that sends, and for each batch that a
    function gets, the poller's two and the invocation."""
    from parley.cloud import inbox, queues

    from tests.support.pump import FUNCTIONS

    def counting(call: Callable[..., None], size: Callable[..., int]) -> Callable[..., None]:
        def counted(*given: Any, **more: Any) -> None:
            meter.add("SQS requests", "sent", size(*given))
            call(*given, **more)

        return counted

    patch.setattr(queues, "send", counting(queues.send, lambda *_: 1))
    patch.setattr(queues, "send_many", counting(queues.send_many, lambda _, entries: -(-len(entries) // 10)))
    patch.setattr(inbox, "_send", counting(inbox._send, lambda *_: 1))
    invoke = world.pump._invoke

    def invoked(queue: str, batch: list[Any]) -> None:
        meter.add("SQS requests", "received and deleted", 2)
        meter.add("Lambda requests", FUNCTIONS[queue])
        invoke(queue, batch)

    patch.setattr(world.pump, "_invoke", invoked)


def _report(world: Any, word: str, meter: Meter) -> None:
    """A webhook for each message, as Meta sends them."""
    for sent in world.meta.accepted:
        assert world.meta.says(world.meta.report(sent, word)) == 200
        meter.add("Lambda requests", "receive_whatsapp")
    world.run(1)


def _project(meter: Meter) -> None:
    """What the stream's filter lets through goes to the counters, in batches as full as they can be."""
    from parley.model.metrics import COUNTS_NOTHING
    from parley.operations import projection

    changes: list[Change] = [each for each in meter.changes if each[1] and each[1]["status"]["S"] not in COUNTS_NOTHING]
    for start in range(0, len(changes), STREAM_BATCH):
        meter.add("Lambda requests", "project_changes")
        projection.project(uuid.uuid4().hex, changes[start : start + STREAM_BATCH])
    meter.changes.clear()


def parts(meter: Meter, rows: int) -> Iterator[tuple[str, str, float, float]]:
    """(kind, of what, how many for one message, dollars for a million messages), the dearest first."""
    used = Counter(meter.used)
    for (kind, what), count in list(meter.used.items()):
        if kind == "Lambda requests":
            used["Lambda GB-s", what] = count * GIGABYTE_SECONDS[what]  # type: ignore[assignment]
            lines = 0.0 if _is_quiet(what) else PLATFORM_LINES
            used["GB of log", "Lambda's own lines"] += count * lines  # type: ignore[assignment]
    used["Lambda GB-s", "run_jobs"] = rows * JOBS  # type: ignore[assignment]
    found = [(kind, what, count / rows, count / rows * PRICES[kind]) for (kind, what), count in used.items()]
    yield from sorted(found, key=lambda part: -part[3])


def _is_quiet(function: str) -> bool:
    from tests.support.cloud import template

    resource = template()["Resources"][function.title().replace("_", "") + "Function"]
    return bool(resource["Properties"]["LoggingConfig"].get("SystemLogLevel") == "WARN")


def own_writes(meter: Meter, rows: int) -> float:
    """Write units of the row's item and of its indexes."""
    return (
        sum(count for (kind, what), count in meter.used.items() if kind == "write units" and what.startswith("row"))
        / rows
    )


def measure(rows: int = ROWS) -> Iterator[tuple[str, str, str, str, str]]:
    """The rows of the table, from the whole to its parts."""
    meter = life(rows)
    own, found = own_writes(meter, rows), list(parts(meter, rows))
    run = sum(count for kind, _, count, _ in found if kind == "write units") - own
    dollars, row = sum(part[3] for part in found), meter.largest["row"]
    counted = f"by count, {rows} rows"
    yield "write units, one bulk message, insert to read", f"{own:.2f}", counted, *_held(own, WRITES_HOLD)
    yield "write units of run, pace and counters, a message", f"{run:.2f}", counted, "", ""
    yield "state item of a row, bytes", f"{row}", counted, *_held(row, 1024)
    yield "$ per million bulk messages, all statuses", f"{dollars:.2f}", counted, *_held(dollars, DOLLARS_HOLD)
    for kind, what, count, price in found:
        if price >= WORTH_A_ROW:
            yield f"  {kind}: {what}", f"{count:.3g}", "a message", "", f"{price:.2f} $"
    rest = sum(part[3] for part in found if part[3] < WORTH_A_ROW)
    yield "  everything else", "", "", "", f"{rest:.2f} $"


def _held(found: float, most: float) -> tuple[str, str]:
    return f"≤ {most:g}", "[green]holds[/]" if found <= most else "[red]too much[/]"
