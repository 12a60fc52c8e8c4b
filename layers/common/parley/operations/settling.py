"""What became of the rows that were handed out: cursors that pass a row once it has an item, once it is settled, and
once its fallback needs nobody any more."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import NamedTuple

from parley.cloud import queues
from parley.model import ids
from parley.model.broadcast import BroadcastStatus
from parley.model.cursors import Cursors
from parley.model.fallback import goal, wait_ends
from parley.model.message import State, Trigger
from parley.model.run import Run
from parley.model.status import SILENT_ENDS, Status, rank
from parley.operations import fallback, row_files, rows
from parley.settings import settings
from parley.store import controls, waiting

BATCH = 100
Left = Callable[[], int]
MARGIN = 3000


class Passed(NamedTuple):
    """Rows below `upto` are passed; `missing` are those without an item before the first row that is not."""

    upto: int
    missing: list[int]


def patience() -> int:
    """Milliseconds without progress after which rows without an item are put on their lane again: whoever had them is
    gone by then, and a repeat is harmless."""
    return settings().lease * 1000


def see(run: Run, cursors: Cursors, now: int, left: Left) -> Passed:
    """Passes rows that have an item; after a long wait, those too that have none, and names them."""
    upto, missing = cursors.seen, list[int]()
    while upto < cursors.fed and left() > MARGIN:
        numbers = range(upto, min(upto + BATCH, cursors.fed))
        found = rows.states(run, numbers)
        absent = [number for number in numbers if number not in found]
        if absent and now - cursors.moved_at < patience():
            return Passed(absent[0], missing)
        upto, missing = numbers.stop, missing + absent
    return Passed(upto, missing)


def absent(run: Run, cursors: Cursors) -> int:
    """How many of the rows on their way have no item yet."""
    numbers = range(cursors.seen, cursors.fed)
    return len(numbers) - sum(len(rows.states(run, numbers[at : at + BATCH])) for at in range(0, len(numbers), BATCH))


def again(run: Run, missing: list[int]) -> None:
    """Puts rows on their lane that were there before, and left no trace."""
    if not missing:
        return
    entries = [(_body(run, number), 0, run.account_of(number).channel) for number in missing]
    queues.send_many(queues.lane_url(run.lane), entries)


def _body(run: Run, number: int) -> dict[str, object]:
    return rows.body(run, number, row_files.row(run.folder, number))


def settle(run: Run, cursors: Cursors, now: int, left: Left) -> tuple[Passed, Counter[str]]:
    """Passes rows that are accepted or have ended, and counts them by status."""
    upto, counts = cursors.settled, Counter[str]()
    while upto < cursors.seen and left() > MARGIN:
        numbers = range(upto, min(upto + BATCH, cursors.seen))
        found = rows.states(run, numbers)
        for number in numbers:
            status = _settled(run, found.get(number), now)
            if status is None:
                return Passed(number, [each for each in numbers if each not in found]), counts
            counts[status] += 1
            upto = number + 1
    return Passed(upto, []), counts


def _settled(run: Run, state: State | None, now: int) -> str | None:
    """As what a row is settled; of a cancelled run, what nobody has claimed ends with it."""
    cancelled = run.status is BroadcastStatus.CANCELLED
    if state is None:  # a worker that read the run before may still claim it within its lease
        return str(Status.CANCELLED) if cancelled and now > run.updated_at + settings().lease * 1000 else None
    if cancelled and state.status is Status.QUEUED:
        state = waiting.cancel(state, now) or state
    return str(state.status) if rows.is_settled(state) else None


def trail(run: Run, cursors: Cursors, now: int, left: Left) -> tuple[int, int | None]:
    """Fires the fallbacks of rows whose waits are over. Answers the row up to which no fallback is needed any more, and
    when the wait of that row ends."""
    if not run.steps or run.steps[0].trigger is Trigger.SEND_FAILED or run.steps[0].wait is None:
        return cursors.settled, None
    upto = cursors.trailed
    while upto < cursors.settled and left() > MARGIN:
        numbers = range(upto, min(upto + BATCH, cursors.settled))
        found = rows.states(run, numbers)
        copied = _copied(found.values())
        for number in numbers:
            if left() <= MARGIN:
                return upto, None
            due = _due(found[number], now, copied) if number in found else None
            if due is not None:
                return number, due
            upto = number + 1
    return upto, None


def _copied(found: Iterable[State]) -> set[str]:
    """Of which rows the copy is on its way: whoever lets a step fire may die before that."""
    fired = {ids.copy_of(state.id, 1): state for state in found if state.fired_at}
    copies = controls.states((state.organization, name) for name, state in fired.items())
    return {fired[name].id for (_, name), copy in copies.items() if copy.status is not Status.QUEUED}


def _due(state: State, now: int, copied: set[str]) -> int | None:
    """When the fallback of a row fires that has not; None: it fired just now, or never will."""
    if state.fired_at:
        if state.id not in copied:
            fallback.fire_if_due(state)
        return None
    if state.status in SILENT_ENDS or state.rank >= rank(goal(state)):
        return None
    due = wait_ends(state)
    if due is not None and due > now and rank(state.status) < rank(Status.FAILED):
        return due
    fallback.fire_if_due(state)
    return None
