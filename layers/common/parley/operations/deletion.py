"""Ending a deleted channel: the credential first, then what is scheduled and held, at last the tombstone."""

from collections.abc import Callable
from functools import partial

from parley import providers
from parley.cloud import clock, credentials
from parley.model.channel import Channel, Life
from parley.model.message import Fault
from parley.operations import binding, ends
from parley.operations.each import each
from parley.store import bindings, channels, holds, keys, templates, waiting

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
        done += each("a deletion failed", partial(finish, organization, channel))
    return {"deletions": done}


def _forget_credential(channel: Channel) -> None:
    """The platform is told to send no more. What signs late receipts stays; a sender may then be
    taken over by a new channel of the same organization."""
    kept = bindings.get_credential(channel.organization_id, channel.id)
    if kept is None or channel.binding is None:
        return
    part = providers.part(channel.binding.provider, "bind")
    secret = credentials.unseal(channel.organization_id, channel.id, kept[1], kept[0])
    rest = {name: value for name, value in secret.items() if name in part.WEBHOOK_SECRETS}
    if rest == secret:
        return  # done already
    binding.leave(channel, channel.binding, secret)
    version = kept[1] + 1
    bindings.replace_credential(channel, credentials.seal(channel.organization_id, channel.id, rest), version)
    bindings.release_claims(channel, part.claims(channel.binding))


def _end_waiting(channel: Channel) -> None:
    """What is scheduled is cancelled, so that no fallback of a later day goes out now; what is held fails."""
    o, c = channel.organization_id, channel.id
    for state in holds.held(keys.held_by_schedule(o, c)):
        waiting.cancel(state, clock.now())
    of_templates = [keys.held_by_template(o, template.id) for template in templates.of_channel(o, c)]
    for held_by in (keys.held_by_channel(o, c), keys.parked(o, c), keys.quiet(o, c), *of_templates):
        for state in holds.held(held_by):
            if state.channel == c:
                ends.fail_unclaimed(state, GONE)
