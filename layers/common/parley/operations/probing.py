"""Trying a channel: its credential, its webhook, and a message where one is asked for."""

from parley import providers
from parley.cloud import clock
from parley.errors import ParleyError
from parley.model.channel import Channel, Connection, NewProbe, Probe, ProbeStep
from parley.model.content import Kind
from parley.model.message import NewMessage
from parley.operations import channels, messages, timers
from parley.operations.binding import secret_of
from parley.store import bindings, channel_events, keys


def probe(organization: str, channel_id: str, new: NewProbe) -> Probe:
    """Tries the credential and the webhook's subscription, and sends a message where `to` asks for one.

    A disconnected channel whose platform answers again is connected again."""
    channel = channels.get(organization, channel_id)
    if channel.binding is None:
        return Probe(ok=False, steps=[ProbeStep(step="bound", ok=False, detail="The channel is not bound.")])
    steps = providers.part(channel.binding.provider, "bind").probe(channel.binding, secret_of(channel))
    if all(step.ok for step in steps):
        _reconnect(channel)
        steps += [_send_test(organization, channel_id, new.to)] if new.to else []
    failed = [step.step for step in steps if not step.ok]
    channel_events.log(organization, channel_id, "tested", clock.now(), f"failed: {failed[0]}" if failed else "ok")
    return Probe(ok=not failed, steps=steps)


def _reconnect(channel: Channel) -> None:
    if channel.connection is Connection.DISCONNECTED and bindings.connect_again(channel, clock.now()):
        timers.release_soon(keys.held_by_channel(channel.organization_id, channel.id))


def _send_test(organization: str, channel_id: str, to: str) -> ProbeStep:
    try:
        sent = messages.send(
            organization,
            NewMessage(channel_id=channel_id, to=to, type=Kind.TEXT, text="A test message from Parley."),
            None,
        )
    except ParleyError as error:
        return ProbeStep(step="message", ok=False, detail=error.message)
    return ProbeStep(step="message", ok=True, detail=sent.id)
