"""The one call to a provider for a claimed message, and what its outcome means."""

import random
from dataclasses import dataclass

from parley import providers
from parley.cloud import clock, credentials, queues
from parley.errors import Disconnected, Moved, OutcomeUnknown, ProviderError, Rejected, Throttled, Unavailable
from parley.model import ids
from parley.model.address import Address, of_key
from parley.model.channel import Binding, Channel
from parley.model.content import Content
from parley.model.fallback import seconds_to_deliver
from parley.model.lane import Lane
from parley.model.message import Fault, State
from parley.model.template import Template
from parley.operations import ends, headers, holds, otp_pool, rows, uploads
from parley.operations.otp_pool import Route
from parley.providers.provider import Accepted, Outbound, Secret
from parley.store import bindings, channel_events, channels, people, rates
from parley.store import messages as store
from parley.store.controls import Controls

SHORT = 900.0
MAX_BACK_OFF = 60


@dataclass(frozen=True)
class Prepared:
    """Everything a call needs, made before the claim: our own faults must not happen behind it. `channel` is the one
    that sends, of a `route` that of the pool."""

    channel: Channel
    outbound: Outbound
    secret: Secret
    route: Route | None = None


def prepare(state: State, known: Controls, route: Route | None = None) -> Prepared:
    """Raises LookupError if content or credential is missing, or if the credential is of another binding."""
    channel = route.channel if route else known.channels[state.organization, state.channel]
    template = route.template if route else known.templates.get((state.organization, state.template or ""))
    sealed, version = route.sealed if route else known.sealed[state.organization, state.channel]
    if version != channel.bound.version:  # bound anew between two keys of one batch read, which is no snapshot
        raise LookupError("the credential is of another binding")
    secret = credentials.unseal(channel.organization_id, channel.id, version, sealed)
    return Prepared(channel, _outbound(state, channel, template, known), secret, route)


def _outbound(state: State, channel: Channel, template: Template | None, known: Controls) -> Outbound:
    content = _content(state, known)
    sender = channel.bound.sender_id
    content, files = uploads.prepared(state.organization, content, providers.capabilities(channel), sender)
    return Outbound(
        echo=ids.echo(state.organization, state.id),
        to=of_key(known.person_of(state).moved_to or state.to),
        content=content,
        files=files,
        template=template,
        links=headers.links(channel.organization_id, template),
        ttl=seconds_to_deliver(state, clock.now()),
        marketing=state.lane is Lane.MARKETING,
        callback_url=f"{providers.webhook_url(channel.bound.provider)}{channel.id}",
    )


def _content(state: State, known: Controls) -> Content:
    """Raises LookupError where it is gone."""
    run = known.runs.get((state.organization, state.broadcast or ""))
    if run and (state.organization, state.id) not in known.contents:  # a row that comes back without its words
        return rows.words(state, run)
    return Content.model_validate(known.contents[state.organization, state.id]["content"])


def call(claimed: State, prepared: Prepared) -> None:
    """Outcome, record, arm, in this order; the caller acknowledges after it. No retry happens in here."""
    bound = prepared.channel.bound
    try:
        accepted: Accepted = providers.part(bound.provider, "send").send(prepared.outbound, bound, prepared.secret)
    except ProviderError as error:
        _refused(claimed, prepared, error)
    else:
        ends.accepted(claimed, bound, accepted)
        if prepared.route:
            otp_pool.accepted(prepared.route)


def _refused(claimed: State, prepared: Prepared, error: ProviderError) -> None:
    channel = prepared.channel
    if prepared.route and otp_pool.is_for_its_sender(error):
        _elsewhere(claimed, prepared.route, error)
        return
    match error:
        case Moved(to=to):
            _moved(claimed, prepared.outbound.to, to, error)
        case Throttled():
            _throttled(claimed, channel, error)
        case Unavailable():
            _again(claimed, min(MAX_BACK_OFF, 2**claimed.attempt) * random.uniform(0.5, 1))  # noqa: S311 - jitter
        case Disconnected():
            _disconnected(claimed, channel, channel.bound, error)
        case OutcomeUnknown():
            ends.unknown(claimed)
        case Rejected(scope=scope):
            ends.rejected(claimed, _fault(error), scope if prepared.route is None else "message")
        case _:
            raise error


def _elsewhere(claimed: State, route: Route, error: ProviderError) -> None:
    """A number of the pool certainly did not send the code: what is wrong with it is kept first, then the code goes
    again, from another one."""
    channel, now = route.channel, clock.now()
    match error:
        case Throttled(retry_after=seconds):
            rates.push_back(channel.organization_id, channel.id, now + round(seconds * 1000))
        case Disconnected():
            _mark_disconnected(channel, channel.bound, error)
        case Rejected(scope="template"):
            holds.pause_template(channel.organization_id, route.template.id, _fault(error))
    otp_pool.refused(route, error)
    _again(claimed, 1)


def _moved(claimed: State, old: Address, new: str, error: ProviderError) -> None:
    """The new address is kept before the message goes again, to it. A platform that names the same one is not asked
    for ever."""
    if new == old.key:
        ends.rejected(claimed, _fault(error), "message")
        return
    for known in dict.fromkeys((claimed.to, old.key)):
        people.move(claimed.organization, claimed.channel, of_key(known), of_key(new))
    _again(claimed, 1)


def _again(claimed: State, seconds: float) -> None:
    """State first: if this dies before the queue, the record itself comes back and finds the message queued."""
    if store.give_back(claimed):
        queues.enqueue(claimed.lane, claimed.organization, claimed.id, claimed.channel, delay=max(1, round(seconds)))


def _throttled(claimed: State, channel: Channel, error: Throttled) -> None:
    """A short wait goes round the queue, a long one parks the message, and with it what the sender sends next."""
    if error.scope == "sender":
        rates.push_back(channel.organization_id, channel.id, clock.now() + round(error.retry_after * 1000))
    if error.retry_after <= SHORT:
        _again(claimed, error.retry_after)
    elif claimed.lane is Lane.OTP:
        ends.rejected(claimed, _fault(error), "message")
    else:
        holds.park_claimed(claimed, clock.now() + round(error.retry_after * 1000))


def _disconnected(claimed: State, channel: Channel, bound: Binding, error: ProviderError) -> None:
    """Where somebody bound the channel anew meanwhile, the message simply goes again."""
    if not _mark_disconnected(channel, bound, error):
        _again(claimed, 1)
        return
    if claimed.lane is Lane.OTP:
        ends.rejected(claimed, _fault(error), "message")
    else:
        holds.hold_claimed(claimed)


def _mark_disconnected(channel: Channel, bound: Binding, error: ProviderError) -> bool:
    """False: somebody bound the channel anew meanwhile."""
    now = clock.now()
    if not bindings.disconnect(channel, bound.version, now):
        fresh = channels.get(channel.organization_id, channel.id)
        if fresh and fresh.can_send and fresh.bound.version != bound.version:
            return False
    channel_events.log(channel.organization_id, channel.id, "disconnected", now, error.provider_code or "")
    return True


def _fault(error: ProviderError) -> Fault:
    code = "channel_unavailable" if isinstance(error, Disconnected | Throttled) else error.code
    return Fault(code=code, message=error.message[:120], provider_code=error.provider_code)
