"""What it costs to tell a business, at AWS's list prices (us-east-1), by counting every call in process.

Deliveries of one, ten and fifty events that the endpoint takes, a try that fails and a replay; then a broadcast whose
rows are accepted, sent, delivered and read, for an organization without an endpoint and for one with an endpoint that
gets fifty events a call. All of it is real code over moto. What cannot be counted is assumed and named: how full the
batches of stream and queue are, how long functions run, and what Lambda itself writes into the log. Left out is what is
there anyway (empty polls, the job of every minute, storage), and the request of the API that asks for a replay."""

import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from tests.bench.bulk_counts import PLATFORM_LINES, PRICES, STREAM_BATCH, _is_quiet, _report, _watch
from tests.bench.counts import counted
from tests.bench.meter import Change, Meter, measured

Json = dict[str, Any]
ROWS = 300
BATCHES = (1, 10, 50)
GIGABYTE_SECONDS = {
    "react_to_changes": 0.5 * 0.2,  # a full batch: 0.1 s of our own work at this memory, and two rounds of calls
    "react_to_changes, nobody": 0.5 * 0.05,  # its changes, and one read
    "push_receipts": 0.5 * 0.5,  # up to ten calls side by side: 0.2 s of them, and as much of our own work
    "push_receipts, one": 0.5 * 0.3,
}
"""Assumed of one invocation: memory as in template.yaml, times seconds."""

COUNTED_LINES = {"push_receipts": 280e-9}
"""GB of log for the counts that an invocation writes as metrics."""

OUT = 90_000.0
"""Dollars for a million GB that go to the internet, after the first 100 GB of a month."""

UNTOLD = frozenset({"scheduled", "queued", "sending"})
"""Statuses that the stream's filter keeps back."""

QUIET_BATCH = 10
"""Changes in a batch of a stream on which little happens, which waits for a second."""


class Used(NamedTuple):
    """`requests` to AWS, by operation; `dollars` for a million of what was done, by kind."""

    requests: Counter[str]
    units: Counter[str]
    dollars: Counter[str]

    @property
    def sum(self) -> float:
        return sum(self.dollars.values())


@contextmanager
def _business() -> Iterator[tuple[Any, Meter, Any]]:
    """A world that is measured, and the servers of the business."""
    import pytest

    from tests.support.cloud import account
    from tests.support.told import Servers
    from tests.support.world import World

    with account(), pytest.MonkeyPatch.context() as patch, measured() as meter:
        world = World(patch)
        _watch(world, meter, patch)
        yield world, meter, Servers(patch, world.time)


def _endpoint(world: Any, batch: int) -> Any:
    from parley.model.receipt_endpoint import NewReceiptEndpoint
    from parley.operations import receipt_endpoints

    from tests.support.told import SHOP

    wanted = {"name": "Shop", "url": SHOP, "kinds": ["ChatAppStatus"], "batch_size": batch}
    return receipt_endpoints.create(world.organization, NewReceiptEndpoint.model_validate(wanted), None)


