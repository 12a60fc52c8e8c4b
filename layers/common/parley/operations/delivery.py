"""A batch from a lane: decide over each message, take slots, claim, call the provider once, record, acknowledge."""

import math
import time
import uuid
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from parley import providers
from parley.cloud import clock, queues
from parley.model.address import form_of, of_key
from parley.model.decision import Step
from parley.model.lane import Lane
from parley.model.message import Fault, State
from parley.model.rate import Slots, horizon, interval
from parley.model.status import Status
from parley.operations import arriving, calls, deciding, ends, fallback, holds, otp_pool, rows, services, uploads
from parley.operations.arriving import Arrived
from parley.operations.deciding import Body, Job
from parley.operations.each import each
from parley.settings import settings
from parley.store import controls, rates, waiting
from parley.store import messages as store
from parley.store.controls import Controls

FAILED = "a delivery failed"
MEDIA_GONE = Fault(code="media_gone", message="The file that it sends was deleted meanwhile.")
WORKERS = 10
BOOK_AHEAD = 2000.0
MARGIN = 1500
LONGEST_LINE = 880_000.0
"""Milliseconds behind the moment at which a person is free, so that a queue, which delays 900 s at most, can wait for
every turn; whoever stands further behind asks for a turn again then."""

LONGEST_FOR_ONE = 5000
"""Milliseconds that a code waits for the number of the pool that was chosen."""

Bodies = dict[str, Body]
Left = Callable[[], int]


def deliver(bodies: Bodies, left: Left) -> list[str]:
    """Works through a batch. Returns the records that must come back; everything else may be acknowledged."""
    found, back = arriving.read(bodies, clock.now())
    known = controls.load([each.state for each in found.values()])
    decided: list[Job] = []
    back += [
        record
        for record, arrived in found.items()
        if not each(FAILED, partial(_decide, record, arrived, known, bodies[record], decided))
    ]
    jobs = deciding.scheduled(decided, known)
    back += [job.record for job in jobs if job.decision.step is Step.GIVE_BACK]
    back += [
        job.record
        for job in jobs
        if job.decision.step not in (Step.GIVE_BACK, Step.SEND) and not each(FAILED, partial(_settle, job))
    ]
    return back + _send([job for job in jobs if job.decision.step is Step.SEND], known, left)


def _decide(record: str, arrived: Arrived, known: Controls, body: Body, into: list[Job]) -> None:
    into.append(deciding.job_of(record, arrived, known, body))


def _settle(job: Job) -> None:
    """Everything that needs no provider. A row of a broadcast is written first; of a cancelled one, it never is."""
    state, decision = job.state, job.decision
    if job.fresh and decision.step is not Step.CANCEL:
        rows.keep(state)
    match decision.step:
        case Step.CANCEL if not job.fresh:
            waiting.cancel(state, clock.now())
        case Step.EXPIRE:
            ends.expire(state)
        case Step.FAIL if decision.fault:
            ends.fail_unclaimed(state, decision.fault)
        case Step.SKIP if decision.fault:
            ends.skip(state, decision.fault)
        case Step.HOLD if decision.until and decision.hold == "parked":
            holds.park(state, decision.until)
        case Step.HOLD if decision.until:
            holds.until_morning(state, decision.until)
        case Step.HOLD if decision.hold:
            holds.hold(state, decision.hold)
        case Step.LOST:
            ends.lost(state)
        case Step.REARM:
            ends.rearm(state)
        case Step.FIRE:
            fallback.fire_if_due(state)
        case _:
            pass


def _send(jobs: list[Job], known: Controls, left: Left) -> list[str]:
    """Paces each sender's messages, then calls the provider for all of them side by side."""
    by_sender: dict[tuple[str, str, bool], list[Job]] = defaultdict(list)
    for job in jobs:
        channel = job.channel(known)
        by_sender[channel.organization_id, channel.id, job.state.lane is Lane.MARKETING].append(job)
    starts: dict[str, float] = {}
    back = [
        job.record
        for group in by_sender.values()
        if not each(FAILED, partial(_book, group, starts, known))
        for job in group
        if job.record not in starts
    ]
    ready = [job for job in jobs if job.record in starts]
    with ThreadPoolExecutor(max_workers=WORKERS) as pool:
        done = list(pool.map(lambda job: each(FAILED, lambda: _at(starts[job.record], job, known, left)), ready))
    return back + [job.record for job, ok in zip(ready, done, strict=True) if not ok]


