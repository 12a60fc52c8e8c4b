"""The fallback: one conditional takeover of the original, then a copy with a computed id; all of it may be repeated."""

from parley.cloud import clock, queues
from parley.model import ids
from parley.model.channel import Binding
from parley.model.content import Content
from parley.model.fallback import firing_statuses, reason_to_fire, wait_ends
from parley.model.message import State
from parley.model.status import Status, rank
from parley.operations import timers, ttl
from parley.store import channels
from parley.store import messages as store

WAITING = frozenset({Status.UNKNOWN, Status.ACCEPTED, Status.SENT, Status.DELIVERED})


def arm(state: State) -> None:
    """Arms what a recorded acceptance or an unknown outcome needs; harmless to repeat."""
    ends = wait_ends(state)
    if ends is not None and not state.step and state.status in WAITING:
        timers.arm({"kind": "fallback", "organization": state.organization, "message": state.id}, ends)


def fire_if_due(state: State) -> None:
    """Fires the next step if the rule says so; a step that has fired is only completed."""
    if state.step:
        _complete(state, state.step)
        return
    reason = reason_to_fire(state, clock.now())
    if reason is None:
        return
    taken = store.fire(state, 1, clock.now(), reason, firing_statuses(state))
    if taken:
        _complete(taken, 1)
        return
    fresh = store.get(state.organization, state.id)  # it moved meanwhile: look at what it is now
    if fresh and (fresh.step or fresh.status is not state.status):
        fire_if_due(fresh)


def _complete(original: State, step: int) -> None:
    """Inserts and enqueues the copy; a repeat that finds it still queued enqueues it again."""
    stored = store.get_content(original)
    spec = stored.get("fallback")
    if not spec:
        return
    channel = channels.get(original.organization, spec["channel"])
    binding = channel.binding if channel else None
    copy = _copy(original, step, spec, binding)
    store.put_content(copy, Content.model_validate(spec["content"]), binding.sender if binding else "")
    kept = store.insert(copy) or copy
    if kept.status is Status.QUEUED:
        queues.enqueue(kept.lane, kept.organization, kept.id, kept.channel)


def _copy(original: State, step: int, spec: dict[str, str], binding: Binding | None) -> State:
    """It inherits lane, category and reference. Its sender is the channel's at this moment."""
    now = clock.now()
    return State(
        id=ids.copy_of(original.id, step),
        organization=original.organization,
        channel=spec["channel"],
        status=Status.QUEUED,
        rank=rank(Status.QUEUED),
        kind=Content.model_validate(spec["content"]).type,
        lane=original.lane,
        sender=binding.sender_id if binding else "",
        to=spec["to"],
        category=original.category,
        template=spec.get("template"),
        fingerprint=original.fingerprint,
        reference=original.reference,
        created_at=now,
        send_at=now,
        expires_at=now + ttl.default_ttl(original.lane) * 1000,
        times={"queued": now},
        copy_of=original.id,
        copy_step=step,
    )
