"""What a queue gave up on: our own faults never end a healthy message."""

from typing import Any

from parley.cloud import clock, queues
from parley.cloud.metrics import count
from parley.model.broadcast import BroadcastStatus
from parley.model.lane import Lane
from parley.model.message import State
from parley.model.status import Status
from parley.operations import ends, fallback, jobs, rows, timers
from parley.store import broadcasts
from parley.store import messages as store

DELAY = 300
DELAY_OTP = 15
HOPS = 12


def recover(body: dict[str, Any]) -> None:
    """Returns a lane's message or a timer to where it came from, later; the message's TTL is the end of that. A job
    ends with its owner being told, and the step of a run is begun again by the minute job."""
    count("DeadLetter")
    if body.get("kind") in jobs.KINDS:
        jobs.give_up(body)
    elif "kind" in body:
        _timer(body)
    elif "message" in body:
        _message(body)


def _timer(timer: dict[str, Any]) -> None:
    """A timer that fails for an hour is left to the daily reconciliation."""
    hops = int(timer.get("hops", 0)) + 1
    if hops <= HOPS:
        timers.again({**timer, "hops": hops}, clock.now() + DELAY * 1000)


def _row(body: dict[str, Any]) -> State | None:
    """A row of a broadcast that nobody could even write is written as queued first."""
    run = broadcasts.get(body["organization"], body["broadcast"]) if "broadcast" in body else None
    if run is None or run.status is BroadcastStatus.CANCELLED:
        return None
    return rows.keep(rows.fresh(run, body["row"], rows.line_of(run, body), clock.now()))


def _message(body: dict[str, Any]) -> None:
    state = store.get(body["organization"], body["message"]) or _row(body)
    if state is None:
        return
    if state.status is Status.QUEUED and state.expires_at <= clock.now():
        ends.expire(state)
    elif state.status is Status.QUEUED:
        delay = DELAY_OTP if state.lane is Lane.OTP else DELAY
        queues.enqueue(state.lane, state.organization, state.id, state.channel, delay)
    elif state.status is Status.SENDING and (state.lease_until or 0) > clock.now():
        raise LookupError("a worker still has this message")  # its record comes back after the lease
    elif state.status is Status.SENDING:
        ends.lost(state)
    else:
        ends.rearm(state)
        fallback.fire_if_due(state)
