"""Channels, the claims of their senders, their sealed credentials and their log."""

from typing import Any

from parley.errors import Conflict
from parley.model.channel import Binding, Channel, ChannelEvent, Connection, Life
from parley.model.times import DAY, rfc3339
from parley.store import keys, table
from parley.store.table import ConditionFailed, TransactionFailed

Writes = list[dict[str, Any]]


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
    if failed.reasons[2] == "ConditionalCheckFailed":
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
            table.data(), _key(channel), expression, "#life = :present", values, {**names, "#life": "life"}
        )
    except ConditionFailed:
        return None
    return read(item)


def bind(channel: Channel, binding: Binding, sealed: bytes, claims: list[tuple[str, str]], now: int) -> Channel:
    """Connects a channel: credential, claims of the sender and the binding itself, all or nothing.

    Raises Conflict if another organization has the sender, or if the channel was bound or deleted meanwhile."""
    bound = channel.model_copy(
        update={"binding": binding, "connection": Connection.CONNECTED, "updated_at": rfc3339(now)}
    )
    kept = {**keys.credential(channel.organization_id, channel.id), "sealed": sealed, "version": binding.version}
    writes: Writes = [{"Update": _connect(channel, bound)}, {"Put": {"TableName": table.data(), "Item": kept}}]
    writes += [{"Put": _claim(channel, platform, sender)} for platform, sender in claims]
    try:
        table.transact(writes)
    except TransactionFailed as failed:
        if "ConditionalCheckFailed" in failed.reasons[2:]:
            raise Conflict(
                "sender_claimed", "This sender belongs to another organization or to another channel."
            ) from None
        raise Conflict("channel_changed", "The channel was changed meanwhile; look again.") from None
    return bound


def _connect(channel: Channel, bound: Channel) -> table.Item:
    return {
        "TableName": table.data(),
        "Key": _key(channel),
        "UpdateExpression": "SET #binding = :b, #connection = :connection, binding_version = :v, updated_at = :at",
        "ConditionExpression": "#life = :present AND (binding_version = :old OR attribute_not_exists(binding_version))",
        "ExpressionAttributeNames": {"#binding": "binding", "#connection": "connection", "#life": "life"},
        "ExpressionAttributeValues": {
            ":b": bound.binding.model_dump() if bound.binding else {},
            ":connection": bound.connection,
            ":v": bound.binding.version if bound.binding else 0,
            ":old": channel.binding_version,
            ":at": bound.updated_at,
            ":present": Life.PRESENT,
        },
    }


def _claim(channel: Channel, platform: str, sender: str) -> table.Item:
    """A new channel of the same organization may take a sender over, of a deleted or unbound channel only."""
    return {
        "TableName": table.data(),
        "Item": {
            **keys.sender_claim(platform, sender),
            "organization": channel.organization_id,
            "channel": channel.id,
            "released": False,
        },
        "ConditionExpression": "attribute_not_exists(pk) OR (organization = :o AND (channel = :c OR released = :yes))",
        "ExpressionAttributeValues": {":o": channel.organization_id, ":c": channel.id, ":yes": True},
    }


def release_claims(channel: Channel, claims: list[tuple[str, str]]) -> None:
    """Lets another channel of the organization take the sender over; receipts still find their way by the claim."""
    for platform, sender in claims:
        values = {":yes": True, ":c": channel.id}
        try:
            table.update(
                table.data(), keys.sender_claim(platform, sender), "SET released = :yes", "channel = :c", values
            )
        except ConditionFailed:
            continue  # another channel has taken it over already


def free_claims(channel: Channel, claims: list[tuple[str, str]]) -> None:
    """Gives the sender free for any organization: after an unbind nothing of it is ours any more."""
    for platform, sender in claims:
        write = {
            "TableName": table.data(),
            "Key": keys.sender_claim(platform, sender),
            "ConditionExpression": "attribute_not_exists(pk) OR channel = :c",
            "ExpressionAttributeValues": {":c": channel.id},
        }
        try:
            table.transact([{"Delete": write}])
        except TransactionFailed:
            continue  # taken over


def claimed_by(platform: str, sender: str) -> tuple[str, str] | None:
    """(organization, channel) that a sender belongs to."""
    item = table.get(table.data(), keys.sender_claim(platform, sender))
    return (item["organization"], item["channel"]) if item else None


def by_webhook_path(channel: str) -> tuple[str, str] | None:
    item = table.get(table.data(), keys.webhook_path(channel))
    return (item["organization"], item["channel"]) if item else None


def unbind(channel: Channel, now: int) -> Channel | None:
    values = {":unbound": Connection.UNBOUND, ":at": rfc3339(now), ":present": Life.PRESENT}
    names = {"#connection": "connection", "#life": "life", "#binding": "binding"}
    expression = "SET #connection = :unbound, updated_at = :at REMOVE #binding"
    try:
        return read(table.update(table.data(), _key(channel), expression, "#life = :present", values, names))
    except ConditionFailed:
        return None


