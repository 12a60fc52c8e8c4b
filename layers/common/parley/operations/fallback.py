"""The fallback: a takeover of the leg before by conditional writes, then a copy with a computed id; all of it may be
repeated."""

from typing import Any

from parley.cloud import clock, queues
from parley.model import ids
from parley.model.channel import Binding, Channel
from parley.model.content import Content
from parley.model.fallback import firing_statuses, goal, reason_to_fire, wait_ends
from parley.model.lane import Category
from parley.model.message import Fault, State
from parley.model.status import Status, rank
from parley.operations import contents, pumping, timers, ttl
from parley.store import channels, takeovers
from parley.store import messages as store

WAITING = frozenset({Status.UNKNOWN, Status.ACCEPTED, Status.SENT, Status.DELIVERED})


def arm(state: State) -> None:
    """Arms what a recorded acceptance or an unknown outcome needs; harmless to repeat. The waits of a broadcast's rows
    are watched by its run, a cursor instead of a timer each; only rows that it passed have their own."""
    ends = None if state.broadcast and not is_passed(state) else wait_ends(state)
    if ends is not None and not state.fired_at and state.status in WAITING:
        timers.arm({"kind": "fallback", "organization": state.organization, "message": state.id}, ends)


def is_passed(state: State) -> bool:
    """A row of a broadcast that did not go out at its first claim: the trail of its run does not wait for it."""
    return state.attempt > 1 or state.status is Status.QUEUED or bool({"queued", "unknown"} & state.times.keys())


def fire_if_due(state: State) -> None:
    """Fires the step after this leg if the rule says so; a step that has fired is only completed."""
    if state.fired_at:
        _complete(state)
        return
    reason = reason_to_fire(state, clock.now())
    if reason is None:
        return
    taken = _take_over(state, reason)
    if taken:
        _complete(taken)
        return
    fresh = store.get(state.organization, state.id)  # it moved meanwhile: look at what it is now
    if fresh and (fresh.fired_at or fresh.status is not state.status):
        fire_if_due(fresh)


def _take_over(state: State, reason: str) -> State | None:
    """From the second step on no earlier leg may have reached what its own step waited for."""
    now, statuses = clock.now(), firing_statuses(state)
    if state.leg == 0:
        return takeovers.first(state, now, reason, statuses)
    names = [state.root, *(ids.copy_of(state.root, step) for step in range(1, state.leg))]
    legs = [leg for name in names if (leg := store.get(state.organization, name))]
    return takeovers.following(state, {leg.id: goal(leg) for leg in legs}, now, reason, statuses)


def _complete(before: State) -> None:
    """Inserts and enqueues the copy; a repeat that finds it still queued enqueues it again."""
    steps = contents.of(before).get("steps")
    if not steps:
        return
    channel = channels.get(before.organization, steps[0]["channel"])
    binding = channel.binding if channel else None
    copy = _copy(before, steps, binding)
    copy = _guarded(copy, channel)
    content = Content.model_validate(steps[0]["content"])
    store.keep_content(copy, content.model_dump(exclude_none=True), binding.sender if binding else "", steps[1:])
    kept = store.insert(copy) or copy
    if kept.status is Status.QUEUED:
        queues.enqueue(kept.lane, kept.organization, kept.id, kept.channel)
    elif kept.status is Status.FAILED:
        fire_if_due(kept)


def _guarded(copy: State, channel: Channel | None) -> State:
    """A one-time code that the guard of its channel refuses is a copy that failed. The guard counts what it lets
    through, so it is not asked again for a copy that is there."""
    if channel is None or copy.category is not Category.AUTHENTICATION or store.get(copy.organization, copy.id):
        return copy
    refused = pumping.refusal(channel, copy.address, copy.category, clock.now())
    if refused is None:
        return copy
    failed = {"status": Status.FAILED, "rank": rank(Status.FAILED), "times": {"failed": copy.created_at}}
    fault = Fault(code=refused.code, message=str(refused.message)[:120])
    return copy.model_copy(update={**failed, "error": fault})


def _copy(before: State, steps: list[dict[str, Any]], binding: Binding | None) -> State:
    """It inherits lane, category and reference. Its sender is the channel's at this moment."""
    now, spec, after = clock.now(), steps[0], steps[1] if steps[1:] else {}
    return State(
        id=ids.copy_of(before.root, before.leg + 1),
        organization=before.organization,
        channel=spec["channel"],
        status=Status.QUEUED,
        rank=rank(Status.QUEUED),
        kind=Content.model_validate(spec["content"]).type,
        lane=before.lane,
        sender=binding.sender_id if binding else "",
        to=spec["to"],
        category=before.category,
        template=spec.get("template"),
        fingerprint=before.fingerprint,
        reference=before.reference,
        created_at=now,
        send_at=now,
        expires_at=now + ttl.default_ttl(before.lane) * 1000,
        times={"queued": now},
        trigger=after.get("trigger"),
        wait=after.get("wait"),
        policy=before.policy,
        copy_of=before.root,
        copy_step=before.leg + 1,
    )
