"""Who is in which group: an item under the group, and the group among those that the contact names; both are written
in one transaction, so neither is ever there without the other."""

from collections.abc import Iterable, Iterator
from typing import Any

from parley.model.contact import MOST_GROUPS
from parley.model.times import rfc3339
from parley.store import audience_keys, table
from parley.store.table import Item

Writes = list[dict[str, Any]]
AT_ONCE = 49
"""Contacts that one transaction of 100 writes takes into a group, or out of it."""

OPEN = "attribute_exists(pk) AND attribute_not_exists(closed)"
ROOM = "attribute_exists(pk) AND (attribute_not_exists(#groups) OR size(#groups) < :most)"
INSIDE = "contains(#groups, :group)"


def joining(organization: str, contact: str, groups: Iterable[str], *, in_use: bool = False) -> Writes:
    """The writes by which a contact that is written itself comes into groups that exist, `in_use` or not."""
    return [
        write
        for group in groups
        for write in (*([] if in_use else [there(organization, group)]), _put(organization, group, contact))
    ]


def leaving(organization: str, contact: str, groups: Iterable[str]) -> Writes:
    return [_delete(organization, group, contact) for group in groups]


def adding(organization: str, group: str, contacts: Iterable[str], now: int) -> Writes:
    """The writes by which contacts that exist, and have room for one more group, come into this one."""
    values = {":most": MOST_GROUPS}
    return [
        write
        for contact in contacts
        for write in (
            _changed(organization, group, contact, "ADD", ROOM, values, now),
            _put(organization, group, contact),
        )
    ]


def removing(organization: str, group: str, contacts: Iterable[str], now: int) -> Writes:
    """The writes by which members leave a group."""
    return [
        write
        for contact in contacts
        for write in (
            _changed(organization, group, contact, "DELETE", INSIDE, {":group": group}, now),
            _delete(organization, group, contact),
        )
    ]


def there(organization: str, group: str) -> dict[str, Any]:
    """That nobody deleted the group."""
    key = audience_keys.group(organization, group)
    return {"ConditionCheck": {"TableName": table.data(), "Key": key, "ConditionExpression": OPEN}}


def page(organization: str, group: str, start: Item | None, limit: int) -> tuple[list[str], Item | None]:
    """The ids of members."""
    condition, values, prefix = _of(organization, group)
    items, last = table.query_page(table.data(), condition, values, start=start, limit=limit, consistent=True)
    return [item["sk"].removeprefix(prefix) for item in items], last


def all_of(organization: str, group: str) -> Iterator[str]:
    """The ids of all members, page after page."""
    condition, values, prefix = _of(organization, group)
    for item in table.query(table.data(), condition, values, consistent=True):
        yield item["sk"].removeprefix(prefix)


def count(organization: str, group: str) -> int:
    condition, values, _ = _of(organization, group)
    return table.count(table.data(), condition, values)


def _of(organization: str, group: str) -> tuple[str, Item, str]:
    pk, prefix = audience_keys.members(organization, group)
    return "pk = :pk AND begins_with(sk, :sk)", {":pk": pk, ":sk": prefix}, prefix


def _changed(
    organization: str, group: str, contact: str, verb: str, condition: str, values: Item, now: int
) -> dict[str, Any]:
    step = "ADD #groups :groups, version :one" if verb == "ADD" else "ADD version :one DELETE #groups :groups"
    return {
        "Update": {
            "TableName": table.data(),
            "Key": audience_keys.contact(organization, contact),
            "UpdateExpression": f"SET updated_at = :at {step}",
            "ConditionExpression": condition,
            "ExpressionAttributeNames": {"#groups": "groups"},
            "ExpressionAttributeValues": {":groups": {group}, ":one": 1, ":at": rfc3339(now), **values},
        }
    }


def _put(organization: str, group: str, contact: str) -> dict[str, Any]:
    return {"Put": {"TableName": table.data(), "Item": audience_keys.member(organization, group, contact)}}


def _delete(organization: str, group: str, contact: str) -> dict[str, Any]:
    return {"Delete": {"TableName": table.data(), "Key": audience_keys.member(organization, group, contact)}}
