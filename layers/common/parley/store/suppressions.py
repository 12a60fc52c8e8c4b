"""The list of people who are not written to, on a channel or everywhere, and what an operator says there."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from parley.model.address import Address, of_key
from parley.model.lane import Category
from parley.model.suppression import SuppressionScope
from parley.model.times import rfc3339
from parley.store import people_keys, table, words
from parley.store.table import Item
from parley.store.words import ALL, MARKETING, Whom

WORDS = {ALL: words.OF_OPERATOR, MARKETING: words.OF_OPERATOR_ON_MARKETING}


class Listed(NamedTuple):
    to: Address
    reason: str
    scope: SuppressionScope
    created_at: str
    expires_at: str | None


def bar(whom: Whom, scope: SuppressionScope, reason: str, now: int, until: int | None) -> None:
    """An operator's word stands until its end or until an operator takes it back, whatever anybody else says."""
    words.say(whom, WORDS[scope], now, reason, until=until, anyway=True)


def clear(whom: Whom, now: int) -> bool:
    """Takes back every word about this person. False: none stands."""
    return words.clear(whom, now)


def page(organization: str, channel: str, start: Item | None, limit: int, now: int) -> tuple[list[Listed], Item | None]:
    """A page of a channel's list, or of the one that holds everywhere; what is over is not in it."""
    condition, values = _all(organization, channel)
    items, last = table.query_page(table.data(), condition, values, start=start, limit=limit)
    return [_listed(item) for item in items if _stands(item, now)], last


def addresses(organization: str, channels: Iterable[str], category: Category | None, now: int) -> Iterator[str]:
    """Everybody, as `kind:value`, who is not written to on one of these channels (empty: everywhere)."""
    for channel in channels:
        for item in table.query(table.data(), *_all(organization, channel)):
            if _stands(item, now) and (item["scope"] == ALL or category is Category.MARKETING):
                yield item["to"]


def _all(organization: str, channel: str) -> tuple[str, Item]:
    pk, prefix = people_keys.suppressions(organization, channel)
    return "pk = :pk AND begins_with(sk, :prefix)", {":pk": pk, ":prefix": prefix}


def _stands(item: Item, now: int) -> bool:
    return bool(item.get("until", now + 1) > now)


def _listed(item: Item) -> Listed:
    until = item.get("until")
    scope, ends = SuppressionScope(item["scope"]), rfc3339(until) if until else None
    return Listed(of_key(item["to"]), item["reason"], scope, item["created_at"], ends)
