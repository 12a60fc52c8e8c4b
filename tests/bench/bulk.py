"""How fast rows of a broadcast go out, beside other workers and beside the bare calls.

Ours: batches of ten rows through the real `deliver_messages` handler, with the real WhatsApp adapter over loopback
HTTP to a sink, and AWS's own client to a loopback stub; one process for each core. Beside it, in the same run: the same
calls to AWS and the same posts, bare (the floor); the post alone; a Celery and a Dramatiq worker with Redis, which post
the same bodies with httpx to the same sink. A row says CPU seconds of the workers for a message ÷ those of the floor,
then messages a second that one core's CPU makes, and those that were seen on all cores, where sink, stub or Redis have
their share of the cores, too. Redis keeps nothing, or its append-only file every second; DynamoDB, which ours writes to
instead, keeps every claim and outcome of a message before the next step is taken, so the ratio of the others to the
floor is no like for like. The CPU of the stores is in no figure."""

import json
import os
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.request import urlopen

from tests.bench import bulk_work, loopback, redis

ROUNDS, ROWS, WARM = 3, 2000, 200
CORES = os.cpu_count() or 1
PATIENCE = 120.0
PEERS = Path(".venv-bench/bin")
PROGRAMS = {
    "Celery": [
        "celery",
        "-A",
        "tests.bench.peer_celery",
        "worker",
        f"--concurrency={CORES}",
        "--loglevel=ERROR",
    ],
    "Dramatiq": ["dramatiq", "tests.bench.peer_dramatiq", f"--processes={CORES}", "--threads=8"],
}
OURS, FLOOR, POST = "deliver", "floor", "post"
NAMES = {OURS: "bulk rows: CPU a message ÷ bare calls", POST: "beside: the post alone, bare httpx"}
HOLD = 1.5


class Speed(NamedTuple):
    """CPU seconds a message, messages a second, and the largest memory of one process in MB where it is known."""

    cpu: float
    rate: float
    memory: float = 0.0


Speeds = dict[str, list[Speed]]


def measure(rows: int = ROWS, rounds: int = ROUNDS) -> Iterator[tuple[str, str, str, str, str]]:
    """The rows of the table; says on the terminal what is left out."""
    found: Speeds = defaultdict(list)
    with ExitStack() as stack:
        aws, sink = (stack.enter_context(loopback.server(f"tests.bench.{each}")) for each in ("stub", "sink"))
        environment = loopback.environment(aws, sink)
        _run([sys.executable, "-m", "tests.bench.bulk_work", "prepare", "0", "1000000"], environment)
        brokers = {kept: stack.enter_context(redis.server(kept)) for kept in redis.KEPT} if _peers() else {}
        first = 0
        for _ in range(rounds):
            for name in (FLOOR, OURS, POST):
                found[name].append(_team(name, first, rows, environment, sink))
                first += CORES * (rows + bulk_work.WARM)
            for kept, url in brokers.items():
                for name in PROGRAMS:
                    measured = _peer(name, first, rows, {**environment, "REDIS_URL": url}, sink)
                    found[f"beside: {name}, Redis {kept}"] += [measured] if measured else []
    yield from _table(found)


def _peers() -> bool:
    missing = [] if redis.INSTALLED else ["redis-server is not on the PATH"]
    missing += [f"{PEERS / each[0]} is not there" for each in PROGRAMS.values() if not (PEERS / each[0]).exists()]
    if missing:
        print(f"LEFT OUT: Celery and Dramatiq beside ours, because {', '.join(missing)}.", flush=True)
    return not missing


