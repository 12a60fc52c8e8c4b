"""Recording outcomes and ends: an end fires its fallback, an acceptance arms its timer, by whoever writes it."""

from typing import Any

from parley.cloud import clock, queues
from parley.model.channel import Binding
from parley.model.lane import Lane
from parley.model.message import NOBODY_KNOWS, Fault, State
from parley.model.status import Status
from parley.model.suppression import SuppressionScope
from parley.operations import fallback, holds, timers
from parley.providers.provider import Accepted
from parley.settings import settings
from parley.store import keys, opt_outs, people, uploads, waiting
from parley.store import messages as store
from parley.store import unknown as unknown_store

EXPIRED = Fault(code="expired", message="Its time was over before it could be sent.", local=False)


def accepted(claimed: State, bound: Binding, answer: Accepted) -> None:
    """Keeps the provider's id even if a receipt was faster than this answer."""
    found: dict[str, Any] = {"provider_id": answer.provider_id}
    if answer.by_id:
        found["provider_key"] = keys.by_provider_message(bound.provider, bound.sender_id, answer.provider_id)
    state = store.reach(claimed, Status.SENT if answer.sent else Status.ACCEPTED, clock.now(), **found)
    if answer.person and not claimed.origin:  # another sender may know them by another id
        people.know_as(claimed.organization, claimed.channel, claimed.to, answer.person.key)
    for upload, provider_id in answer.known_files.items():
        uploads.know_as(claimed.organization, upload, bound.sender_id, provider_id)
    if state:
        fallback.arm(state)


def unknown(claimed: State) -> None:
    state = store.reach(claimed, Status.UNKNOWN, clock.now(), unknown_at=clock.now())
    if state:
        rearm(state)


def lost(state: State) -> None:
    """A worker died in the middle of its call."""
    rearm(unknown_store.lose(state, clock.now()) or store.get(state.organization, state.id) or state)


def rearm(state: State) -> None:
    """The timers that a recorded message needs; who recorded it may have died before arming them."""
    if state.status is Status.UNKNOWN and not state.settled:
        wait = settings().settle_otp if state.lane is Lane.OTP else settings().settle_other
        timer = {"kind": "settle", "organization": state.organization, "message": state.id, "attempt": state.attempt}
        timers.arm(timer, (state.unknown_at or clock.now()) + wait * 1000)
    fallback.arm(state)


def rejected(claimed: State, fault: Fault, scope: str) -> None:
    """A refusal of the whole template also holds it, and one for the person suppresses them on this channel, so that
    other messages do not run into the same wall."""
    if scope == "template" and claimed.template:
        holds.pause_template(claimed.organization, claimed.template, fault)
    refused(claimed, clock.now(), fault, scope)


def refused(state: State, at: int, fault: Fault, scope: str) -> None:
    """A refusal of this message, and what it says of the person."""
    whom = (state.organization, state.channel, state.to)
    match scope:
        case "person":
            people.suppress(*whom, fault.code, at)
        case "everything":
            opt_outs.stop(*whom, at, fault.code, SuppressionScope.ALL)
        case "marketing":
            opt_outs.stop(*whom, at, fault.code)
    failed(state, at, fault)


def failed(state: State, at: int, fault: Fault) -> None:
    ended = store.reach(state, Status.FAILED, at, fault)
    if ended:
        fallback.fire_if_due(ended)


def fail_unclaimed(state: State, fault: Fault) -> None:
    _end(state, Status.FAILED, fault)


def skip(state: State, fault: Fault) -> None:
    """For a person who is not written to; never a fallback."""
    waiting.end_unclaimed(state, Status.SKIPPED, clock.now(), fault)


def expire(state: State) -> None:
    _end(state, Status.EXPIRED, EXPIRED)


def _end(state: State, status: Status, fault: Fault) -> None:
    ended = waiting.end_unclaimed(state, status, clock.now(), fault) or store.get(state.organization, state.id)
    if ended:
        fallback.fire_if_due(ended)


def settle(organization: str, message: str, attempt: int) -> None:
    """The time for evidence of an `unknown` is over: a one-time code goes once more, the rest has failed."""
    state = store.get(organization, message)
    if state is None or state.attempt != attempt:
        return
    if state.status is Status.QUEUED and state.resent:  # an earlier firing died before it could enqueue
        queues.enqueue(state.lane, organization, message, state.channel)
    if state.status is not Status.UNKNOWN:
        return
    if state.lane is Lane.OTP and not state.settled and state.expires_at > clock.now():
        queued = unknown_store.resend(state)
        if queued:
            queues.enqueue(queued.lane, organization, message, queued.channel)
            return
    fallback.fire_if_due(unknown_store.settle(state, NOBODY_KNOWS) or store.get(organization, message) or state)
