"""The one call to a provider for a claimed message, and what its outcome means."""

import random

from parley import providers
from parley.cloud import clock, credentials, queues
from parley.errors import Disconnected, OutcomeUnknown, ProviderError, Rejected, Throttled, Unavailable
from parley.model import ids
from parley.model.channel import Binding, Channel
from parley.model.lane import Lane
from parley.model.message import Content, Fault, State
from parley.operations import binding as bindings
from parley.operations import ends, holds
from parley.providers.provider import Accepted, Outbound, Secret
from parley.store import channels, rates
from parley.store import messages as store
from parley.store.controls import Controls

SHORT = 900.0
MAX_BACK_OFF = 60


def call(claimed: State, channel: Channel, known: Controls) -> None:
    """Outcome, record, arm, in this order; the caller acknowledges after it. No retry happens in here."""
    bound = channel.bound
    try:
        prepared, secret = _outbound(claimed, bound, known), _secret(claimed, known)
    except Exception:
        store.give_back(claimed)  # our own fault, before anything left: the message stays healthy
        raise
    try:
        accepted: Accepted = providers.part(bound.provider, "send").send(prepared, bound, secret)
    except ProviderError as error:
        _refused(claimed, channel, bound, error)
    else:
        ends.accepted(claimed, bound, accepted)


def _outbound(claimed: State, bound: Binding, known: Controls) -> Outbound:
    content = known.contents[claimed.organization, claimed.id]
    return Outbound(
        echo=ids.echo(claimed.organization, claimed.id),
        to=claimed.address,
        content=Content.model_validate(content["content"]),
        template=known.templates.get((claimed.organization, claimed.template or "")),
        ttl=max(1, (claimed.expires_at - clock.now()) // 1000),
        marketing=claimed.lane is Lane.MARKETING,
        callback_url=f"{bindings.webhook_url(bound.provider)}{claimed.channel}",
    )


def _secret(claimed: State, known: Controls) -> Secret:
    sealed, version = known.sealed[claimed.organization, claimed.channel]
    return credentials.unseal(claimed.organization, claimed.channel, version, sealed)


def _refused(claimed: State, channel: Channel, bound: Binding, error: ProviderError) -> None:
    match error:
        case Throttled(retry_after=wait):
            _throttled(claimed, channel, wait, error.provider_code)
        case Unavailable():
            _again(claimed, min(MAX_BACK_OFF, 2**claimed.attempt) * random.uniform(0.5, 1))  # noqa: S311 - jitter, not a secret
        case Disconnected():
            _disconnected(claimed, channel, bound, error)
        case OutcomeUnknown():
            ends.unknown(claimed)
        case Rejected(scope=scope):
            ends.rejected(
                claimed, Fault(code=error.code, message=error.message, provider_code=error.provider_code), scope
            )
        case _:
            raise error


def _again(claimed: State, seconds: float) -> None:
    """State first: if this dies before the queue, the record itself comes back and finds the message queued."""
    if store.give_back(claimed):
        queues.enqueue(claimed.lane, claimed.organization, claimed.id, claimed.channel, delay=max(1, round(seconds)))


def _throttled(claimed: State, channel: Channel, seconds: float, code: str | None) -> None:
    """A short wait goes round the queue, a long one parks the sender. 131056 concerns one pair, not the sender."""
    if seconds > SHORT:
        holds.park(claimed, round(seconds))
        return
    if code != "131056":
        rates.push_back(channel.organization_id, channel.id, clock.now() + round(seconds * 1000))
    _again(claimed, seconds)


def _disconnected(claimed: State, channel: Channel, bound: Binding, error: ProviderError) -> None:
    """Marks the channel, unless somebody bound it anew meanwhile: then the message simply goes again."""
    now = clock.now()
    if not channels.disconnect(channel, bound.version, now):
        fresh = channels.get(channel.organization_id, channel.id)
        if fresh and fresh.can_send and fresh.binding and fresh.binding.version != bound.version:
            _again(claimed, 1)
            return
    channels.log(channel.organization_id, channel.id, "disconnected", now, error.provider_code or "")
    if claimed.lane is Lane.OTP:
        ends.rejected(
            claimed,
            Fault(code="channel_unavailable", message=error.message, provider_code=error.provider_code),
            "message",
        )
    else:
        holds.hold_claimed(claimed)
