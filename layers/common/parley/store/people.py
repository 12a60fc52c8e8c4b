"""People on a channel, by typed address: when they last wrote, whether they can be reached, and where they moved to.

What was dialled and what the platform calls the same person are two items; `known_as` leads from one to the other."""

from typing import NamedTuple

from parley.model.address import Address, of_key
from parley.model.lane import Category
from parley.model.suppression import OPTED_OUT, SuppressionScope
from parley.model.times import rfc3339
from parley.store import keys, table
from parley.store.table import ConditionFailed, Item, TransactionFailed

OPERATOR, PLATFORM = "operator", "platform"
_FREE = "attribute_not_exists(suppressed_at)"


def not_after(name: str) -> str:
    return f"(attribute_not_exists({name}) OR {name} <= :at)"


class Person(NamedTuple):
    """Times in epoch milliseconds; addresses as `kind:value`."""

    last_inbound_at: int | None = None
    suppressed_at: int | None = None
    suppressed_for: str | None = None
    known_as: str | None = None
    moved_to: str | None = None
    marketing_stopped_at: int | None = None

    def refuses(self, category: Category | None) -> str | None:
        """Why they are not written to; an opt-out stops marketing alone."""
        if self.suppressed_for or category is not Category.MARKETING:
            return self.suppressed_for
        return OPTED_OUT if self.marketing_stopped_at else None


STRANGER = Person()


class Listed(NamedTuple):
    to: Address
    reason: str
    scope: SuppressionScope
    created_at: str


def read(item: Item) -> Person:
    return Person(*(item.get(name) for name in Person._fields))


def get(organization: str, channel: str, who: str) -> Person:
    item = table.get(table.data(), keys.person(organization, channel, who))
    return read(item) if item else STRANGER


def saw(organization: str, channel: str, who: str, at: int) -> None:
    """Remembers the newest message of a person; whoever writes can be reached again. An older message that comes late
    changes nothing."""
    condition = "attribute_not_exists(last_inbound_at) OR last_inbound_at < :at"
    key = keys.person(organization, channel, who)
    try:
        item = table.update(table.data(), key, "SET last_inbound_at = :at", condition, {":at": at})
    except ConditionFailed:
        return
    if item.get("suppressed_at"):
        lift(organization, channel, who, at)


def last_inbound(organization: str, channel: str, who: str, known: Person) -> int | None:
    """When this person last wrote, under the dialled address or under the platform's own."""
    same = get(organization, channel, known.known_as) if known.known_as else STRANGER
    return max(filter(None, (known.last_inbound_at, same.last_inbound_at)), default=None)


def refusal(organization: str, channel: str, known: Person, category: Category | None) -> str | None:
    """Why this person is not written to. Who opted out under the platform's address for them did so under this one."""
    why = known.refuses(category)
    if why or not known.known_as or category is not Category.MARKETING:
        return why
    return OPTED_OUT if get(organization, channel, known.known_as).marketing_stopped_at else None


def know_as(organization: str, channel: str, dialled: str, who: str) -> None:
    """The platform knows the dialled number under another id (Brazil's ninth digit, Mexico's 1)."""
    if dialled != who:
        _set(organization, channel, dialled, "known_as", who)


def move(organization: str, channel: str, old: Address, new: Address) -> None:
    """The platform gave a chat another id; everything that goes to the old one goes to the new one."""
    _set(organization, channel, old.key, "moved_to", new.key)


def _set(organization: str, channel: str, who: str, name: str, value: str) -> None:
    key = keys.person(organization, channel, who)
    try:
        table.update(table.data(), key, f"SET {name} = :value", f"NOT {name} = :value", {":value": value})
    except ConditionFailed:
        return  # known already


def suppress(organization: str, channel: str, who: str, code: str, at: int, *, by_operator: bool = False) -> None:
    """Nothing goes to this person on this channel any more. What they did after `at` speaks against a platform's word,
    but not against an operator's."""
    news = f"{_FREE} AND {not_after('last_inbound_at')} AND {not_after('let_in_at')}"
    update = {
        "TableName": table.data(),
        "Key": keys.person(organization, channel, who),
        "UpdateExpression": "SET suppressed_at = :at, suppressed_for = :code, suppressed_by = :by",
        **({} if by_operator else {"ConditionExpression": news}),
        "ExpressionAttributeValues": {":at": at, ":code": code, ":by": OPERATOR if by_operator else PLATFORM},
    }
    listed = {**keys.suppression(organization, channel, who), "reason": code, "created_at": rfc3339(at)}
    together({"Update": update}, {"Put": {"TableName": table.data(), "Item": listed}})


def lift(organization: str, channel: str, who: str, at: int, *, by_operator: bool = False) -> bool:
    """Messages go to this person again. False for an operator's word that only an operator takes back, or a newer one.

    Platforms tell whole seconds, so a word of the same second counts as the older one."""
    values = {":at": at + 999} | ({} if by_operator else {":by": PLATFORM})
    of_platform = f"({_FREE} OR (suppressed_by = :by AND suppressed_at <= :at))"
    condition = "suppressed_at <= :at" if by_operator else f"{not_after('let_in_at')} AND {of_platform}"
    update = {
        "TableName": table.data(),
        "Key": keys.person(organization, channel, who),
        "UpdateExpression": "SET let_in_at = :at REMOVE suppressed_at, suppressed_for, suppressed_by",
        "ConditionExpression": condition,
        "ExpressionAttributeValues": values,
    }
    listed = {"TableName": table.data(), "Key": keys.suppression(organization, channel, who)}
    return together({"Update": update}, {"Delete": listed})


def together(*writes: Item) -> bool:
    """Whether they were made; a word that is known or out of date changes nothing."""
    try:
        table.transact(list(writes))
    except TransactionFailed as failed:
        if "ConditionalCheckFailed" not in failed.reasons:
            raise
        return False
    return True


def suppressed(organization: str, channel: str, start: Item | None, limit: int) -> tuple[list[Listed], Item | None]:
    """Those of a channel, a page of them."""
    pk, prefix = keys.suppressions(organization, channel)
    condition, values = "pk = :pk AND begins_with(sk, :prefix)", {":pk": pk, ":prefix": prefix}
    items, last = table.query_page(table.data(), condition, values, start=start, limit=limit)
    return [_listed(item, prefix) for item in items], last


def _listed(item: Item, prefix: str) -> Listed:
    scope, who = SuppressionScope(item.get("scope", SuppressionScope.ALL)), item["sk"].removeprefix(prefix)
    who = who.removesuffix(keys.OPT_OUT) if scope is SuppressionScope.MARKETING else who
    return Listed(of_key(who), item["reason"], scope, item["created_at"])
