"""Token buckets per key."""

import time
from collections.abc import Callable, Hashable


class Buckets:
    """Not thread-safe by itself: its owner holds the lock, so that two buckets can be checked as one."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._levels: dict[Hashable, tuple[float, float]] = {}

    def level(self, key: Hashable, rate: float, burst: float) -> float:
        tokens, at = self._levels.get(key, (burst, self._now()))
        return min(burst, tokens + (self._now() - at) * rate)

    def take(self, key: Hashable, rate: float, burst: float) -> None:
        self._levels[key] = (self.level(key, rate, burst) - 1, self._now())

    def clear(self) -> None:
        self._levels.clear()
