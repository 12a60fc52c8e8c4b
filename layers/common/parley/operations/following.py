"""Templates that the platform has: taken over from there, and compared with ours every hour."""

import re
from collections.abc import Callable, Iterator
from functools import partial

from parley import providers
from parley.cloud import clock
from parley.errors import Conflict
from parley.model import cursor, ids
from parley.model.channel import Channel, Connection
from parley.model.components import LANGUAGE, NAME
from parley.model.template import Design, Existing, Import, Imported, NotImported, Template, TemplateStatus
from parley.model.times import rfc3339
from parley.operations import binding, channels, reviews, rounds
from parley.operations.each import each
from parley.store import channels as channel_store
from parley.store import templates as store

MARGIN = 5000
THERE = frozenset({TemplateStatus.APPROVED, TemplateStatus.PAUSED})


def import_page(organization: str, wanted: Import) -> Imported:
    """A page of the platform's templates: those that are not here yet are taken over, what cannot be is named with its
    reason. A repeat finds what it has, and takes over what was changed there since."""
    channel = channels.get(organization, wanted.channel_id)
    if channel.binding is None:
        raise Conflict("channel_unbound", "Bind the channel first.")
    if not providers.capabilities(channel).dialect.reviewed:
        raise Conflict("nothing_to_import", "The platform of this channel keeps no templates.")
    start = cursor.decode(wanted.next, existing=channel.id) or {}
    rows, after = _page(channel, start.get("after", ""))
    imported, refused = [], []
    for one in rows:
        found = _take(channel, one)
        if isinstance(found, Template):
            imported.append(found)
        elif found:
            refused.append(NotImported(name=one.name, language=one.language, reason=found))
    known = len(rows) - len(imported) - len(refused)
    next_page = cursor.encode({"after": after} if after else None, existing=channel.id)
    return Imported(imported=imported, known=known, refused=refused, next=next_page)


def _page(channel: Channel, after: str) -> tuple[list[Existing], str]:
    found: tuple[list[Existing], str] = providers.part(channel.bound.provider, "existing").page(
        channel.bound, binding.secret_of(channel), after
    )
    return found


def _take(channel: Channel, one: Existing) -> Template | str | None:
    """The new template, None for one that is here, or why it cannot be here."""
    ours = _ours(channel, one)
    if ours:
        _compare(ours, one, channel)
        return None
    if store.find(channel.organization_id, channel.id, one.name, one.language):
        return "Another template here has this name and language."
    if not re.fullmatch(NAME, one.name) or not re.fullmatch(LANGUAGE, one.language):
        return "A name or language of this form cannot be written here."
    return _keep(channel, one, one.design) if one.design else one.problem


def _ours(channel: Channel, one: Existing) -> Template | None:
    """By the platform's id; two channels may share one business account, and each has its own."""
    claim = store.claimed(channel.bound.provider, one.state.provider_id)
    found = store.get(*claim) if claim and claim[0] == channel.organization_id else None
    if found and found.channel_id == channel.id:
        return found
    named = store.find(channel.organization_id, channel.id, one.name, one.language)
    return named if named and named.provider_id == one.state.provider_id else None


def _keep(channel: Channel, one: Existing, design: Design) -> Template:
    now = rfc3339(clock.now())
    made = Template(
        id=ids.derived(channel.id, "import", one.state.provider_id),
        organization_id=channel.organization_id,
        channel_id=channel.id,
        name=one.name,
        language=one.language,
        status=one.state.status or TemplateStatus.IN_REVIEW,
        reason=one.state.reason,
        quality=one.state.quality,
        expected_category=one.state.expected or None,
        provider_id=one.state.provider_id,
        asked_category=design.category,
        imported=True,
        created_at=now,
        updated_at=now,
        **design._asdict(),
    )
    store.insert(made, [])
    if store.claimed(channel.bound.provider, one.state.provider_id) is None:
        store.claim(made, channel.bound.provider, one.state.provider_id)
    if made.status in reviews.WATCHED:
        store.mark_review(made, clock.now())
    return made


def _compare(ours: Template, one: Existing, channel: Channel) -> None:
    """Takes over what the platform changed; the content only of a template that was written there."""
    if reviews.tells_more(one.state, ours):
        ours = reviews.apply(ours, channel.bound.provider, one.state)
    said = Design(ours.category, ours.parameter_format, ours.components, ours.samples)
    if ours.imported and one.design and one.design != said:
        fields = Template.model_construct(**one.design._asdict()).model_dump(include=set(Design._fields))
        store.change(ours, fields, frozenset(TemplateStatus), clock.now())


def watch(left: Callable[[], int]) -> dict[str, int]:
    """Compares every template that was approved with the platform's: it may have changed its category or its quality,
    or have lost it, and the webhook may be lost."""
    counted = {"watched": 0}
    for organization, name in rounds.channels_in_turn("TEMPLATES", left, MARGIN):
        channel = channel_store.get(organization, name)
        if channel and _is_watched(channel):
            counted["watched"] += each("templates could not be compared", partial(_watch, channel, left))
    return counted


def _is_watched(channel: Channel) -> bool:
    bound = channel.binding is not None and channel.connection is Connection.CONNECTED
    return bound and providers.capabilities(channel).dialect.reviewed


def _watch(channel: Channel, left: Callable[[], int]) -> None:
    ours = {each.provider_id: each for each in store.of_channel(channel.organization_id, channel.id)}
    rows = {row.state.provider_id: row for row in _all(channel)} if ours.keys() - {None} else {}
    for found in ours.values():
        if left() < MARGIN:
            return
        row = rows.get(found.provider_id or "")
        if row:
            _compare(found, row, channel)
        elif found.provider_id and found.status in THERE:
            _look_again(found, channel)


def _all(channel: Channel) -> Iterator[Existing]:
    rows, after = _page(channel, "")
    yield from rows
    while after:
        rows, after = _page(channel, after)
        yield from rows


def _look_again(found: Template, channel: Channel) -> None:
    """A list may miss one that was moved between two of its pages."""
    part = providers.part(channel.bound.provider, "templates")
    if part.fetch(found, channel.bound, binding.secret_of(channel)) is None:
        reviews.gone(found)
