"""The list of people who are not written to, as an operator works with it; platforms add to it by themselves."""

from parley import providers
from parley.cloud import clock
from parley.errors import NotFound
from parley.model import cursor
from parley.model.address import LONGEST, Address, read_recipient
from parley.model.channel import Channel
from parley.model.suppression import NewSuppression, Suppression
from parley.model.times import rfc3339
from parley.model.types import Page
from parley.operations import channels
from parley.store import opt_outs, people


def create(organization: str, new: NewSuppression) -> Suppression:
    """An operator's word stands until an operator takes it back, whatever the person or the platform does."""
    channel = channels.get(organization, new.channel_id)
    to, now = _person(channel, new.to), clock.now()
    people.suppress(organization, channel.id, to.key, new.reason, now, by_operator=True)
    kept = people.get(organization, channel.id, to.key)
    since, reason = kept.suppressed_at or now, kept.suppressed_for or new.reason
    return Suppression(channel_id=channel.id, to=to, reason=reason, created_at=rfc3339(since))


def delete(organization: str, channel_id: str, to: str) -> None:
    """The person is written to again, with marketing too. Raises NotFound if they were not on the list."""
    channel = channels.get(organization, channel_id)
    who, now = _person(channel, to).key, clock.now()
    also = people.get(organization, channel.id, who).known_as  # an opt-out stands under both
    lifted = [people.lift(organization, channel.id, who, now, by_operator=True)]
    lifted += [opt_outs.resume(organization, channel.id, each, now, by_operator=True) for each in (who, also) if each]
    if not any(lifted):
        raise NotFound("suppression")


def list_all(organization: str, channel_id: str, next_page: str | None, limit: int) -> Page[Suppression]:
    channels.get(organization, channel_id)
    position = cursor.decode(next_page, suppressions=channel_id)
    found, last = people.suppressed(organization, channel_id, position, limit)
    rows = [Suppression(channel_id=channel_id, **each._asdict()) for each in found]
    return Page(items=rows, next=cursor.encode(last, suppressions=channel_id))


def _person(channel: Channel, to: str | Address) -> Address:
    """`kind:value`, as the list shows it, or as in a send."""
    forms = providers.capabilities(channel).people
    if isinstance(to, str) and ":" in to:
        kind, _, value = to.partition(":")
        if kind in {form.kind for form in forms} and 0 < len(value) <= LONGEST:
            return read_recipient(Address.model_validate({"type": kind, "value": value}), forms)
    return read_recipient(to, forms)
