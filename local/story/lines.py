"""Who said what to whom, line after line in one table; and waiting for the next line."""

import time
from collections.abc import Callable
from typing import TypeVar

from rich.markup import escape
from rich.table import Table

T = TypeVar("T")


class Lines:
    def __init__(self) -> None:
        self._lines: list[tuple[str, str, str]] = []

    def add(self, who: str, what: str, then: str) -> None:
        """`then` is what came of it."""
        self._lines.append((who, what, then))

    def table(self) -> Table:
        table = Table(box=None, pad_edge=False, show_header=False)
        for who, what, then in self._lines:
            table.add_row(who, f"[bold]{escape(what)}[/]", f"[dim]{escape(then)}[/]")
        return table


def awaited(look: Callable[[], T | None], within: float) -> T | None:
    """The first truthy result; None when none comes within these seconds."""
    began = time.monotonic()
    while not (found := look()):
        if time.monotonic() - began > within:
            return None
        time.sleep(0.2)
    return found
