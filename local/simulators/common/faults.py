"""Errors that the control API forces upon the next matching request."""

import threading
from dataclasses import dataclass
from typing import Any


@dataclass
class NextError:
    simulator: str
    http: int = 500
    code: int | str | None = None
    subcode: int | None = None
    body: Any = None
    to: str | None = None
    path: str | None = None  # a part of the path; without it only sends are hit
    reason: str | None = None
    retry_after: int | None = None
    accept: bool = False  # the error is shown although the message goes out
    cut: bool = False  # no HTTP answer at all
    count: int = 1


class Faults:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[NextError] = []

    def add(self, error: NextError) -> None:
        with self._lock:
            self._waiting.append(error)

    def clear(self) -> None:
        with self._lock:
            self._waiting.clear()

    def for_send(self, simulator: str, to: str) -> NextError | None:
        return self._take(lambda e: e.simulator == simulator and not e.path and e.to in (None, to))

    def for_path(self, simulator: str, path: str) -> NextError | None:
        return self._take(lambda e: e.simulator == simulator and bool(e.path) and str(e.path) in path)

    def _take(self, fits: Any) -> NextError | None:
        with self._lock:
            found = next((error for error in self._waiting if fits(error)), None)
            if found:
                found.count -= 1
                if found.count <= 0:
                    self._waiting.remove(found)
            return found
