"""What people do: stored once, and the person's service window opened."""

from parley import providers
from parley.cloud import clock
from parley.cloud.metrics import count
from parley.model import ids
from parley.model.channel import Channel, Life
from parley.model.events import AddressMoved, InboundMessage, Reachability
from parley.model.message import State
from parley.model.status import Status, rank
from parley.model.types import JsonObject
from parley.operations import timers
from parley.store import bindings, channels, people
from parley.store import messages as store


def receive(message: InboundMessage, provider: str, via: Channel | None, received_at: int) -> None:
    """What has no time of its own, as a pressed button, happened when we heard of it."""
    channel = _receiver(message.sender_id, provider, via)
    if channel is None or not message.people:
        count("InboundOfNobody")
        return
    if not channel.is_active:
        count("InboundWhileInactive")
        return
    for who in message.people if message.spoke else []:
        people.saw(channel.organization_id, channel.id, who.key, message.at or received_at)
    state = _received(message, channel)
    store.put_content(state, _content(message), channel.bound.sender)
    kept = store.insert(state) or state
    if message.files or message.follow_up:
        _follow_up(kept)


def _content(message: InboundMessage) -> JsonObject:
    more = {"files": message.files, "follow_up": message.follow_up}
    return {"type": message.kind, "inbound": message.content, **{name: value for name, value in more.items() if value}}


def _follow_up(state: State) -> None:
    """Soon, but not in the way of the other webhooks: a file may take long."""
    now = clock.now()
    timers.again({"kind": "follow_up", "organization": state.organization, "message": state.id, "since": now}, now)


def reachability(report: Reachability, provider: str, via: Channel | None) -> None:
    """Who shut the channel out is not written to; who lets it in again, is."""
    channel = _receiver(report.sender_id, provider, via)
    if channel is None:
        count("InboundOfNobody")
    elif report.reachable:
        people.lift(channel.organization_id, channel.id, report.person.key, report.at)
    else:
        people.suppress(channel.organization_id, channel.id, report.person.key, report.code, report.at)


def moved(report: AddressMoved, provider: str, via: Channel | None) -> None:
    channel = _receiver(report.sender_id, provider, via)
    if channel is None:
        count("InboundOfNobody")
        return
    people.move(channel.organization_id, channel.id, report.old, report.new)


def _receiver(sender: str, provider: str, via: Channel | None) -> Channel | None:
    """The channel that has the sender; a body that a customer's own app signed speaks for that customer alone."""
    claim = bindings.claimed_by(providers.abilities(provider).platform, sender)
    channel = channels.get(*claim) if claim else None
    if channel is None or channel.life is not Life.PRESENT or channel.binding is None:
        return None
    return channel if via is None or via.organization_id == channel.organization_id else None


def _received(message: InboundMessage, channel: Channel) -> State:
    at = message.at or clock.now()
    return State(
        id=ids.inbound(channel.id, message.provider_id),
        organization=channel.organization_id,
        channel=channel.id,
        direction="in",
        status=Status.RECEIVED,
        rank=rank(Status.RECEIVED),
        kind=message.kind,
        sender=message.sender_id,
        to=message.people[0].key,
        fingerprint="inbound",
        created_at=at,
        send_at=at,
        expires_at=at,
        times={"received": at},
        provider_id=message.provider_id,
    )
