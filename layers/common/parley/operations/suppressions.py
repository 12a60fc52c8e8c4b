"""The list of people who are not written to, as an operator works with it; platforms and people add to it too."""

from datetime import datetime
from typing import NamedTuple

from parley import providers
from parley.cloud import clock
from parley.errors import Invalid, NotFound, Problem
from parley.model import cursor
from parley.model.address import LONGEST, Address, AddressKind, Forms, kinds, read_recipient
from parley.model.suppression import NewSuppression, Suppression
from parley.model.times import rfc3339
from parley.model.types import JsonObject, Page
from parley.operations import channels
from parley.store import channels as channel_store
from parley.store import people
from parley.store import suppressions as store
from parley.store.people import EVERYWHERE
from parley.store.table import Item

MOST_READS = 150
"""Of one page: lists may be empty, and what is over stays in them unseen."""


class Place(NamedTuple):
    """Where a word holds: on a channel or everywhere, and how people are known there."""

    channel: str
    forms: Forms


def create(organization: str, new: NewSuppression) -> Suppression:
    """An operator's word stands until its end or until an operator takes it back, whatever the person or the platform
    does. It holds for the person's other numbers too, as far as they are known."""
    place, now = _place(organization, new.channel_id), clock.now()
    to, until = _person(place, new.to), _end(new.expires_at, now)
    for who in _also(organization, place.channel, to.key):
        store.bar((organization, place.channel, who), new.scope, new.reason, now, until)
    ends = rfc3339(until) if until else None
    more = {"channel_id": new.channel_id, "created_at": rfc3339(now), "expires_at": ends}
    return Suppression.model_validate({"to": to, "reason": new.reason, "scope": new.scope, **more})


def _end(given: datetime | None, now: int) -> int | None:
    until = round(given.timestamp() * 1000) if given else None
    if until is not None and until <= now:
        raise Invalid([Problem("expires_at", "in_the_past", "The end of a suppression lies in the future.")])
    return until


def delete(organization: str, channel_id: str | None, to: str) -> None:
    """The person is written to again, with marketing too; without a channel, as far as no channel's own list stops it.
    Raises NotFound if they were not on the list."""
    place, now = _place(organization, channel_id), clock.now()
    whom = [(organization, place.channel, who) for who in _also(organization, place.channel, _person(place, to).key)]
    cleared = [store.clear(each, now) for each in whom]
    if not any(cleared):
        raise NotFound("suppression")


def _also(organization: str, channel: str, who: str) -> list[str]:
    """Their addresses: a word stands under each."""
    other = people.get(organization, channel, who).known_as
    return [who, other] if other else [who]


def list_all(organization: str, channel_id: str | None, next_page: str | None, limit: int) -> Page[Suppression]:
    """Of a channel; without one all of them: first what holds everywhere, then channel by channel."""
    lists = _lists(organization) if channel_id is None else [_place(organization, channel_id).channel]
    at, start = _position(cursor.decode(next_page, suppressions=channel_id), lists)
    rows, reads = list[Suppression](), 0
    while at is not None and len(rows) < limit and reads < MOST_READS:
        found, start = store.page(organization, at, start, limit - len(rows), clock.now())
        rows += [Suppression(channel_id=at or None, **each._asdict()) for each in found]
        at = at if start else _after(lists, at)
        reads += 1
    last = {"list": at, "start": start} if at is not None else None
    return Page(items=rows, next=cursor.encode(last, suppressions=channel_id))


def _lists(organization: str) -> list[str]:
    return [EVERYWHERE, *sorted(channel.id for channel in channel_store.list_all(organization))]


def _after(lists: list[str], at: str) -> str | None:
    return next((each for each in lists if each > at), None)


def _position(position: JsonObject | None, lists: list[str]) -> tuple[str | None, Item | None]:
    """The list to go on with and where in it, as a cursor brought them; a channel may have been deleted meanwhile."""
    if position is None:
        return lists[0], None
    at, start = position.get("list"), position.get("start")
    if not isinstance(at, str) or not (start is None or isinstance(start, dict)):
        raise cursor.bad_cursor()
    return (at, start) if at in lists else (_after(lists, at), None)


def _place(organization: str, channel_id: str | None) -> Place:
    if channel_id is None:
        return Place(EVERYWHERE, providers.every_form())
    channel = channels.get(organization, channel_id)
    return Place(channel.id, providers.capabilities(channel).people)


def _person(place: Place, to: str | Address) -> Address:
    """`kind:value`, as the list shows it, or as in a send; everywhere a plain text is a phone number."""
    if isinstance(to, str) and ":" in to:
        kind, _, value = to.partition(":")
        if kind in kinds(place.forms) and 0 < len(value) <= LONGEST:
            to = Address.model_validate({"type": kind, "value": value})
    if place.channel:
        return read_recipient(to, place.forms)
    known = kinds(place.forms)
    if isinstance(to, Address) and to.type not in known:
        reason = f"Channels know people by {', '.join(known)}, none by {to.type}."
        raise Invalid([Problem("to", "address_kind", reason)])
    plain = tuple(form for form in place.forms if form.kind is AddressKind.PHONE)
    return read_recipient(to, place.forms if isinstance(to, Address) else plain)
