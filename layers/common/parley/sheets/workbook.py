"""The parent of the process that reads a workbook: starts it, takes its rows, and tells how it ended."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from parley.model.sheet import HIDDEN_SHEET, SHEET
from parley.sheets.faults import fault

Row = tuple[int, list[str]]
KEPT = ("PATH", "LD_LIBRARY_PATH", "LANG", "TZ")
"""Of the environment: the child that opens a stranger's file gets no credentials."""


def rows(path: str, format: str) -> tuple[str | None, Iterator[Row]]:
    """What stands in the hidden sheet, and the rows that are not blank, the header among them. `format` is xlsx, xls or
    ods. Raises Invalid."""
    frames = _frames(path, format)
    first = next(frames)
    return first["hidden"], _rows(frames)


def _rows(frames: Iterator[Any]) -> Iterator[Row]:
    for batch in frames:
        yield from map(tuple, batch)


def _frames(path: str, format: str) -> Iterator[Any]:
    """What the child says, one JSON text a line, until it says that all is told. One that a signal ends before went
    beyond its limits."""
    command = [sys.executable, "-S", "-B", "-m", "parley.sheets.child", path, format, SHEET, HIDDEN_SHEET]
    given = {name: os.environ[name] for name in KEPT if name in os.environ}
    environment = given | {"PYTHONPATH": os.pathsep.join(each for each in sys.path if each), "PYTHONUTF8": "1"}
    none = subprocess.DEVNULL
    with subprocess.Popen(command, env=environment, stdin=none, stdout=subprocess.PIPE, stderr=none) as child:
        try:
            for line in child.stdout or ():
                frame = json.loads(line)
                if frame == "end":
                    return
                if isinstance(frame, dict) and "problem" in frame:
                    raise fault(frame["problem"], frame.get("about", ""))
                yield frame
            raise fault("sheet_too_large" if child.wait() < 0 else "sheet_unreadable")
        finally:
            child.kill()