def disconnect(channel: Channel, version: int, now: int) -> bool:
    """Marks a channel whose credential died, only if that credential is still the one in use."""
    values = {":gone": Connection.DISCONNECTED, ":on": Connection.CONNECTED, ":version": version, ":at": rfc3339(now)}
    condition = "binding_version = :version AND #connection = :on"
    try:
        table.update(
            table.data(),
            _key(channel),
            "SET #connection = :gone, updated_at = :at",
            condition,
            values,
            {"#connection": "connection"},
        )
    except ConditionFailed:
        return False
    return True


def begin_deletion(channel: Channel, now: int) -> bool:
    """`present → deleting`, counted down in the same transaction; accepts and deliveries stop with this write."""
    change = {
        "TableName": table.data(),
        "Key": _key(channel),
        "UpdateExpression": "SET #life = :deleting, updated_at = :at",
        "ConditionExpression": "#life = :present",
        "ExpressionAttributeNames": {"#life": "life"},
        "ExpressionAttributeValues": {":deleting": Life.DELETING, ":present": Life.PRESENT, ":at": rfc3339(now)},
    }
    count = {
        "TableName": table.data(),
        "Key": keys.organization(channel.organization_id),
        "UpdateExpression": "SET channel_count = channel_count - :one",
        "ConditionExpression": "channel_count > :zero",
        "ExpressionAttributeValues": {":one": 1, ":zero": 0},
    }
    try:
        table.transact([{"Update": change}, {"Update": count}])
    except TransactionFailed:
        return False
    return True


def end_deletion(channel: Channel, now: int) -> None:
    values = {":deleted": Life.DELETED, ":deleting": Life.DELETING, ":at": rfc3339(now)}
    try:
        table.update(
            table.data(),
            _key(channel),
            "SET #life = :deleted, updated_at = :at",
            "#life = :deleting",
            values,
            {"#life": "life"},
        )
    except ConditionFailed:
        return  # done already


def get_credential(organization: str, channel: str) -> tuple[bytes, int] | None:
    item = table.get(table.data(), keys.credential(organization, channel))
    return (item["sealed"], item["version"]) if item else None


def replace_credential(channel: Channel, sealed: bytes, version: int) -> None:
    table.put(
        table.data(), {**keys.credential(channel.organization_id, channel.id), "sealed": sealed, "version": version}
    )


def delete_credential(channel: Channel) -> None:
    table.delete(table.data(), keys.credential(channel.organization_id, channel.id))


def log(organization: str, channel: str, kind: str, now: int, detail: str = "") -> None:
    """Adds a line to the channel's log; a repeat within the hour only counts."""
    hour = rfc3339(now)[:13]
    values = {
        ":at": rfc3339(now),
        ":one": 1,
        ":zero": 0,
        ":detail": detail[:300],
        ":kind": kind,
        ":ttl": (now + 30 * DAY) // 1000,
    }
    expression = (
        "SET first_at = if_not_exists(first_at, :at), last_at = :at, #count = if_not_exists(#count, :zero) + :one,"
        " detail = :detail, kind = :kind, expires = :ttl"
    )
    key = keys.channel_event(organization, channel, hour, kind)
    table.update(
        table.runtime(),
        key,
        expression,
        "attribute_exists(pk) OR attribute_not_exists(pk)",
        values,
        {"#count": "count"},
    )


def events(
    organization: str, channel: str, start: table.Item | None, limit: int
) -> tuple[list[ChannelEvent], table.Item | None]:
    key = keys.channel_event(organization, channel, "", "")
    values = {":pk": key["pk"], ":sk": "EVENT#"}
    items, last = table.query_page(
        table.runtime(),
        "pk = :pk AND begins_with(sk, :sk)",
        values,
        start=start,
        limit=limit,
        newest_first=True,
        consistent=True,
    )
    return [ChannelEvent.model_validate(item) for item in items], last


def mark_deletion(organization: str, channel: str) -> None:
    table.put(
        table.runtime(), {**keys.deletion(organization, channel), "organization": organization, "channel": channel}
    )


def unmark_deletion(organization: str, channel: str) -> None:
    table.delete(table.runtime(), keys.deletion(organization, channel))


def deletions() -> list[tuple[str, str]]:
    marks = table.query(table.runtime(), "pk = :pk", {":pk": "DELETIONS"}, consistent=True)
    return [(mark["organization"], mark["channel"]) for mark in marks]


def _key(channel: Channel) -> keys.Key:
    return keys.channel(channel.organization_id, channel.id)


def _item(channel: Channel) -> table.Item:
    return {**channel.model_dump(exclude_none=True), "life": channel.life, "service": channel.service}
