"""How far the run of a broadcast is."""

from pydantic import ConfigDict, Field

from parley.model.types import Model


class Cursors(Model):
    """Rows below each number: `fed` were put on a lane, `seen` have an item (or were passed over after a long wait),
    `settled` are accepted or ended, `trailed` need no fallback any more. `next_at` is when the next row goes out, in
    epoch milliseconds; `moved_at` when a cursor moved last; `tally` counts settled rows by status; `samples` are
    [epoch milliseconds, seen]. `turn` grows with every step, so that a message of an older one is known."""

    model_config = ConfigDict(extra="ignore")

    organization: str
    broadcast: str
    fed: int = 0
    seen: int = 0
    settled: int = 0
    trailed: int = 0
    turn: int = 0
    next_at: float = 0.0
    moved_at: int = 0
    waits_for: str = ""
    tally: dict[str, int] = Field(default_factory=dict)
    samples: list[list[int]] = Field(default_factory=list)
    worker: str = ""
    lease_until: int = 0
