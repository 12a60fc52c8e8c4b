"""`make bench`: a table of ratios with their spread. Absolute times depend on the machine, ratios much less.

`ARGS="pace codes"` measures these parts alone; the parts are the names in PARTS."""

import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.progress import track
from rich.table import Table

from tests.bench import bulk, bulk_counts, codes, cold, counts, first, imports, loopback, pace, receipts

ROUNDS = 7
MESSAGES, WEBHOOKS = 400, 400
LARGEST = 1_000_000
IMPORTS = {10_000: 7, 100_000: 3, LARGEST: 1}
"""Rows of a sheet, and how often it is imported."""
Row = tuple[str, str, str, str, str]


def main() -> None:
    console, wanted = Console(), sys.argv[1:] or list(PARTS)
    if unknown := [name for name in wanted if name not in PARTS]:
        sys.exit(f"There is no part named {', '.join(unknown)}; the parts are {', '.join(PARTS)}.")
    console.print(_table([row for name in wanted for row in PARTS[name]()]))
    console.print(f"{os.cpu_count()} cores; load before the end: {os.getloadavg()[0]:.1f}")


def _table(rows: list[Row]) -> Table:
    table = Table(
        title="Costs that must stay small (design §7)", caption="ratios: median (min to max) over interleaved runs"
    )
    for name in ("what", "measured", "spread", "hold", ""):
        table.add_column(name)
    for row in rows:
        table.add_row(*row)
    return table


def _cold() -> Iterator[Row]:
    for handler in track(cold.HANDLERS, description="cold starts"):
        module = cold.module_of(handler)
        bare = cold.third_party(module)
        yield _row(f"cold start: {handler}", _ratios(lambda: cold.seconds([module]), lambda: cold.seconds(bare)), 1.3)  # noqa: B023 - called at once


def _paired() -> Iterator[Row]:
    with loopback.server("tests.bench.stub") as address:
        environment = loopback.environment(address)
        _work("prepare", 1000, environment)
        for name, count, hold in (("deliver", MESSAGES, 1.5), ("receive", WEBHOOKS, 1.3)):
            rounds = track(range(ROUNDS), description=name)
            ratios = [_work(name, count, environment) / _work(f"{name}_floor", count, environment) for _ in rounds]
            yield _row(f"{name}: CPU a message ÷ bare calls", ratios, hold)


def _imports() -> Iterator[Row]:
    """CPU beside the floor's at two sizes, and the peak of memory up to a million rows."""
    with TemporaryDirectory() as folder:
        for count, rounds in IMPORTS.items():
            path = f"{folder}/{count}.xlsx"
            imports.sheet(path, count)
            pairs = track(range(rounds), description=f"import of {count:,} rows")
            found = [[imports.measure(name, count, path) for name in ("job", "floor")] for _ in pairs]
            if count < LARGEST:
                ratios = [job.seconds / floor.seconds for job, floor in found]
                yield _row(f"import of {count:,} rows: CPU ÷ bare calamine + phonenumbers", ratios, 1.5)
            peaks = [job.megabytes for job, _ in found]
            yield _row(f"import of {count:,} rows: peak memory, MB", peaks, 1000)


def _counted() -> list[Row]:
    accept, rest, size = counts.life()
    cost = counts.dollars(accept, rest)
    writes = round(cost["write units"] / counts.PRICES["write units"])
    parts = ", ".join(f"{name} {value:.2f}" for name, value in cost.items())
    return [
        (
            "write units, one single send, insert to read",
            str(writes),
            "by count",
            "broadcast ≤ 6",
            "a single send has content, references and lists of its own",
        ),
        ("state item", f"{size} B", "by count", "≤ 1024 B", _mark(size <= 1024)),
        ("$ per million single sends, all statuses", f"{sum(cost.values()):.2f}", "by count", "broadcast ≤ 10", parts),
    ]


def _row(what: str, ratios: list[float], hold: float) -> Row:
    middle = statistics.median(ratios)
    return what, f"{middle:.2f}", f"{min(ratios):.2f} to {max(ratios):.2f}", f"≤ {hold}", _mark(middle <= hold)


def _mark(ok: bool) -> str:
    return "[green]holds[/]" if ok else "[red]too much[/]"


def _ratios(ours: Callable[[], float], floor: Callable[[], float]) -> list[float]:
    ours(), floor()  # the files are in the cache from here on
    return [ours() / floor() for _ in range(ROUNDS)]


def _work(name: str, count: int, environment: dict[str, str]) -> float:
    command = [sys.executable, "-m", "tests.bench.work", name, str(count)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return float(done.stdout or 0)


PARTS: dict[str, Callable[[], Iterable[Row]]] = {
    "cold": _cold,
    "calls": _paired,
    "imports": _imports,
    "counts": _counted,
    "bulk_counts": bulk_counts.measure,
    "pace": pace.measure,
    "codes": codes.measure,
    "first": first.measure,
    "bulk": bulk.measure,
    "receipts": receipts.measure,
}


if __name__ == "__main__":
    main()
