"""Puts the next rows of a run onto their lane, at the pace of its senders; what stands in the way is named."""

from typing import NamedTuple

from parley.cloud import queues
from parley.model import broadcast_rules, feeding
from parley.model.cursors import Cursors
from parley.model.decision import Step, decide
from parley.model.rate import interval
from parley.model.run import Account, Run
from parley.operations import deciding, row_files, rows, services, settling
from parley.store import channels, cursors, rates, templates

CADENCE = 3000
"""Milliseconds from one portion to the next, well within what lies ahead on the queue."""

BLOCKED = 10_000
LONGEST_BLOCK = 60_000
LONGEST_QUIET = 300_000
"""Somebody may change the hours."""

LOOK_AHEAD = 50
BUSY = 15_000
"""A sender that is booked further ahead than this was asked by its platform to rest."""


class Fed(NamedTuple):
    """How many rows went out, when the next one may, when to come again, and what the run waits for."""

    rows: int
    next_at: float
    again_at: int
    waits_for: str = ""


def feed(run: Run, at: Cursors, now: int) -> Fed:
    wave = run.wave_of(at.fed)
    opens = broadcast_rules.opening(run.delivery_window, now) if run.delivery_window else None
    starts = max(wave.due, opens or 0)
    if starts > now + feeding.AHEAD:
        return Fed(0, at.next_at, starts - feeding.AHEAD, "window" if opens else "time")
    block = _blocked(run, at.fed, now)
    if block:
        return Fed(0, at.next_at, now + BLOCKED, block)
    quiet = _quiet_until(run, at.fed, now)
    if quiet:
        return Fed(0, at.next_at, min(quiet, now + LONGEST_QUIET), "quiet")
    rest = _rest(run, now)
    if rest > now + BUSY:
        return Fed(0, at.next_at, min(rest, now + LONGEST_BLOCK), "rate")
    return _portion(run, at, now, starts, wave.first + wave.count - at.fed)


def _portion(run: Run, at: Cursors, now: int, starts: int, left: int) -> Fed:
    per_second = pace(run, now)
    room = feeding.room(at.fed - at.seen, per_second)
    if not room:
        room = feeding.room(settling.absent(run, at), per_second)
    stops = broadcast_rules.closing(run.delivery_window, max(now, starts)) if run.delivery_window else None
    portion = feeding.portion(left, room, at.next_at, per_second, now, starts, stops)
    found = row_files.rows(run.folder, at.fed, len(portion.delays))
    entries = [
        (rows.body(run, number, row), delay, run.account_of(number).channel)
        for (number, row), delay in zip(found, portion.delays, strict=True)
    ]
    queues.send_many(queues.lane_url(run.lane), entries)
    return Fed(len(entries), portion.next_at, now + CADENCE, "" if entries or room else "workers")


def pace(run: Run, now: int) -> float:
    """Rows per second: the senders' shares for bulk, divided among the runs that use them, or the run's own speed."""
    shares = sum(_share(run.organization, account) for account in run.accounts)
    shares /= cursors.running_on(run.organization, run.channel, now)
    return min(shares, run.speed) if run.speed else shares


def _share(organization: str, account: Account) -> float:
    channel = channels.get(organization, account.channel)
    service = services.of(channel) if channel else None
    return 1000 / interval(service.messages_per_second, bulk=True) if service else 0.01


def _blocked(run: Run, number: int, now: int) -> str:
    """What would hold every row, by the rule that holds them; empty when some may go out."""
    row = row_files.row(run.folder, number)
    reasons = []
    for account in run.accounts:
        state = rows.fresh(run, number, row, now).model_copy(
            update={"channel": account.channel, "sender": account.sender, "template": account.template}
        )
        channel = channels.get(run.organization, account.channel)
        decision = decide(state, channel, templates.get(run.organization, account.template), now)
        reasons.append(decision.hold or "" if decision.step is Step.HOLD else "")
    return reasons[0] if all(reasons) else ""


def _quiet_until(run: Run, number: int, now: int) -> int | None:
    """When the first of the next rows may go out, if quiet hours would hold them all: they wait in their file, and not
    in the table."""
    found = {each.channel: channels.get(run.organization, each.channel) for each in run.accounts}
    if not run.quiet_hours and not any(each and each.service.get("quiet_hours") for each in found.values()):
        return None
    coming = row_files.rows(run.folder, number, min(LOOK_AHEAD, run.rows - number))
    states = [rows.fresh(run, at, row, now) for at, row in coming]
    ends = [deciding.quiet_until(state, found[state.channel], run, now) for state in states]
    return min(filter(None, ends)) if all(ends) else None


def _rest(run: Run, now: int) -> int:
    """Until when every sender is booked."""
    return min(round(rates.booked_until(run.organization, account.channel)) for account in run.accounts)
