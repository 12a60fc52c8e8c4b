"""Token buckets per key."""

import time
from collections.abc import Hashable


class Buckets:
    """Not thread-safe by itself: its owner holds the lock, so that two buckets can be checked as one."""

    def __init__(self) -> None:
        self._levels: dict[Hashable, tuple[float, float]] = {}

    def level(self, key: Hashable, rate: float, burst: float) -> float:
        tokens, at = self._levels.get(key, (burst, time.monotonic()))
        return min(burst, tokens + (time.monotonic() - at) * rate)

    def take(self, key: Hashable, rate: float, burst: float) -> None:
        self._levels[key] = (self.level(key, rate, burst) - 1, time.monotonic())

    def clear(self) -> None:
        self._levels.clear()
