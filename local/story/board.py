"""The table of every message's way, drawn again and again while it happens."""

import time
from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from local.story.rows import WAY, Row

COLOURS = {"read": "green", "delivered": "green", "failed": "red", "unknown": "yellow", "scheduled": "cyan"}
INSTEAD = {"aws": "by AWS", "gateway": "by gateway"}


def draw(rows: Sequence[Row], began: float) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", caption=_caption(began), caption_justify="left")
    table.add_column("to", no_wrap=True, min_width=18)
    for stage in WAY:
        table.add_column(stage, justify="right", no_wrap=True, min_width=6)
    table.add_column("now", no_wrap=True, min_width=14)
    for row in rows:
        table.add_row(_name(row), *_times(row, began), _now(row))
    return table


def _caption(began: float) -> str:
    return f"\nseconds since the first send; {time.time() - began:.0f} s have passed"


def _name(row: Row) -> Text:
    if row.original is None:
        return Text(row.person.name)
    return Text(f" └ SMS {INSTEAD[row.person.fallback or 'aws']}", "magenta")


def _times(row: Row, began: float) -> list[Text]:
    """A stage that a platform left out stays empty: nothing is invented."""
    reached = row.reached()
    cells = {stage: Text(_since(began, at)) for stage, at in reached.items()}
    if "unknown" in reached and "accepted" not in reached:
        cells["accepted"] = Text("? " + _since(began, reached["unknown"]), "yellow")
    return [cells.get(stage, Text("·", "dim")) for stage in WAY]


def _since(began: float, at: float) -> str:
    return f"{max(0.0, at - began):.1f}"


def _now(row: Row) -> Text:
    return Text(_waits(row) or _word(row), COLOURS.get(row.status, ""))


def _word(row: Row) -> str:
    code = (row.message.get("error") or {}).get("provider_code")
    return f"failed {code}" if row.status == "failed" and code else row.status


def _waits(row: Row) -> str:
    """The time left, for a message that waits for its hour or for its fallback's."""
    due, what = row.due()
    left = due - time.time()
    return f"{what} in {left:.0f} s" if left > 0 else ""