def _team(name: str, first: int, rows: int, environment: dict[str, str], sink: str) -> Speed:
    """One process for each core, warm, all at once."""
    each = rows // CORES
    commands = [
        [sys.executable, "-m", "tests.bench.bulk_work", name, str(first + (each + bulk_work.WARM) * core), str(each)]
        for core in range(CORES)
    ]
    team = [
        subprocess.Popen(c, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for c in commands
    ]
    try:
        for worker in team:
            if not (worker.stdout and worker.stdout.readline()):
                raise RuntimeError(f"a worker of {name} did not start")
        _seen(sink, "reset")
        began = time.time()
        for worker in team:
            print("go", file=worker.stdin, flush=True)
        told = [worker.communicate(timeout=PATIENCE)[0].split() for worker in team]
    finally:
        for worker in team:
            worker.terminate()
    seen = _seen(sink)
    if (seen["posts"], seen["distinct"]) != (each * CORES, each * CORES):
        raise RuntimeError(f"{name}: {seen} instead of {each * CORES}")
    cpu = sum(float(used) for used, _ in told)
    return Speed(cpu / seen["posts"], seen["posts"] / (seen["last"] - began), max(float(memory) for _, memory in told))


def _peer(name: str, first: int, rows: int, environment: dict[str, str], sink: str) -> Speed | None:
    """Its queue is filled before it starts; it counts from when a tenth has come, warm by then, to the last one."""
    module, warm = f"tests.bench.peer_{name.lower()}", max(WARM, rows // 10)
    _run([str(PEERS / "python"), "-m", module, str(first), str(warm + rows)], environment)
    _seen(sink, "reset")
    with _started([str(PEERS / PROGRAMS[name][0]), *PROGRAMS[name][1:]], environment) as worker:
        if not _awaited(sink, warm):
            return None
        began, before, used = time.time(), _seen(sink)["posts"], _cpu(worker.pid)
        whole = _awaited(sink, warm + rows)
        used, seen = _cpu(worker.pid) - used, _seen(sink)
    if not whole or seen["distinct"] != seen["posts"]:
        print(f"LEFT OUT: one run of {name}: {seen} of {warm + rows} within {PATIENCE:.0f} s.", flush=True)
        return None
    return Speed(used / (seen["posts"] - before), (seen["posts"] - before) / (seen["last"] - began))


@contextmanager
def _started(command: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    worker = subprocess.Popen(command, env=environment, **quiet)  # type: ignore[call-overload]
    try:
        yield worker
    finally:
        worker.terminate()
        try:
            worker.wait(20)
        except subprocess.TimeoutExpired:
            worker.kill()


def _awaited(sink: str, posts: int) -> bool:
    ends = time.time() + PATIENCE
    while _seen(sink)["posts"] < posts:
        if time.time() > ends:
            return False
        time.sleep(0.02)
    return True


def _cpu(pid: int) -> float:
    """CPU seconds of a process and of all that come from it, the ended ones included."""
    used, tree, parents = 0.0, {pid}, dict[int, tuple[int, float]]()
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks = sum(int(each) for each in fields[11:15])
        parents[int(path.parent.name)] = (int(fields[1]), ticks / os.sysconf("SC_CLK_TCK"))
    for _ in range(4):
        tree |= {child for child, (parent, _) in parents.items() if parent in tree}
    used = sum(parents[each][1] for each in tree if each in parents)
    return used


def _run(command: list[str], environment: dict[str, str]) -> None:
    subprocess.run(command, env=environment, check=True, timeout=PATIENCE, capture_output=True)


def _seen(sink: str, what: str = "seen") -> dict[str, float]:
    with urlopen(f"{sink}/{what}", timeout=10) as answer:
        found: dict[str, float] = json.load(answer)
        return found


def _table(found: Speeds) -> Iterator[tuple[str, str, str, str, str]]:
    floors = [speed.cpu for speed in found.pop(FLOOR)]
    for name, speeds in found.items():
        ratios = [speed.cpu / floor for speed, floor in zip(speeds, floors, strict=False)]
        middle = statistics.median(ratios)
        hold = f"≤ {HOLD}" if name == OURS else ""
        mark = {True: "[green]holds[/] ", False: "[red]too much[/] "}[middle <= HOLD] if hold else ""
        yield (
            NAMES.get(name, name),
            f"{middle:.2f}",
            f"{min(ratios):.2f} to {max(ratios):.2f}",
            hold,
            mark + _said(speeds),
        )


def _said(speeds: list[Speed]) -> str:
    core, all_cores = (_spread([1 / each.cpu for each in speeds]), _spread([each.rate for each in speeds]))
    memory = max(each.memory for each in speeds)
    return f"{core} msg/s a core, {all_cores} on {CORES}" + (f", {memory:.0f} MB" if memory else "")


def _spread(values: list[float]) -> str:
    return f"{statistics.median(values):.0f} ({min(values):.0f} to {max(values):.0f})"
