"""What went wrong on the stack while a test ran: crashed and cut off functions, errors that they logged."""

import re
from pathlib import Path

COMPLAINT = re.compile(r' (WARNING|ERROR) \[|"level": ?"(ERROR|CRITICAL)"|^[\w.]*Error: ')
MOST, WIDTH = 40, 400


def size(log: Path) -> int:
    return log.stat().st_size if log.exists() else 0


def complaints(log: Path, since: int) -> str:
    """The last ones behind a place in the log, in bytes."""
    with log.open("rb") as file:
        file.seek(since)
        lines = file.read().decode(errors="replace").splitlines()
    return "\n".join([line[:WIDTH] for line in lines if COMPLAINT.search(line)][-MOST:])
