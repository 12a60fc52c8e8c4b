"""Versions of a template: one that is sent, at most one that is being worked on, and those before."""

from typing import Any

from parley.errors import Conflict
from parley.model.template import Template
from parley.model.times import rfc3339
from parley.store import keys, table
from parley.store.table import ConditionFailed, TransactionFailed
from parley.store.templates import delete, item_of, key_of, name_of

CHANGED = "ConditionalCheckFailed"


def begin(live: Template, new: Template, uses: list[dict[str, Any]]) -> None:
    """Keeps the draft of the next version, and that it needs what it does, as the writes `uses` say. Raises Conflict
    where somebody began one already, or the template was deleted."""
    update = {
        "TableName": table.data(),
        "Key": key_of(live),
        "UpdateExpression": "SET next_version = :new, begun_versions = :count, updated_at = :now",
        "ConditionExpression": "attribute_exists(pk) AND attribute_not_exists(next_version)"
        " AND attribute_not_exists(replaced_by) AND (begun_versions = :before OR attribute_not_exists(begun_versions))",
        "ExpressionAttributeValues": {
            ":new": new.id,
            ":count": live.begun_versions + 1,
            ":before": live.begun_versions,
            ":now": new.created_at,
        },
    }
    put = {"TableName": table.data(), "Item": {**key_of(new), **item_of(new)}}
    try:
        table.transact([{"Update": update}, {"Put": put}, *uses])
    except TransactionFailed as failed:
        if CHANGED not in failed.reasons:
            raise
        raise Conflict("template_changed", "Somebody else changed this template meanwhile; read it again.") from None


def take_over(old: Template, new: Template, now: int) -> bool:
    """Sends by name use the new version from this write on. False: that was so already, or one of them is gone."""
    name = {
        "Key": name_of(old),
        "UpdateExpression": "SET id = :new",
        "ConditionExpression": "id = :old",
        "ExpressionAttributeValues": {":new": new.id, ":old": old.id},
    }
    replaced = {
        "Key": key_of(old),
        "UpdateExpression": "SET replaced_by = :new, updated_at = :now REMOVE next_version",
        "ConditionExpression": "next_version = :new AND (archived = :archived OR attribute_not_exists(archived))",
        "ExpressionAttributeValues": {":new": new.id, ":now": rfc3339(now), ":archived": old.archived},
    }
    carried = {
        "Key": key_of(new),
        "UpdateExpression": "SET edited_at = :edits, archived = :archived",
        "ConditionExpression": "attribute_exists(pk)",
        "ExpressionAttributeValues": {":edits": old.edited_at, ":archived": old.archived},
    }
    try:
        table.transact([{"Update": {"TableName": table.data(), **write}} for write in (name, replaced, carried)])
    except TransactionFailed as failed:
        if CHANGED not in failed.reasons:
            raise
        return False
    return True


def count_edit(live: Template, edited_at: dict[str, int]) -> None:
    """Remembers when which version was handed in; nobody else does so while one is being worked on."""
    try:
        values = {":edits": edited_at}
        table.update(table.data(), key_of(live), "SET edited_at = :edits", "attribute_exists(pk)", values)
    except ConditionFailed:
        return  # deleted meanwhile


def drop(version: Template) -> None:
    """A version that is not the one that sends by name use; the one it would have replaced is free for another."""
    writes = [{"Delete": {"TableName": table.data(), "Key": key_of(version)}}]
    if version.replaces and not version.replaced_by:
        writes.append({"Update": _forgets(version)})
    try:
        table.transact(writes)
    except TransactionFailed as failed:
        if CHANGED not in failed.reasons:
            raise
        _drop_live(version)


def _drop_live(version: Template) -> None:
    """The one before is gone, or this one took its place meanwhile, and its name with it."""
    named = table.get(table.data(), name_of(version))
    if named and named["id"] == version.id:
        delete(version)
    else:
        table.delete(table.data(), key_of(version))


def _forgets(version: Template) -> dict[str, Any]:
    return {
        "TableName": table.data(),
        "Key": keys.template(version.organization_id, version.replaces or ""),
        "UpdateExpression": "REMOVE next_version",
        "ConditionExpression": "next_version = :this",
        "ExpressionAttributeValues": {":this": version.id},
    }
