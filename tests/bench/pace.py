"""How much of a sender's rate a run uses, and whether it ever sends more, in simulated time.

The feed's rule puts rows onto a simulated lane every few seconds; batches of at most ten are taken from it a moment
after they are due, each by a worker of its own, and booked by the worker's own rule (`delivery._book`) with the number
of the sender (`store.rates`) in a table of one number. What is measured are the slots that were granted: the least
distance between two of them, the most within any second, and how many there were, against the rate that the run may
have: the part of the sender's rate that is for bulk, or the run's own speed. One-time codes of the same sender come in
between, and ask for a slot at once: how long they wait for it is the last row."""

import heapq
import random
from collections.abc import Iterator
from itertools import count, pairwise
from types import SimpleNamespace
from typing import Any, NamedTuple

SECONDS = 120
SENDERS = (1.0, 5.0, 20.0, 80.0, 500.0, 1000.0)
OWN_SPEED = (80.0, 12.0)
HOLD = 0.9
OTHER_SENDER, CODES_EVERY, LONGEST_WAIT = 80.0, 211, 1000.0
BATCH, START = 10, 1_772_357_400_000
LATENCY = (20, 250)
"""Milliseconds from when a row is due on the queue until a worker has it."""

A_ROW = 1
"""Milliseconds of a step for each row that it hands out: a call of SQS, for ten, takes about ten."""


class Paced(NamedTuple):
    """`used`: slots ÷ what the rate allows in the time; `overruns`: slots that follow too soon on another one; `most`
    within any second."""

    used: float
    overruns: int
    most: int


class _Table:
    """One sender's number, changed by the two conditional writes of store/rates."""

    def __init__(self, failed: type[Exception]) -> None:
        self.tat, self.failed = 0.0, failed

    def update(self, table: str, key: Any, expression: str, condition: str, values: dict[str, float]) -> Any:
        busy = ":cost" in values
        if not (values[":now"] < self.tat <= values[":latest"] if busy else self.tat <= values[":now"]):
            raise self.failed({"tat": self.tat})
        self.tat = self.tat + values[":cost"] if busy else values[":next"]
        return {"tat": self.tat}

    def runtime(self) -> str:
        return ""