def _book(group: list[Job], starts: dict[str, float], known: Controls) -> None:
    """A start for as many messages of one sender as begin soon; the others come back when the sender is free."""
    channel, bulk = group[0].channel(known), group[0].state.lane is Lane.MARKETING
    step, ahead = interval(services.of(channel).messages_per_second, bulk=bulk), horizon(BOOK_AHEAD, bulk=bulk)
    fitting = group[: int(ahead // step) + 1]
    taken = rates.take(channel.organization_id, channel.id, len(fitting), step, ahead, clock.now())
    if isinstance(taken, Slots):
        starts |= {job.record: taken.first + index * step for index, job in enumerate(fitting)}
    _put_off(
        [job for job in group if job.record not in starts], step * len(fitting) if isinstance(taken, Slots) else taken
    )


def _put_off(jobs: list[Job], milliseconds: float) -> None:
    """A long rest of the sender parks its messages, a short one goes round the queue. A number of the pool that is busy
    for long is left to itself: another one is chosen."""
    for job in jobs:
        if job.route and milliseconds > LONGEST_FOR_ONE:
            otp_pool.rest(job.route, milliseconds)
            _later(job, 0, had_turn=job.had_turn)
        elif milliseconds > calls.SHORT * 1000 and job.state.lane is not Lane.OTP:
            holds.park(rows.keep(job.state) if job.fresh else job.state, clock.now() + round(milliseconds))
        else:
            _later(job, milliseconds, had_turn=job.had_turn)


def _later(job: Job, milliseconds: float, *, had_turn: bool) -> None:
    delay = min(queues.MAX_DELAY, max(1, math.ceil(milliseconds / 1000)))
    queues.send(queues.lane_url(job.state.lane), {**job.body, "turn": had_turn}, delay, job.state.channel)


def _at(start: float, job: Job, known: Controls, left: Left) -> bool:
    """Prepares, waits for the slot, claims, calls. Without time for a whole call nothing is claimed.

    False for a message that another worker has under a live lease: its record must come back."""
    state = job.state
    if not _person_is_free(start, job, known):
        return True
    try:
        prepared = calls.prepare(state, known, job.route)
    except uploads.Gone:
        ends.fail_unclaimed(state, MEDIA_GONE)
        return True
    time.sleep(max(0.0, (start - clock.now()) / 1000))
    if left() < settings().call_timeout * 1000 + MARGIN:
        _later(job, 0, had_turn=job.had_turn)
        return True
    if job.route and not otp_pool.reserve(job.route):
        _later(job, 0, had_turn=job.had_turn)
        return True
    now, via = clock.now(), job.route.recorded if job.route else None
    claimed = _claim(job, now, now + settings().lease * 1000, via)
    if claimed is None:
        kept = store.get(state.organization, state.id)
        return kept is None or kept.status is not Status.SENDING
    calls.call(claimed, prepared)
    return True


def _claim(job: Job, now: int, lease_until: int, via: tuple[str, str] | None) -> State | None:
    worker = uuid.uuid4().hex[:12]
    if job.fresh:
        return store.claim_row(job.state, worker, now, lease_until)
    return store.claim(job.state, worker, now, lease_until, via)


def _person_is_free(start: float, job: Job, known: Controls) -> bool:
    """Where a platform limits what one person or group gets: theirs is the moment `start`, or the message stands in
    line for them, once, and then asks again when they are free."""
    state = job.state
    to = of_key(known.person_of(state).moved_to or state.to)
    form = form_of(to, providers.capabilities(known.channels[state.organization, state.channel]).people)
    if form is None or not form.every:
        return True
    who, every = (state.organization, state.channel, to.key), form.every * 1000
    free = rates.take_of_person(*who, start, every, turn=job.had_turn)
    if free is None:
        return True
    when = free if job.had_turn else rates.stand_in_line(*who, free, every, LONGEST_LINE)
    _later(job, when - clock.now(), had_turn=when < free + LONGEST_LINE)
    return False
