"""Ending a deleted channel: the credential first, then what is scheduled and held, at last the tombstone."""

from collections.abc import Callable

from parley import providers
from parley.cloud import clock, credentials
from parley.model.channel import Channel, Life
from parley.model.message import Fault
from parley.operations import ends
from parley.store import channels, holds, keys

GONE = Fault(code="channel_deleted", message="The channel was deleted.")
MARGIN = 5000


def finish(organization: str, channel_id: str) -> None:
    """May be called again at any point; the minute job does until the channel is a tombstone."""
    channel = channels.get(organization, channel_id)
    if channel is None or channel.life is Life.PRESENT:
        channels.unmark_deletion(organization, channel_id)
        return
    if channel.life is Life.DELETING:
        _forget_credential(channel)
        _end_waiting(channel)
        channels.end_deletion(channel, clock.now())
    channels.unmark_deletion(organization, channel_id)


def finish_all(left: Callable[[], int]) -> dict[str, int]:
    """The minute job."""
    done = 0
    for organization, channel in channels.deletions():
        if left() < MARGIN:
            break
        finish(organization, channel)
        done += 1
    return {"deletions": done}


def _forget_credential(channel: Channel) -> None:
    """What signs late receipts stays; a sender may then be taken over by a new channel of the same organization."""
    kept = channels.get_credential(channel.organization_id, channel.id)
    if kept is None or channel.binding is None:
        return
    part = providers.part(channel.binding.provider, "bind")
    secret = credentials.unseal(channel.organization_id, channel.id, kept[1], kept[0])
    rest = {name: value for name, value in secret.items() if name in part.WEBHOOK_SECRETS}
    if rest == secret:
        return  # done already
    version = kept[1] + 1
    channels.replace_credential(channel, credentials.seal(channel.organization_id, channel.id, rest), version)
    channels.release_claims(channel, part.claims(channel.binding))


def _end_waiting(channel: Channel) -> None:
    o, c = channel.organization_id, channel.id
    for held_by in (keys.held_by_schedule(o, c), keys.held_by_channel(o, c), keys.parked(o, c)):
        for state, _ in holds.held(held_by):
            ends.fail_unclaimed(state, GONE)
