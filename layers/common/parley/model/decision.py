"""What a worker does with one message that it took from a lane: a pure rule, so every case can be listed and tested."""

from enum import StrEnum

from parley.model.channel import Channel, Connection, Life
from parley.model.lane import Lane
from parley.model.message import Fault, State
from parley.model.status import ENDED_BADLY, Status
from parley.model.template import Template, TemplateStatus
from parley.model.types import Model


class Step(StrEnum):
    """`IGNORE`: acknowledge. `GIVE_BACK`: a live lease, another worker has it. `LOST`: the lease is over, nobody knows.
    `REARM`: recorded, its timer may be missing. `FIRE`: ended, its fallback may be missing."""

    IGNORE = "ignore"
    GIVE_BACK = "give_back"
    LOST = "lost"
    REARM = "rearm"
    FIRE = "fire"
    EXPIRE = "expire"
    FAIL = "fail"
    SKIP = "skip"
    HOLD = "hold"
    CANCEL = "cancel"
    SEND = "send"


class Decision(Model):
    step: Step
    fault: Fault | None = None
    hold: str | None = None
    until: int | None = None


RECORDED = frozenset({Status.UNKNOWN, Status.ACCEPTED, Status.SENT, Status.DELIVERED})


def decide(
    state: State,
    channel: Channel | None,
    template: Template | None,
    now: int,
    suppressed_for: str | None = None,
    quiet_until: int | None = None,
) -> Decision:
    """`suppressed_for` is why the person is not written to on this channel, None if they are; `quiet_until` is when
    their quiet hours end."""
    if state.status is not Status.QUEUED:
        return Decision(step=_not_queued(state, now))
    if state.expires_at <= now:
        return Decision(step=Step.EXPIRE)
    if state.error and state.error.local:  # accepted with a fault, for the sake of its fallback
        return Decision(step=Step.FAIL, fault=state.error)
    if suppressed_for:
        return Decision(
            step=Step.SKIP, fault=Fault(code=suppressed_for, message="The person is on the suppression list.")
        )
    send = Decision(step=Step.HOLD, hold="quiet", until=quiet_until) if quiet_until else Decision(step=Step.SEND)
    return _channel(state, channel) or _template(state, template) or send


def _not_queued(state: State, now: int) -> Step:
    if state.status is Status.SENDING:
        return Step.GIVE_BACK if (state.lease_until or 0) > now else Step.LOST
    if state.status in RECORDED:
        return Step.REARM
    return Step.FIRE if state.status in ENDED_BADLY else Step.IGNORE


def _channel(state: State, channel: Channel | None) -> Decision | None:
    if channel is None or channel.life is not Life.PRESENT:
        return _fail("channel_deleted", "The channel was deleted.")
    if channel.is_active and channel.connection is Connection.CONNECTED:
        sender = channel.binding.sender_id if channel.binding else ""
        return None if sender == state.sender else _fail("sender_gone", "The channel was bound to another sender.")
    if state.lane is Lane.OTP:
        return _fail("channel_unavailable", "The channel was inactive or disconnected; a one-time code does not wait.")
    return Decision(step=Step.HOLD, hold="channel")


def _template(state: State, template: Template | None) -> Decision | None:
    if state.template is None:
        return None
    if template is None:
        return _fail("template_deleted", "The template was deleted.")
    if template.sendable:
        return None
    stopped = template.status is TemplateStatus.PAUSED or template.status is TemplateStatus.APPROVED
    if stopped and state.lane is not Lane.OTP:
        return Decision(step=Step.HOLD, hold="template")
    return _fail("template_not_approved", "The template is no longer approved.")


def _fail(code: str, message: str) -> Decision:
    return Decision(step=Step.FAIL, fault=Fault(code=code, message=message))
