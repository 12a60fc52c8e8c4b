"""One step of a broadcast's run, under a lease: look at what became of the rows, hand out the next ones, come again.

Steps follow each other as messages of a queue; each carries the turn of the one before, so that there is one chain.
Every step may be repeated, and a chain that broke is begun again by the minute job."""

import uuid
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

from parley.cloud import clock, queues
from parley.model.broadcast import BroadcastStatus
from parley.model.cursors import Cursors
from parley.model.feeding import AHEAD, MOST_AT_ONCE, sampled
from parley.model.run import Run
from parley.model.times import DAY
from parley.operations import feeding, settling, timers
from parley.operations.each import each
from parley.settings import settings
from parley.store import broadcasts
from parley.store import cursors as store
from parley.store.cursors import Busy

LATE = 60_000
SLOWEST = 30_000
MARGIN = 5000
Left = Callable[[], int]

STEPS = frozenset({BroadcastStatus.SCHEDULED, BroadcastStatus.RUNNING, BroadcastStatus.CANCELLED, BroadcastStatus.DONE})


def kick(run: Run) -> None:
    """The next step is made now, whatever was planned."""
    store.mark(run, clock.now())
    _send(run, None, 0)


def at(run: Run, due: int) -> None:
    """The next step is made at `due` (epoch milliseconds)."""
    store.mark(run, due)
    _later(run, None, due)


def pass_on(organization: str, broadcast: str, turn: int | None) -> None:
    """A step that was far ahead, whose time has come."""
    run = broadcasts.get(organization, broadcast)
    if run:
        _send(run, turn, 0)


def step(body: dict[str, Any], left: Left) -> None:
    """One message of the feeds queue."""
    run = broadcasts.get(body["organization"], body["broadcast"])
    if run is None or run.status not in STEPS:
        return
    now, turn = clock.now(), body.get("turn")
    leased = store.lease(run, uuid.uuid4().hex[:12], turn, now, now + settings().lease * 1000)
    if isinstance(leased, Busy):
        _send(run, turn, 1)
    elif leased is not None:
        _step(run, leased, left)


def _step(run: Run, cursors: Cursors, left: Left) -> None:
    again_at = _work(run, cursors, left)
    store.move(cursors, lease_until=0)
    if again_at is None:
        store.unmark(run)
        _recount(run)
    else:
        over = run.status in (BroadcastStatus.CANCELLED, BroadcastStatus.DONE) or cursors.fed >= run.rows
        store.mark(run, again_at, hands_out=not over)
        _later(run, cursors.turn, again_at)


def _work(run: Run, cursors: Cursors, left: Left) -> int | None:
    """When to come again; None: nothing is left to be done."""
    started = _started(run)
    if started is None:
        return clock.now() + 1000
    if started.status is BroadcastStatus.SCHEDULED:
        return started.waves[0].due - AHEAD
    cursors, trailed_until = _look(started, cursors, left)
    if started.status is BroadcastStatus.RUNNING and cursors.fed < started.rows:
        cursors, fed = _feed(started, cursors)
        return min([fed, trailed_until or fed, _looks_again(cursors, trailed_until) or fed])
    return _rest(started, cursors, trailed_until)


def _started(run: Run) -> Run | None:
    """Begins a scheduled run when its time has come. None: somebody changed it just now."""
    now = clock.now()
    if run.status is not BroadcastStatus.SCHEDULED or run.waves[0].due > now + AHEAD:
        return run
    fields = {"status": BroadcastStatus.RUNNING, "started_at": now}
    return broadcasts.change(run, fields, frozenset({BroadcastStatus.SCHEDULED}), now)


def _look(run: Run, before: Cursors, left: Left) -> tuple[Cursors, int | None]:
    """What became of the rows; of a cancelled run, nobody waits for those that were not handed out."""
    now = clock.now()
    seen = settling.see(run, before, now, left)
    if run.status is BroadcastStatus.CANCELLED:
        seen = settling.Passed(_may_lie_on_a_lane(run, before), [])
    settling.again(run, seen.missing)
    known = before.model_copy(update={"seen": seen.upto})
    settled, counts = settling.settle(run, known, now, left)
    lost = [number for number in settled.missing if number not in seen.missing] if _waited(run, before, now) else []
    settling.again(run, lost)
    upto, counts = _skipped(run, known, settled.upto, counts)
    trailed, due = settling.trail(run, known, now, _briefly(run, before, left))
    found: dict[str, Any] = {"seen": seen.upto, "settled": upto, "trailed": trailed}
    found["tally"] = dict(Counter(before.tally) + counts)
    found["samples"] = sampled(before.samples, now, seen.upto)
    if lost or any(getattr(before, name) != found[name] for name in ("seen", "settled", "trailed")):
        found["moved_at"] = now
    return store.move(before, **found), due


