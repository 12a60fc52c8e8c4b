"""Channels: kept, counted up to the organization's limit, changed while they are present, ended in two steps."""

from parley.errors import Conflict
from parley.model.channel import Channel, Life
from parley.model.times import rfc3339
from parley.store import keys, table
from parley.store.table import ConditionFailed, TransactionFailed


def insert(channel: Channel, fingerprint: str) -> bool:
    """Keeps a new channel and counts it, up to the organization's limit. False: it is there already, the same one."""
    kept = {**keys.channel(channel.organization_id, channel.id), **_item(channel), "fingerprint": fingerprint}
    path = {**keys.webhook_path(channel.id), "organization": channel.organization_id, "channel": channel.id}
    fresh = {"TableName": table.data(), "ConditionExpression": "attribute_not_exists(pk)"}
    counted = {
        "TableName": table.data(),
        "Key": keys.organization(channel.organization_id),
        "UpdateExpression": "SET channel_count = channel_count + :one",
        "ConditionExpression": "channel_count < channel_limit",
        "ExpressionAttributeValues": {":one": 1},
    }
    try:
        table.transact([{"Put": {**fresh, "Item": kept}}, {"Put": {**fresh, "Item": path}}, {"Update": counted}])
    except TransactionFailed as failed:
        _explain(failed, channel, fingerprint)
        return False
    return True


def _explain(failed: TransactionFailed, channel: Channel, fingerprint: str) -> None:
    """A repeat of the same request is no error; anything else says what stood in the way."""
    item = table.get(table.data(), keys.channel(channel.organization_id, channel.id))
    if item and item.get("fingerprint") == fingerprint:
        return
    if item:
        raise Conflict("idempotency_key_reused", "This Idempotency-Key was used for another request.") from None
    if failed.reasons[2:] == ["ConditionalCheckFailed"]:
        raise Conflict("channel_limit", "The organization has as many channels as it may have.") from None
    raise failed


def get(organization: str, channel: str) -> Channel | None:
    """The channel, a tombstone included: look at its `life`."""
    item = table.get(table.data(), keys.channel(organization, channel))
    return read(item) if item else None


def read(item: table.Item) -> Channel:
    return Channel.model_validate(item)


def list_all(organization: str) -> list[Channel]:
    """Every present channel; their number is limited, so one or two reads serve."""
    prefix = keys.channel(organization, "")
    values = {":pk": prefix["pk"], ":sk": prefix["sk"]}
    items = table.query(table.data(), "pk = :pk AND begins_with(sk, :sk)", values, consistent=True)
    return [channel for channel in map(read, items) if channel.life is Life.PRESENT]


def change(channel: Channel, fields: table.Item, now: int) -> Channel | None:
    """Sets `fields` of a channel that is still present. None: it no longer is."""
    fields = {**fields, "updated_at": rfc3339(now)}
    names = {f"#{name}": name for name in fields}
    expression = "SET " + ", ".join(f"#{name} = :{name}" for name in fields)
    values = {**{f":{name}": value for name, value in fields.items()}, ":present": Life.PRESENT}
    try:
        item = table.update(
            table.data(), key(channel), expression, "#life = :present", values, {**names, "#life": "life"}
        )
    except ConditionFailed:
        return None
    return read(item)


def begin_deletion(channel: Channel, now: int) -> bool:
    """`present → deleting`, counted down in the same transaction; accepts and deliveries stop with this write."""
    change = {
        "TableName": table.data(),
        "Key": key(channel),
        "UpdateExpression": "SET #life = :deleting, updated_at = :at",
        "ConditionExpression": "#life = :present",
        "ExpressionAttributeNames": {"#life": "life"},
        "ExpressionAttributeValues": {":deleting": Life.DELETING, ":present": Life.PRESENT, ":at": rfc3339(now)},
    }
    count = {
        "TableName": table.data(),
        "Key": keys.organization(channel.organization_id),
        "UpdateExpression": "SET channel_count = channel_count - :one",
        "ExpressionAttributeValues": {":one": 1},
    }
    try:
        table.transact([{"Update": change}, {"Update": count}])
    except TransactionFailed as failed:
        if failed.reasons[0] != "ConditionalCheckFailed":
            raise
        return False  # it is not present any more
    return True


def end_deletion(channel: Channel, now: int) -> None:
    values = {":deleted": Life.DELETED, ":deleting": Life.DELETING, ":at": rfc3339(now)}
    try:
        table.update(
            table.data(),
            key(channel),
            "SET #life = :deleted, updated_at = :at",
            "#life = :deleting",
            values,
            {"#life": "life"},
        )
    except ConditionFailed:
        return  # done already


def by_webhook_path(channel: str) -> tuple[str, str] | None:
    """(organization, channel) of a channel id in a webhook's path."""
    item = table.get(table.data(), keys.webhook_path(channel))
    return (item["organization"], item["channel"]) if item else None


def mark_deletion(organization: str, channel: str) -> None:
    table.put(
        table.runtime(), {**keys.deletion(organization, channel), "organization": organization, "channel": channel}
    )


def unmark_deletion(organization: str, channel: str) -> None:
    table.delete(table.runtime(), keys.deletion(organization, channel))


def deletions() -> list[tuple[str, str]]:
    marks = table.query(table.runtime(), "pk = :pk", {":pk": "DELETIONS"}, consistent=True)
    return [(mark["organization"], mark["channel"]) for mark in marks]


def key(channel: Channel) -> keys.Key:
    return keys.channel(channel.organization_id, channel.id)


def _item(channel: Channel) -> table.Item:
    return {**channel.model_dump(exclude_none=True), "life": channel.life, "service": channel.service}
