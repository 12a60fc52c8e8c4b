"""A clock that stands still until a test moves it."""

from dataclasses import dataclass

from parley.model.times import rfc3339

NOW = 1_772_357_400_000
"""2026-03-01T09:30:00Z, the time of the sample events."""


@dataclass
class Clock:
    now: int = NOW

    def __call__(self) -> int:
        return self.now

    def forward(self, seconds: float) -> int:
        self.now += round(seconds * 1000)
        return self.now

    def text(self, seconds: float = 0) -> str:
        return rfc3339(self.now + round(seconds * 1000))
