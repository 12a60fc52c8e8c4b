"""Delayed calls on one thread; what takes long belongs on a pool."""

import heapq
import itertools
import threading
import time
from collections.abc import Callable

Action = Callable[[], None]


class Scheduler:
    def __init__(self, on_crash: Callable[[str, Exception], None]) -> None:
        self._on_crash = on_crash
        self._heap: list[tuple[float, int, str, Action]] = []
        self._order = itertools.count()
        self._wake = threading.Condition()
        self._stopped = False
        threading.Thread(target=self._run, daemon=True).start()

    def after(self, seconds: float, action: Action, tag: str) -> None:
        with self._wake:
            heapq.heappush(self._heap, (time.monotonic() + seconds, next(self._order), tag, action))
            self._wake.notify()

    def clear(self, *tags: str) -> None:
        with self._wake:
            self._heap = [item for item in self._heap if item[2] not in tags]
            heapq.heapify(self._heap)

    def waiting(self, tag: str) -> int:
        with self._wake:
            return sum(item[2] == tag for item in self._heap)

    def stop(self) -> None:
        with self._wake:
            self._stopped = True
            self._wake.notify()

    def _run(self) -> None:
        while (due := self._next()) is not None:
            try:
                due[1]()
            except Exception as error:  # one broken action must not stop the clock
                self._on_crash(due[0], error)

    def _next(self) -> tuple[str, Action] | None:
        with self._wake:
            while not self._stopped:
                wait = self._heap[0][0] - time.monotonic() if self._heap else None
                if wait is not None and wait <= 0:
                    _, _, tag, action = heapq.heappop(self._heap)
                    return tag, action
                self._wake.wait(wait)
        return None
