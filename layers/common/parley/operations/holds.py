"""Holds: what must wait long stands under an index, not in a queue, and goes on when the reason is gone."""

from collections.abc import Callable
from functools import partial
from itertools import islice
from typing import Any

from parley.cloud import clock, queues
from parley.model.broadcast import BroadcastStatus
from parley.model.channel import Life
from parley.model.lane import Lane
from parley.model.message import Fault, State
from parley.model.status import Status
from parley.model.template import TemplateStatus
from parley.model.times import MINUTE
from parley.operations import services
from parley.operations.each import each
from parley.store import broadcast_keys, broadcasts, channels, keys, templates, waiting
from parley.store import holds as store
from parley.store import messages as message_store

MARGIN = 5000
AT_ONCE = 500
TIMED = frozenset({"parked"})
"""Only its time ends this."""
OF_CHANNEL = {"channel": keys.held_by_channel, "parked": keys.parked, "quiet": keys.quiet}
STOPPED = {"template_disabled": TemplateStatus.DISABLED}


def hold(state: State, kind: str) -> None:
    """Holds a queued message, then looks once more: a reason that went away meanwhile releases it at once."""
    held_by = _mark(state, kind)
    if waiting.hold(state, held_by, state.expires_at) and not _reason_stands(
        state.organization, _thing(state, kind), kind
    ):
        _enqueue(state)


def hold_claimed(claimed: State) -> None:
    """Back to queued and held in one write, for a channel whose credential died under the call."""
    held_by = _mark(claimed, "channel")
    if message_store.give_back(claimed, held_by, claimed.expires_at) and not _reason_stands(
        claimed.organization, claimed.channel, "channel"
    ):
        _enqueue(claimed)


def park(state: State, until: int) -> None:
    """The platform wants this sender to rest for long: no worker waits, the minute job brings the message back."""
    waiting.hold(state, _mark(state, "parked"), min(until, state.expires_at))


def until_morning(state: State, until: int) -> None:
    """The person's quiet hours; the minute job brings the message back when they are over. Rows of a broadcast with
    hours of its own stand apart: what the channel says must not release them."""
    kind = "quiet_run" if _keeps_hours(state.organization, state.broadcast or "") else "quiet"
    held_by = _mark(state, kind)
    if waiting.hold(state, held_by, min(until, state.expires_at)) and not _reason_stands(
        state.organization, _thing(state, kind), kind
    ):
        _enqueue(state)


def _keeps_hours(organization: str, broadcast: str) -> bool:
    run = broadcasts.get(organization, broadcast) if broadcast else None
    return run is not None and run.quiet_hours is not None


def park_claimed(claimed: State, until: int) -> None:
    message_store.give_back(claimed, _mark(claimed, "parked"), min(until, claimed.expires_at))


def pause_template(organization: str, template_id: str, fault: Fault) -> None:
    """The platform refused the template itself; its own webhook or the poll will say how it goes on."""
    template = templates.get(organization, template_id)
    if template and template.status is TemplateStatus.APPROVED:
        status = STOPPED.get(fault.code, TemplateStatus.PAUSED)
        templates.change(
            template, {"status": status, "reason": fault.message}, frozenset({TemplateStatus.APPROVED}), clock.now()
        )
        templates.mark_review(template, clock.now())


def _mark(state: State, kind: str) -> str:
    held_by = _name(state, kind)
    store.mark(held_by, state.organization, _thing(state, kind), kind, clock.now())
    return held_by


def _name(state: State, kind: str) -> str:
    if kind == "template":
        return keys.held_by_template(state.organization, state.template or "")
    if kind == "broadcast":
        return broadcast_keys.held_by_broadcast(state.organization, state.broadcast or "")
    if kind == "quiet_run":
        return broadcast_keys.quiet(state.organization, state.broadcast or "")
    return OF_CHANNEL[kind](state.organization, state.channel)


def _thing(state: State, kind: str) -> str:
    things = {"template": state.template, "broadcast": state.broadcast, "quiet_run": state.broadcast}
    return things.get(kind, state.channel) or ""


def _reason_stands(organization: str, thing: str, kind: str) -> bool:
    """Read consistently. A deleted channel or template holds nothing: the worker then fails the message."""
    if kind == "template":
        template = templates.get(organization, thing)
        stopped = (TemplateStatus.PAUSED, TemplateStatus.APPROVED)
        return template is not None and template.status in stopped and not template.sendable
    if kind == "broadcast":
        run = broadcasts.get(organization, thing)
        return run is not None and run.status is BroadcastStatus.PAUSED
    if kind == "quiet_run":
        return _keeps_hours(organization, thing)
    channel = channels.get(organization, thing)
    if kind == "quiet":
        return channel is not None and bool(channel.service.get("quiet_hours"))
    return kind == "channel" and channel is not None and channel.life is Life.PRESENT and not channel.can_send


def release_all(left: Callable[[], int]) -> dict[str, int]:
    """The minute job: releases what is over and expires what is past its time, while there is time."""
    counted = {"holds": 0, "released": 0, "expired": 0}
    for mark in store.marks():
        if left() < MARGIN:
            break
        counted["holds"] += 1
        each("a hold failed", partial(_work_through, mark, left, counted))
    return counted


def _work_through(mark: dict[str, Any], left: Callable[[], int], counted: dict[str, int]) -> None:
    """While the reason stands only what is over is read, so a large hold does not starve the others. Of bulk messages
    a minute's worth is released, so that they lie here and not on the lane."""
    started, seen, most = clock.now(), 0, 0
    free = mark["kind"] not in TIMED and not _reason_stands(mark["organization"], mark["thing"], mark["kind"])
    if mark["kind"] == "broadcast" and not free:
        return  # a paused run waits for its owner, however long
    for state in store.held(mark["sk"], None if free else started):
        if state.lane is Lane.MARKETING:
            most = most or seen + _a_minutes_worth(state)
            if seen >= most:
                return
        seen += 1
        counted[_one(state)] += 1
        if left() < MARGIN:
            return
    if not seen and not store.any_held(mark["sk"]):
        store.unmark(mark["sk"], started - 2 * MINUTE)


def _a_minutes_worth(state: State) -> int:
    channel = channels.get(state.organization, state.channel)
    pace = services.of(channel).messages_per_second if channel else 1.0
    return max(AT_ONCE, round(pace * MINUTE / 1000))


def _one(state: State) -> str:
    from parley.operations import ends

    if state.expires_at <= clock.now() and not state.broadcast:  # what its run says of a row comes first
        ends.expire(state)
        return "expired"
    _enqueue(state)  # the claim clears the field; a repeat is harmless
    return "released"


def release(held_by: str) -> None:
    """At once, for whom somebody just made ready; what does not fit here is left to the minute job."""
    for state in islice(store.held(held_by), AT_ONCE):
        if state.status is Status.QUEUED:
            _enqueue(state)


def _enqueue(state: State) -> None:
    queues.enqueue(Lane(state.lane), state.organization, state.id, state.channel)