class Lane:
    """Simulated time with a feed, a queue and workers. `granted` are the slots, in epoch milliseconds."""

    def __init__(self, per_second: float, speed: float | None, codes_every: int, patch: Any) -> None:
        from parley.cloud import clock, queues
        from parley.model.channel import Channel
        from parley.operations import delivery, services
        from parley.store import rates
        from parley.store.table import ConditionFailed

        self.now, self.granted, self.fed, self.next_at = START, list[float](), 0, 0.0
        self.codes_every, self.waits = codes_every, list[float]()
        self.waiting: list[tuple[int, int, int]] = []
        self._order, self._dice, self._book = count(), random.Random(1), delivery._book
        stamps = {"created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z"}
        known = {"id": "bench", "organization_id": "o", "name": "Bench", "type": "WHATSAPP_CLOUD", **stamps}
        self.channel = Channel.model_validate({**known, "service": {"messages_per_second": per_second}})
        share = 1000 / delivery.interval(services.of(self.channel).messages_per_second, bulk=True)
        self.pace = min(share, speed) if speed else share
        rates._seen.clear()
        patch.setattr(rates, "table", _Table(ConditionFailed))
        patch.setattr(clock, "now", lambda: self.now)
        patch.setattr(queues, "send", lambda _, body, delay=0, group=None: self.put(body["row"], delay))
        patch.setattr(queues, "lane_url", lambda lane: "")

    def put(self, row: int, delay: int) -> None:
        heapq.heappush(self.waiting, (self.now + delay * 1000 + self._dice.randint(*LATENCY), next(self._order), row))

    def run(self, seconds: int) -> None:
        from parley.operations.feeding import CADENCE

        begins, ends, code = START, START + seconds * 1000, START
        while begins < ends or self.waiting:
            if self.codes_every and code <= min(self.waiting[0][0] if self.waiting else ends, begins):
                self.now, code = code, code + self.codes_every
                self.ask()
            elif begins < ends and (not self.waiting or begins <= self.waiting[0][0]):
                self.now = begins
                busy = A_ROW * self.feed(ends)
                pause = -(-max(0, CADENCE - busy) // 1000) * 1000  # the queue delays by whole seconds
                begins += busy + pause + self._dice.randint(*LATENCY)
            else:
                self.work()

    def feed(self, ends: int) -> int:
        from parley.model import feeding

        room = feeding.room(self.fed - len(self.granted), self.pace)
        portion = feeding.portion(10**6, room, self.next_at, self.pace, self.now, START, ends)
        for delay in portion.delays:
            self.put(self.fed, delay)
            self.fed += 1
        self.next_at = portion.next_at
        return len(portion.delays)

    def ask(self) -> None:
        """One code, alone in its batch."""
        starts: dict[str, float] = {}
        self._book([_job(0, self.channel, "otp")], starts, None)
        self.waits.append(starts["0"] - self.now)

    def work(self) -> None:
        """What is due within a moment is one batch."""
        self.now = self.waiting[0][0]
        rows = []
        while self.waiting and len(rows) < BATCH and self.waiting[0][0] <= self.now + LATENCY[0]:
            rows.append(heapq.heappop(self.waiting)[2])
        jobs = [_job(row, self.channel) for row in rows]
        starts: dict[str, float] = {}
        self._book(jobs, starts, None)
        self.granted += starts.values()


def _job(row: int, channel: Any, lane: str = "marketing") -> Any:
    from parley.model.lane import Lane as Kind

    state = SimpleNamespace(lane=Kind(lane), channel=channel.id)
    more = {"channel": lambda _: channel, "route": None, "fresh": False, "had_turn": False}
    return SimpleNamespace(record=str(row), state=state, body={"row": row}, **more)


def run(per_second: float, speed: float | None = None, codes_every: int = 0) -> Lane:
    import pytest

    with pytest.MonkeyPatch.context() as patch:
        lane = Lane(per_second, speed, codes_every, patch)
        lane.run(SECONDS)
        return lane


def paced(lane: Lane, per_second: float) -> Paced:
    granted = sorted(lane.granted)
    gaps = [later - earlier for earlier, later in pairwise(granted)]
    whole = max(SECONDS * 1000.0, granted[-1] - START)
    used = len(granted) / (lane.pace * whole / 1000)
    return Paced(used, sum(gap < 1000 / per_second - 0.01 for gap in gaps), _most(granted))


def _most(granted: list[float]) -> int:
    """Within any second."""
    most, first = 0, 0
    for last, at in enumerate(granted):
        while granted[first] <= at - 1000:
            first += 1
        most = max(most, last - first + 1)
    return most


def measure() -> Iterator[tuple[str, str, str, str, str]]:
    """The rows of the table."""
    for per_second, speed in [*((each, None) for each in SENDERS), OWN_SPEED]:
        found = paced(run(per_second, speed), per_second)
        good = found.used >= HOLD and not found.overruns
        what = f"pace: sender of {per_second:g}/s" + (f", run of {speed:g}/s" if speed else "")
        mark = "[green]holds[/]" if good else "[red]does not hold[/]"
        rest = f"{found.overruns} overruns, at most {found.most} within a second"
        yield what, f"{found.used:.1%} used", f"{SECONDS} s simulated", f"≥ {HOLD:.0%}, 0 overruns", f"{mark} {rest}"
    waits = sorted(run(OTHER_SENDER, codes_every=CODES_EVERY).waits)
    middle, late = waits[len(waits) // 2], waits[-(len(waits) // 100) - 1]
    what = f"a code's wait for its slot beside a run, sender of {OTHER_SENDER:g}/s, p99"
    mark = "[green]holds[/]" if late <= LONGEST_WAIT else "[red]too long[/]"
    spread = f"p50 {middle / 1000:.3f}, max {waits[-1] / 1000:.3f}"
    yield what, f"{late / 1000:.3f} s", spread, f"≤ {LONGEST_WAIT / 1000:g} s", f"{mark} {len(waits)} codes"
