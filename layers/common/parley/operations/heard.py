"""Stop and start words that people write, on whatever channel they write them."""

from collections.abc import Iterable

from parley import providers
from parley.cloud.metrics import count
from parley.errors import Invalid, Problem
from parley.model import keywords
from parley.model.channel import Channel, ChannelType
from parley.model.events import InboundMessage
from parley.model.keywords import Wish
from parley.model.suppression import KEYWORD, SuppressionScope
from parley.model.types import JsonObject
from parley.operations import recipients
from parley.operations.answers import Answer
from parley.store import contacts, opt_outs
from parley.store.people import EVERYWHERE

Words = tuple[frozenset[str], frozenset[str]]
FIELDS = ("opt_out_keywords", "opt_in_keywords")


def words(kind: ChannelType, service: JsonObject) -> Words:
    """What stops and what starts on a channel of this type, by its service settings."""
    stop, start = (service.get(name) for name in FIELDS)
    return keywords.stops(stop, by_sms=kind is ChannelType.SMS), keywords.starts(start)


def check(kind: ChannelType, service: JsonObject) -> None:
    """Raises Invalid for a word that would stop and start."""
    stop, start = words(kind, service)
    if stop & start:
        reason = f'"{min(stop & start)}" is a stop word as well; change both lists together.'
        raise Invalid([Problem(FIELDS[1], "keyword_twice", reason)])


def wish(channel: Channel, message: InboundMessage) -> Wish | None:
    """What a text asks for that is nothing but such a word. In a group people talk to each other."""
    abilities = providers.capabilities(channel)
    if not message.text or not all(recipients.is_a_person(who, abilities) for who in message.people):
        return None
    return keywords.read(message.text, *words(channel.type, channel.service))


def follow(wish: Wish, channel: Channel, answer: Answer, message: InboundMessage, at: int) -> None:
    """Marketing stops for them everywhere, or goes on again, here too if a button or the platform had stopped it. By
    SMS a stop word stops everything on the channel besides, as it does for the carriers.

    It counts for every address of theirs, for the one that the message went to which they answer, and, as far as it
    counts everywhere, for every other address of the contact that has one of these."""
    count(f"Keyword{wish.title()}")
    written_to = [answer.message.to] if answer.message else []
    own = dict.fromkeys([*written_to, *(address.key for address in message.people)])
    for who in own:
        _say(wish, channel, who, at)
    for who in _others(channel.organization_id, own):
        _say_everywhere(wish, channel.organization_id, who, at)


def _others(organization: str, own: Iterable[str]) -> set[str]:
    """What else the contacts are called that have these addresses; two reads, one if nobody has them."""
    owners = set(contacts.owners(organization, own).values())
    found = contacts.get_many(organization, owners) if owners else {}
    return {key for contact in found.values() for key in contact.keys}.difference(own)


def _say(wish: Wish, channel: Channel, who: str, at: int) -> None:
    organization, by_sms = channel.organization_id, channel.type is ChannelType.SMS
    _say_everywhere(wish, organization, who, at)
    if wish is Wish.STOP:
        if by_sms:
            opt_outs.stop(organization, channel.id, who, at, KEYWORD, SuppressionScope.ALL)
        return
    opt_outs.resume(organization, channel.id, who, at)
    if by_sms:
        opt_outs.resume(organization, channel.id, who, at, SuppressionScope.ALL)


def _say_everywhere(wish: Wish, organization: str, who: str, at: int) -> None:
    if wish is Wish.STOP:
        opt_outs.stop(organization, EVERYWHERE, who, at, KEYWORD)
    else:
        opt_outs.resume(organization, EVERYWHERE, who, at)
