"""People, by typed address: when they last wrote on a channel, whether they are written to, and where they moved to.

What is known everywhere stands beside what is known on a channel. What was dialled and what the platform calls the
same person are different addresses; `known_as` leads from one to the other."""

from collections.abc import Iterable, Set
from typing import NamedTuple

from parley.cloud import clock
from parley.model.address import Address, AddressKind, of_key
from parley.model.lane import Category
from parley.model.suppression import OPTED_OUT
from parley.store import people_keys, suppressions, table, words
from parley.store.table import ConditionFailed, Item, Key
from parley.store.words import ALL, MARKETING, OF_PLATFORM, Whom

EVERYWHERE = ""
"""In the place of a channel: every channel of the organization."""


class Person(NamedTuple):
    """Times in epoch milliseconds; addresses as `kind:value`. The reasons are those that stand at one instant."""

    last_inbound_at: int | None = None
    known_as: str | None = None
    moved_to: str | None = None
    suppressed_for: str | None = None
    unmarketed_for: str | None = None

    def refuses(self, category: Category | None) -> str | None:
        """Why they are not written to; who wants no marketing gets everything else."""
        if self.suppressed_for or category is not Category.MARKETING:
            return self.suppressed_for
        return OPTED_OUT if self.unmarketed_for else None


STRANGER = Person()


class Known(NamedTuple):
    """What decides over a send to somebody on a channel. `same` is what is known of their other addresses."""

    here: Person = STRANGER
    everywhere: Person = STRANGER
    same: tuple[Person, ...] = ()

    @property
    def moved_to(self) -> str | None:
        return self.here.moved_to

    @property
    def last_inbound_at(self) -> int | None:
        """When this person last wrote, under whichever address."""
        return max(filter(None, (each.last_inbound_at for each in (self.here, *self.same))), default=None)

    @property
    def others(self) -> set[str]:
        return set(filter(None, (self.here.known_as, self.here.moved_to, self.everywhere.known_as)))

    def refuses(self, category: Category | None) -> str | None:
        """Why this person is not written to. A word that stops everything is named before one that stops marketing."""
        found = filter(None, (each.refuses(category) for each in (self.here, self.everywhere, *self.same)))
        return min(found, key=lambda why: why == OPTED_OUT, default=None)


def read(item: Item, at: int) -> Person:
    known = {name: item.get(name) for name in ("last_inbound_at", "known_as", "moved_to")}
    return Person(**known, suppressed_for=words.why(item, ALL, at), unmarketed_for=words.why(item, MARKETING, at))


def _person(item: Item | None, at: int) -> Person:
    return read(item, at) if item else STRANGER


def get(organization: str, channel: str, who: str) -> Person:
    return _person(table.get(table.data(), people_keys.person(organization, channel, who)), clock.now())


def keys_of(whom: Whom) -> list[Key]:
    """The items about somebody on a channel."""
    organization, channel, who = whom
    return [people_keys.person(organization, each, who) for each in (channel, EVERYWHERE)]


def about(organization: str, channel: str, who: str, at: int) -> Known:
    """By the words that stand at that instant."""
    whom = (organization, channel, who)
    return about_all([whom], table.get_many(table.data(), keys_of(whom)), at)[whom]


def about_all(wanted: Iterable[Whom], items: Iterable[Item], at: int) -> dict[Whom, Known]:
    """From what was read of their keys. Whoever has other addresses is looked up under those too, in one more read for
    all of them."""
    found = _pairs(list(wanted), items, at)
    same = {whom: [(*whom[:2], other) for other in sorted(known.others)] for whom, known in found.items()}
    others = [each for several in same.values() for each in several]
    if not others:
        return found
    more = _pairs(others, table.get_many(table.data(), [key for each in others for key in keys_of(each)]), at)
    return {
        whom: known._replace(same=tuple(person for each in same[whom] for person in more[each][:2]))
        for whom, known in found.items()
    }


def _pairs(wanted: list[Whom], items: Iterable[Item], at: int) -> dict[Whom, Known]:
    by_key = {(item["pk"], item["sk"]): item for item in items}
    persons = {whom: [_person(by_key.get((key["pk"], key["sk"])), at) for key in keys_of(whom)] for whom in wanted}
    return {whom: Known(here, everywhere) for whom, (here, everywhere) in persons.items()}


def saw(organization: str, channel: str, who: str, at: int) -> None:
    """Remembers the newest message of a person; whoever writes can be reached again. An older message that comes late
    changes nothing."""
    condition = "attribute_not_exists(last_inbound_at) OR last_inbound_at < :at"
    key = people_keys.person(organization, channel, who)
    try:
        item = table.update(table.data(), key, "SET last_inbound_at = :at", condition, {":at": at})
    except ConditionFailed as failed:
        item = failed.old or {}  # an earlier try may have died before the next step
    if OF_PLATFORM.at in item:
        let_in(organization, channel, who, at)


def know_as(organization: str, channel: str, dialled: str, who: str) -> None:
    """The platform knows the dialled number under another id (Brazil's ninth digit, Mexico's 1). That it is another
    number is known everywhere, so that what the person says under one of them counts for both."""
    if dialled == who:
        return
    whom = (organization, channel, dialled)
    known = _pairs([whom], table.get_many(table.data(), keys_of(whom)), clock.now())[whom]
    if known.here.known_as != who:
        _set(organization, channel, dialled, "known_as", who)
    if known.everywhere.known_as != who and of_key(who).type is of_key(dialled).type is AddressKind.PHONE:
        _set(organization, EVERYWHERE, dialled, "known_as", who)


def move(organization: str, channel: str, old: Address, new: Address) -> None:
    """The platform gave a chat another id; everything that goes to the old one goes to the new one."""
    _set(organization, channel, old.key, "moved_to", new.key)


def _set(organization: str, channel: str, who: str, name: str, value: str) -> None:
    key = people_keys.person(organization, channel, who)
    try:
        table.update(table.data(), key, f"SET {name} = :value", f"NOT {name} = :value", {":value": value})
    except ConditionFailed:
        return  # known already


def suppress(organization: str, channel: str, who: str, code: str, at: int) -> None:
    """A platform says that nothing reaches this person on this channel. What they did after that speaks against it."""
    words.say((organization, channel, who), OF_PLATFORM, at, code)


def let_in(organization: str, channel: str, who: str, at: int) -> None:
    """This person can be reached again."""
    words.take_back((organization, channel, who), OF_PLATFORM, at)


def all_suppressed(organization: str, channel: str, category: Category | None, now: int) -> Set[str]:
    """Every address, as `kind:value`, that is not written to on this channel now: by the channel's own list or by the
    one that holds everywhere. For many checks at once; a worker looks again, also under a person's other addresses."""
    return set(suppressions.addresses(organization, dict.fromkeys((EVERYWHERE, channel)), category, now))
