"""Audience groups: their names, their number, and what uses them. One that is deleted is closed first, so that nobody
comes in any more, and goes when its last member is out."""

from collections.abc import Iterable
from typing import Any

from parley.model.group import Group, folded
from parley.model.times import rfc3339
from parley.store import audience_keys, keys, memberships, table
from parley.store.contacts import FRESH, Writes, written
from parley.store.memberships import OPEN
from parley.store.table import Item

UNUSED = f"{OPEN} AND (attribute_not_exists(use_count) OR use_count = :none)"
ROOM = "attribute_exists(pk) AND (attribute_not_exists(group_count) OR group_count < :limit)"


def insert(group: Group, members: list[str], limit: int, now: int) -> bool:
    """Keeps a new one with its first members. False: its id or name is taken, the organization has `limit` groups, or
    one of the contacts is gone or full."""
    o, put = group.organization_id, {"TableName": table.data(), "Item": _item(group), "ConditionExpression": FRESH}
    counted = _counted(o, 1, ROOM, {":limit": limit})
    return written([{"Put": put}, _claim(group), counted, *memberships.adding(o, group.id, members, now)])


def get(organization: str, group: str) -> Group | None:
    """None for one that is closed, too."""
    return get_many(organization, [group]).get(group)


def get_many(organization: str, groups: Iterable[str]) -> dict[str, Group]:
    """Those that exist, by their ids."""
    items = table.get_many(table.data(), [audience_keys.group(organization, each) for each in groups])
    return {item["id"]: Group.model_validate(item) for item in items if not item.get("closed")}


def is_closed(organization: str, group: str) -> bool:
    item = table.get(table.data(), audience_keys.group(organization, group))
    return bool(item and item.get("closed"))


def named(organization: str, name: str) -> str | None:
    """The id of the group of this name."""
    item = table.get(table.data(), audience_keys.group_name(organization, folded(name)))
    return item["group"] if item else None


def number(organization: str) -> int:
    """How many groups the organization has."""
    item = table.get(table.data(), keys.organization(organization))
    return int(item.get("group_count", 0)) if item else 0


def page(organization: str, start: Item | None, limit: int) -> tuple[list[Group], Item | None]:
    pk, prefix = audience_keys.groups(organization)
    values = {":pk": pk, ":sk": prefix}
    items, last = table.query_page(
        table.data(), "pk = :pk AND begins_with(sk, :sk)", values, start=start, limit=limit, consistent=True
    )
    return [Group.model_validate(item) for item in items if not item.get("closed")], last


def rename(group: Group, name: str, now: int) -> bool:
    """False: it was renamed or deleted meanwhile, or the name is taken."""
    update = {
        "TableName": table.data(),
        "Key": _key(group),
        "UpdateExpression": "SET #name = :name, updated_at = :at",
        "ConditionExpression": f"{OPEN} AND #name = :before",
        "ExpressionAttributeNames": {"#name": "name"},
        "ExpressionAttributeValues": {":name": name, ":at": rfc3339(now), ":before": group.name},
    }
    moved = [_unclaim(group), _claim(group.model_copy(update={"name": name}))]
    return written([{"Update": update}, *(moved if folded(name) != folded(group.name) else [])])


def close(group: Group) -> bool:
    """Nobody comes in any more, and its name is free. False: something uses it, or it was renamed or deleted
    meanwhile."""
    update = {
        "TableName": table.data(),
        "Key": _key(group),
        "UpdateExpression": "SET closed = :true",
        "ConditionExpression": f"{UNUSED} AND #name = :name",
        "ExpressionAttributeNames": {"#name": "name"},
        "ExpressionAttributeValues": {":true": True, ":none": 0, ":name": group.name},
    }
    return written([{"Update": update}, _unclaim(group), _counted(group.organization_id, -1, "attribute_exists(pk)")])


def remove(organization: str, group: str) -> None:
    """A closed one without members."""
    key = audience_keys.group(organization, group)
    written([{"Delete": {"TableName": table.data(), "Key": key, "ConditionExpression": "attribute_exists(closed)"}}])


def use(organization: str, group: str, user: str) -> bool:
    """Keeps the group from being deleted while `user` (words for a person, like `broadcast Spring offers`) needs it. A
    repeat changes nothing. False: there is no such group any more."""
    return written(using(organization, group, user)) or user in users(organization, group)


def using(organization: str, group: str, user: str) -> Writes:
    """The writes of `use`, for a transaction in which the user itself is written."""
    item = {**keys.use(organization, "GROUP", group, user), "user": user}
    put = {"TableName": table.data(), "Item": item, "ConditionExpression": FRESH}
    return [{"Put": put}, _used(organization, group, 1, OPEN)]


def unuse(organization: str, group: str, user: str) -> None:
    """A repeat changes nothing."""
    written(unusing(organization, group, user))


def unusing(organization: str, group: str, user: str) -> Writes:
    there = {"TableName": table.data(), "ConditionExpression": "attribute_exists(pk)"}
    key = keys.use(organization, "GROUP", group, user)
    return [{"Delete": {**there, "Key": key}}, _used(organization, group, -1, "attribute_exists(pk)")]


def users(organization: str, group: str) -> list[str]:
    """What uses it, in words for a person."""
    pk, prefix = keys.uses(organization, "GROUP", group)
    values = {":pk": pk, ":sk": prefix}
    found = table.query(table.data(), "pk = :pk AND begins_with(sk, :sk)", values, consistent=True)
    return [item["user"] for item in found]


def _used(organization: str, group: str, by: int, condition: str) -> dict[str, Any]:
    return {
        "Update": {
            "TableName": table.data(),
            "Key": audience_keys.group(organization, group),
            "UpdateExpression": "ADD use_count :by",
            "ConditionExpression": condition,
            "ExpressionAttributeValues": {":by": by},
        }
    }


def _counted(organization: str, by: int, condition: str, values: Item | None = None) -> dict[str, Any]:
    return {
        "Update": {
            "TableName": table.data(),
            "Key": keys.organization(organization),
            "UpdateExpression": "ADD group_count :by",
            "ConditionExpression": condition,
            "ExpressionAttributeValues": {":by": by, **(values or {})},
        }
    }


def _claim(group: Group) -> dict[str, Any]:
    item = {**audience_keys.group_name(group.organization_id, folded(group.name)), "group": group.id}
    return {"Put": {"TableName": table.data(), "Item": item, "ConditionExpression": FRESH}}


def _unclaim(group: Group) -> dict[str, Any]:
    key = audience_keys.group_name(group.organization_id, folded(group.name))
    return {"Delete": {"TableName": table.data(), "Key": key}}


def _item(group: Group) -> Item:
    fields = group.model_dump(exclude_none=True, exclude={"member_count"})
    return {**_key(group), **fields, "fingerprint": group.fingerprint}


def _key(group: Group) -> keys.Key:
    return audience_keys.group(group.organization_id, group.id)
