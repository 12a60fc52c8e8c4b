"""What it costs to tell businesses: CPU beside the bare calls', in one run, and everything else by count."""

import statistics
import subprocess
import sys
from collections.abc import Iterator

from rich.progress import track

from tests.bench import loopback, receipts_counts

ROUNDS = 7
WORK = {"react": ("told of 99 changes: CPU ÷ bare calls and JSON", 40), "push": ("a delivery: CPU ÷ bare calls", 400)}
HOLDS = {"push": 1.5}
"""As for a message that is delivered. The stream's function has no floor that says much: it is mostly reading."""


def measure() -> Iterator[tuple[str, str, str, str, str]]:
    """The rows of the table."""
    with loopback.server("tests.bench.stub") as address:
        environment = {**loopback.environment(address), "ALLOW_LOOPBACK_URLS": "true"}
        _run("prepare", max(number for _, number in WORK.values()), environment)
        for name, (what, number) in WORK.items():
            yield _row(name, what, [_pair(name, number, environment) for _ in track(range(ROUNDS), description=name)])
    yield from receipts_counts.measure()


def _pair(name: str, number: int, environment: dict[str, str]) -> tuple[float, float]:
    """Milliseconds of ours and of the floor's."""
    ours, floor = (_run(each, number, environment) / number * 1000 for each in (name, f"{name}_floor"))
    return ours, floor


def _run(name: str, number: int, environment: dict[str, str]) -> float:
    command = [sys.executable, "-m", "tests.bench.receipts_work", name, str(number)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return float((done.stdout.splitlines() or ["0"])[-1])


def _row(name: str, what: str, pairs: list[tuple[float, float]]) -> tuple[str, str, str, str, str]:
    ratios = [ours / floor for ours, floor in pairs]
    middle, hold = statistics.median(ratios), HOLDS.get(name)
    ours, floor = (statistics.median(each) for each in zip(*pairs, strict=True))
    verdict = "" if hold is None else "[green]holds[/]" if middle <= hold else "[red]too much[/]"
    spread, milliseconds = f"{min(ratios):.2f} to {max(ratios):.2f}", f"{ours:.1f} ms beside {floor:.1f} ms"
    return what, f"{middle:.2f}", spread, f"≤ {hold}" if hold else "", f"{verdict} {milliseconds}".strip()