def _briefly(run: Run, cursors: Cursors, left: Left) -> Left:
    """While rows are handed out, fallbacks get a part of the step: else many of them would hold up the rows."""
    if run.status is not BroadcastStatus.RUNNING or cursors.fed >= run.rows:
        return left
    ends = clock.now() + feeding.CADENCE
    return lambda: min(left(), ends - clock.now() + settling.MARGIN)


def _waited(run: Run, cursors: Cursors, now: int) -> bool:
    return run.status is BroadcastStatus.RUNNING and now - cursors.moved_at >= settling.patience()


def _may_lie_on_a_lane(run: Run, cursors: Cursors) -> int:
    """A step may have died behind handing out rows, before it could say so; workers may have them all the same."""
    return min(run.rows, cursors.fed + MOST_AT_ONCE) if run.started_at else cursors.fed


def _skipped(run: Run, cursors: Cursors, upto: int, counts: Counter[str]) -> tuple[int, Counter[str]]:
    """Rows of a cancelled run that were never handed out end with it, all at once."""
    if run.status is not BroadcastStatus.CANCELLED or upto < _may_lie_on_a_lane(run, cursors):
        return upto, counts
    return run.rows, counts + Counter(cancelled=run.rows - upto)


def _feed(run: Run, cursors: Cursors) -> tuple[Cursors, int]:
    """Rows are on their lane before the cursor moves: who dies between does it again, and nobody gets two."""
    fed = feeding.feed(run, cursors, clock.now())
    found: dict[str, Any] = {"fed": cursors.fed + fed.rows, "next_at": fed.next_at, "waits_for": fed.waits_for}
    if fed.rows and cursors.fed == cursors.seen:
        found["moved_at"] = clock.now()  # nothing was on its way, so nobody has been waiting
    return store.move(cursors, **found), fed.again_at


def _looks_again(cursors: Cursors, trailed_until: int | None) -> int | None:
    """When rows that were handed out need another look, however long the next wave, the window or a hold takes."""
    now = clock.now()
    if cursors.settled < cursors.fed:
        return now + min(SLOWEST, max(feeding.CADENCE, (now - cursors.moved_at) // 2))
    return now + 1000 if cursors.trailed < cursors.seen and trailed_until is None else None


def _rest(run: Run, cursors: Cursors, trailed_until: int | None) -> int | None:
    """Everything was handed out: done when every row is settled, over when no fallback is waited for."""
    now = clock.now()
    if cursors.settled < run.rows:
        return now + min(SLOWEST, max(2000, (now - cursors.moved_at) // 2))
    if run.done_at is None and not _done(run, now):
        return now + 1000
    if cursors.trailed < cursors.seen:
        return max(now + 1000, trailed_until or 0)
    return None


def _done(run: Run, now: int) -> bool:
    over = {BroadcastStatus.RUNNING: BroadcastStatus.DONE}.get(run.status, run.status)
    fields = {"status": over, "done_at": now}
    return broadcasts.change(run, fields, frozenset({BroadcastStatus.RUNNING, run.status}), now) is not None


def _recount(run: Run) -> None:
    """Now, and once more when most receipts are there: a counter that moves is left alone."""
    timers.arm({"kind": "recount", "organization": run.organization, "broadcast": run.id}, clock.now() + DAY)
    recount(run.organization, run.id)


def recount(organization: str, broadcast: str) -> None:
    body = {"kind": "recount", "organization": organization, "broadcast": broadcast}
    queues.send(settings().jobs_queue, body, group=organization)


def _later(run: Run, turn: int | None, due: int) -> None:
    wait = due - clock.now()
    if wait > queues.MAX_DELAY * 1000:
        body = {"kind": "feed", "organization": run.organization, "broadcast": run.id, "turn": turn}
        timers.arm(body, due)
    else:
        _send(run, turn, -(-max(0, wait) // 1000))


def _send(run: Run, turn: int | None, delay: int) -> None:
    body = {"organization": run.organization, "broadcast": run.id} | ({} if turn is None else {"turn": turn})
    queues.send(settings().feeds_queue, body, min(delay, settings().timer_step), run.organization)


def restart(left: Left) -> dict[str, int]:
    """The minute job: begins the chain of a run again whose next step should have been made."""
    counted = {"runs": 0, "restarted": 0}
    for mark in store.marks():
        if left() < MARGIN:
            break
        counted["runs"] += 1
        counted["restarted"] += each("a run could not be restarted", partial(_restarted, mark))
    return counted


def _restarted(mark: dict[str, Any]) -> bool:
    run = broadcasts.get(mark["organization"], mark["broadcast"])
    if run is None or mark["due"] > clock.now() - LATE:
        return False
    if run.status not in STEPS:
        store.unmark(run)
        return False
    _send(run, None, 0)
    return True
