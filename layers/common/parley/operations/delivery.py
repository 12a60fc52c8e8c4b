"""A batch from a lane: decide over each message, take slots, claim, call the provider once, record, acknowledge."""

import logging
import time
import uuid
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from parley.cloud import clock, queues
from parley.cloud.metrics import count
from parley.model.channel import Channel
from parley.model.decision import Decision, Step, decide
from parley.model.lane import Lane
from parley.model.message import State
from parley.model.rate import Slots, horizon, interval
from parley.operations import calls, channels, ends, fallback, holds
from parley.settings import settings
from parley.store import controls, rates
from parley.store import messages as store
from parley.store.controls import Controls

log = logging.getLogger("parley")
WORKERS = 10
BOOK_AHEAD = 2000.0
MARGIN = 1500

Bodies = dict[str, dict[str, Any]]
Left = Callable[[], int]


@dataclass(frozen=True)
class Job:
    """One record of the batch and the message behind it."""

    record: str
    state: State
    decision: Decision


def deliver(bodies: Bodies, left: Left) -> list[str]:
    """Works through a batch. Returns the records that must come back; everything else may be acknowledged."""
    states = controls.states((body["organization"], body["message"]) for body in bodies.values())
    known = controls.load(states.values())
    found = {record: states.get((body["organization"], body["message"])) for record, body in bodies.items()}
    jobs = [_decided(record, state, known) for record, state in found.items() if state]
    back = [job.record for job in jobs if job.decision.step is Step.GIVE_BACK]
    back += [
        job.record for job in jobs if job.decision.step not in (Step.GIVE_BACK, Step.SEND) and not _safely(_settle, job)
    ]
    return back + _send([job for job in jobs if job.decision.step is Step.SEND], known, left)


def _decided(record: str, state: State, known: Controls) -> Job:
    channel = known.channels.get((state.organization, state.channel))
    template = known.templates.get((state.organization, state.template or ""))
    return Job(record, state, decide(state, channel, template, clock.now()))


def _settle(job: Job) -> None:
    """Everything that needs no provider."""
    state, decision = job.state, job.decision
    match decision.step:
        case Step.EXPIRE:
            ends.expire(state)
        case Step.FAIL if decision.fault:
            ends.fail_unclaimed(state, decision.fault)
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
        by_sender[job.state.organization, job.state.channel, job.state.lane is Lane.MARKETING].append(job)
    starts = {job.record: start for group in by_sender.values() for job, start in _slots(group, known)}
    if not starts:
        return []
    ready = [job for job in jobs if job.record in starts]
    with ThreadPoolExecutor(max_workers=min(WORKERS, len(ready))) as pool:
        done = pool.map(lambda job: _safely(lambda one: _at(starts[one.record], one, known, left), job), ready)
        return [job.record for job, ok in zip(ready, list(done), strict=True) if not ok]


def _slots(group: list[Job], known: Controls) -> list[tuple[Job, float]]:
    """A start for each message, or none for the whole group, which then comes back when its sender is free."""
    first = group[0].state
    channel = known.channels[first.organization, first.channel]
    bulk = first.lane is Lane.MARKETING
    step = interval(channels.service_of(channel).messages_per_second, bulk=bulk)
    taken = rates.take(first.organization, first.channel, len(group), step, horizon(BOOK_AHEAD, bulk=bulk), clock.now())
    if isinstance(taken, Slots):
        return [(job, taken.first + index * taken.interval) for index, job in enumerate(group)]
    for job in group:
        queues.enqueue(
            job.state.lane, first.organization, job.state.id, first.channel, delay=max(1, round(taken / 1000))
        )
    return []


def _at(start: float, job: Job, known: Controls, left: Left) -> None:
    """Waits for the slot, claims, calls. Without time for a whole call nothing is claimed and the message goes back."""
    time.sleep(max(0.0, (start - clock.now()) / 1000))
    state = job.state
    if left() < settings().call_timeout * 1000 + MARGIN:
        queues.enqueue(state.lane, state.organization, state.id, state.channel)
        return
    now = clock.now()
    claimed = store.claim(state, uuid.uuid4().hex[:12], now, now + settings().lease * 1000)
    if claimed:
        calls.call(claimed, _channel(known, state), known)


def _channel(known: Controls, state: State) -> Channel:
    return known.channels[state.organization, state.channel]


def _safely(run: Callable[[Job], None], job: Job) -> bool:
    """A fault of ours in one message gives that record back and leaves the others alone."""
    try:
        run(job)
    except Exception as error:
        log.exception("a delivery failed", extra={"message_id": job.state.id, "error": type(error).__name__})
        count("DeliveryFault")
        return False
    return True
