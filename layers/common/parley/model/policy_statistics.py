"""What became of the messages under a fallback policy, as it is shown: by day and step."""

from collections import Counter
from typing import Annotated

from pydantic import Field

from parley.model.metrics import Counts, shown
from parley.model.types import Id, Model


class StepStatistics(Model):
    """Messages of one step; those of step 0 are the messages themselves. `delivered` are also in `sent`, `read` in
    both; what only was accepted, by a platform that reports no more, is in `fired` alone."""

    step: int
    fired: dict[str, int] = Field(default_factory=dict, description="How often it went out, by the reason")
    sent: int = 0
    delivered: int = 0
    read: int = 0
    failed: dict[str, int] = Field(default_factory=dict, description="By the code of the error")
    expired: int = 0
    skipped: int = Field(default=0, description="Not sent, because the person is on the suppression list")
    late: int = Field(default=0, description="How often the message before it arrived after it had gone out")


class DayStatistics(Model):
    """One UTC day: a message counts on the day for which it was sent, `fired` and `late` on that of the step."""

    day: Annotated[str, Field(examples=["2026-03-01"])]
    steps: list[StepStatistics]


class FallbackPolicyStatistics(Model):
    """Days and steps without anything are left out. Counts follow the messages within seconds."""

    policy_id: Id
    start: str
    end: str
    days: list[DayStatistics]
    total: list[StepStatistics]


def by_step(counts: Counts) -> list[StepStatistics]:
    """The counters are named by their step, like `1#sent`."""
    steps: dict[int, Counts] = {}
    for name, value in counts.items():
        step, _, metric = name.partition("#")
        steps.setdefault(int(step), Counter())[metric] = value
    return [StepStatistics(step=step, **shown(steps[step])) for step in sorted(steps)]