def _tell(changes: list[Change], at: int, full: int = STREAM_BATCH) -> int:
    """Gives changes to the stream's function, and answers in how many batches."""
    from tests.support.invoke import invoke

    for start in range(0, len(changes), full):
        invoke("react_to_changes", {"Records": [_record(each, at) for each in changes[start : start + full]]})
    return -(-len(changes) // full)


def _record(change: Change, at: int) -> Json:
    old, new = change
    change_of = {"NewImage": new} | ({"OldImage": old} if old else {})
    return {"eventID": uuid.uuid4().hex, "dynamodb": {**change_of, "ApproximateCreationDateTime": at / 1000}}


def _used(meter: Meter, requests: Counter[str], invocations: Counter[str], seconds: dict[str, str], sent: int) -> Used:
    """`seconds` names for each function the line of GIGABYTE_SECONDS that fits; `sent`: bytes to the internet."""
    units, dollars = Counter[str](), Counter[str]()
    for (kind, _), count in meter.used.items():
        if kind != "Lambda requests":
            units[kind] += count
    units["Lambda requests"] = sum(invocations.values())
    for kind, count in units.items():
        dollars[kind] += count * PRICES[kind]  # type: ignore[assignment]
    for function, count in invocations.items():
        lines = COUNTED_LINES.get(function, 0.0) + (0.0 if _is_quiet(function) else PLATFORM_LINES)
        dollars["GB of log"] += count * lines * PRICES["GB of log"]  # type: ignore[assignment]
        dollars["Lambda GB-s"] += count * GIGABYTE_SECONDS[seconds[function]] * PRICES["Lambda GB-s"]  # type: ignore[assignment]
    dollars["GB to the internet"] = sent / 1e9 * OUT  # type: ignore[assignment]
    return Used(requests + Counter({"SQS": units["SQS requests"]}), units, dollars)


def _one(do: Callable[[], None], meter: Meter, servers: Any, invocations: dict[str, int]) -> Used:
    """What one piece of work used."""
    meter.forget()
    servers.posts.clear()
    with counted() as requests:
        do()
    sent = sum(len(post.body) for post in servers.posts)
    seconds = {name: f"{name}, one" if name == "push_receipts" else name for name in invocations}
    return _used(meter, requests, Counter(invocations), seconds, sent)


def single() -> Iterator[tuple[str, Used]]:
    """(what, used) of single deliveries, each made by a batch of the stream of its own, and looked at alone."""
    from parley.operations import receipt_deliveries
    from parley.store import receipt_deliveries as store

    from tests.support.told import DOWN, SHOP

    with _business() as (world, meter, servers):
        changes = _sent(world, meter, max(BATCHES))
        endpoint = _endpoint(world, max(BATCHES))

        def delivered(events: int) -> None:
            _tell(changes[:events], world.time())
            world.pump.run()

        delivered(1)  # its secret is open from here on, as it is for five minutes
        both = {"react_to_changes": 1, "push_receipts": 1}
        for events in BATCHES:
            world.pump.run(1)
            yield f"a delivery of {events} events", _one(lambda: delivered(events), meter, servers, both)  # noqa: B023
        servers.answers[SHOP] = lambda _: DOWN
        world.pump.run(1)
        _tell(changes, world.time())
        yield "a try that fails", _one(world.pump.run, meter, servers, {"push_receipts": 1})
        servers.answers.clear()
        world.pump.run(60)
        [newest], _ = store.page(world.organization, endpoint.id, None, 1)

        def again() -> None:
            receipt_deliveries.replay(world.organization, newest.id)
            world.pump.run()

        yield "a replay of 50 events", _one(again, meter, servers, {"push_receipts": 1})


def _sent(world: Any, meter: Meter, rows: int) -> list[Change]:
    """Changes of a broadcast's rows to sent."""
    from tests.support import bulk

    bulk.made(world, bulk.people(rows))
    while len(world.meta.accepted) < rows or world.pump.records:
        world.run(3)
    meter.changes.clear()
    _report(world, "sent", meter)
    return _told(meter)


def _told(meter: Meter) -> list[Change]:
    found = [each for each in meter.changes if each[1] and each[1]["status"]["S"] not in UNTOLD]
    meter.changes.clear()
    return found


class Story(NamedTuple):
    """`changes`: those that the stream's function gets; `posts`: calls of the endpoint."""

    changes: int
    quiet: Used
    nobody: Used
    told: Used
    posts: int


def broadcast(rows: int = ROWS) -> Story:
    """What a broadcast's changes use without an endpoint, in batches nearly empty and full, and in full ones with an
    endpoint."""
    with _business() as (world, meter, servers):
        changes = _life(world, meter, rows)

        def told(line: str, full: int = STREAM_BATCH) -> Used:
            meter.forget()
            with counted() as requests:
                batches = _tell(changes, world.time(), full)
                world.pump.run()
            pushes = meter.used["Lambda requests", "push_receipts"]
            invocations = Counter({"react_to_changes": batches, "push_receipts": pushes})
            seconds = {"react_to_changes": line, "push_receipts": "push_receipts"}
            return _used(meter, requests, invocations, seconds, sum(len(post.body) for post in servers.posts))

        quiet, nobody = told("react_to_changes, nobody", QUIET_BATCH), told("react_to_changes, nobody")
        _endpoint(world, 50)
        one = told("react_to_changes")
        assert sum(len(post.events) for post in servers.posts) == 3 * rows
        return Story(len(changes), quiet, nobody, one, len(servers.posts))


def _life(world: Any, meter: Meter, rows: int) -> list[Change]:
    """Every change of a broadcast's rows, from accepted to read."""
    from tests.support import bulk

    meter.changes.clear()
    bulk.made(world, bulk.people(rows))
    while len(world.meta.accepted) < rows or world.pump.records:
        world.run(3)
    changes = _told(meter)
    for word in ("sent", "delivered", "read"):
        _report(world, word, meter)
        changes += _told(meter)
    return changes


def measure(rows: int = ROWS) -> Iterator[tuple[str, str, str, str, str]]:
    """The rows of the table."""
    for what, used in single():
        asked = ", ".join(f"{name} {count:g}" for name, count in used.requests.most_common())
        units = f"{used.units['write units']:g} write units, {used.units['read units']:g} read units"
        yield f"{what}: requests to AWS", f"{used.requests.total():g}", "by count", "", asked
        yield f"{what}: $ a million", f"{used.sum:.2f}", "by count", "", f"{units}; {_dearest(used, 1)}"
    story = broadcast(rows)
    over = f"by count, {rows} rows"
    yield "changes that are looked at, a broadcast's message", f"{story.changes / rows:.2f}", over, "", ""
    for what, used in (
        ("no endpoint", story.nobody),
        (f"no endpoint, {QUIET_BATCH} changes a batch", story.quiet),
        ("one endpoint, 50 events a call", story.told),
    ):
        yield (
            f"$ per million bulk messages, three statuses: {what}",
            f"{used.sum / rows:.2f}",
            over,
            "",
            _dearest(used, rows),
        )
    yield "calls of the endpoint, a message", f"{story.posts / rows:.3f}", over, "", ""


def _dearest(used: Used, rows: int) -> str:
    return ", ".join(f"{kind} {dollars / rows:.2f}" for kind, dollars in used.dollars.most_common() if dollars)
