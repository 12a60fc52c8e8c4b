"""Messages of people: stored once, and the person's service window opened."""

from parley import providers
from parley.cloud import clock
from parley.cloud.metrics import count
from parley.model import ids
from parley.model.channel import Channel, Life
from parley.model.events import InboundMessage
from parley.model.message import State
from parley.model.status import Status, rank
from parley.store import bindings, channels, people
from parley.store import messages as store


def receive(message: InboundMessage, provider: str, via: Channel | None) -> None:
    channel = _receiver(message.sender_id, provider, via)
    if channel is None or not message.people:
        count("InboundOfNobody")
        return
    if not channel.is_active:
        count("InboundWhileInactive")
        return
    for who in message.people:
        people.saw(channel.organization_id, channel.id, who, message.at)
    state = _received(message, channel)
    store.put_content(state, {"type": message.kind, "inbound": message.content})
    store.insert(state)


def _receiver(sender: str, provider: str, via: Channel | None) -> Channel | None:
    """The channel that has the sender; a body that a customer's own app signed speaks for that customer alone."""
    claim = bindings.claimed_by(providers.PLATFORMS.get(provider, provider), sender)
    channel = channels.get(*claim) if claim else None
    if channel is None or channel.life is not Life.PRESENT:
        return None
    return channel if via is None or via.organization_id == channel.organization_id else None


def _received(message: InboundMessage, channel: Channel) -> State:
    """The person is kept as the platform names them; a number gets its plus back."""
    who = message.people[0]
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
        to=f"phone:+{who}" if who.isdigit() else f"bsuid:{who}",
        fingerprint="inbound",
        created_at=at,
        send_at=at,
        expires_at=at,
        times={"received": at},
        provider_id=message.provider_id,
    )
