"""What became of the rows that were handed out: cursors that pass a row once it has an item, once it is settled, and
once its fallback needs nobody any more."""

from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import NamedTuple

from parley.cloud import queues
from parley.model import ids
from parley.model.broadcast import BroadcastStatus
from parley.model.cursors import Cursors
from parley.model.fallback import goal, reason_to_fire, wait_ends
from parley.model.message import State, Trigger
from parley.model.run import Run
from parley.model.status import Status, rank
from parley.operations import fallback, row_files, rows
from parley.operations.each import each
from parley.settings import settings
from parley.store import controls, waiting

BATCH = 100
WORKERS = 10
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
    """Fires the fallbacks of rows whose waits are over. Answers the row up to which the run need not look any more, and
    when the wait of that row ends. Rows that were late have timers of their own, so that nobody waits behind them."""
    if not run.steps or run.steps[0].trigger is Trigger.SEND_FAILED or run.steps[0].wait is None:
        return cursors.seen, None
    upto = cursors.trailed
    while upto < cursors.seen and left() > MARGIN:
        numbers = range(upto, min(upto + BATCH, cursors.seen))
        ready, due = _ready(rows.states(run, numbers), numbers, now)
        fired = _fire([state for state in ready if _fires(state, now)], ready)
        upto += fired
        if fired < len(numbers):
            return upto, due
    return upto, None


def _ready(found: dict[int, State], numbers: range, now: int) -> tuple[list[State], int | None]:
    """The first of these rows that need not be waited for, and when the wait of the next one ends."""
    ready: list[State] = []
    for number in numbers:
        state = found.get(number)
        if state is None:  # it was passed over, and may still be claimed
            return ready, None
        due = None if state.fired_at or fallback.is_passed(state) or _is_over(state) else wait_ends(state)
        claimed = state.status is Status.SENDING and not fallback.is_passed(state)
        if claimed or (due is not None and due > now):
            return ready, due
        ready.append(state)
    return ready, None


def _is_over(state: State) -> bool:
    """Nothing is waited for: it has its goal, or ended."""
    return state.rank >= rank(goal(state)) or state.rank == rank(Status.FAILED)


def _fires(state: State, now: int) -> bool:
    """Whether its fallback is due, or fired by somebody who may have died before the copy was on its way."""
    return bool(state.fired_at) or reason_to_fire(state, now) is not None


def _fire(due: list[State], ready: list[State]) -> int:
    """Side by side, since each takes several calls. How many rows are dealt with: those before one that failed."""
    copied = _copied(due)
    waiting = [state for state in due if state.id not in copied]
    with ThreadPoolExecutor(max_workers=WORKERS) as pool:
        done = list(pool.map(lambda state: each("a fallback failed", partial(fallback.fire_if_due, state)), waiting))
    failed = {state.id for state, ok in zip(waiting, done, strict=True) if not ok}
    return next((index for index, state in enumerate(ready) if state.id in failed), len(ready))


def _copied(found: Iterable[State]) -> set[str]:
    """Of which rows the copy is on its way: whoever lets a step fire may die before that."""
    fired = {ids.copy_of(state.id, 1): state for state in found if state.fired_at}
    copies = controls.states((state.organization, name) for name, state in fired.items())
    return {fired[name].id for (_, name), copy in copies.items() if copy.status is not Status.QUEUED}
