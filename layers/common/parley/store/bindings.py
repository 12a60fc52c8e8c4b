"""Bindings: what connects a channel, its sealed credential, and the claims of its sender, changed all or nothing."""

from typing import Any

from parley.errors import Conflict
from parley.model.channel import Binding, Channel, Connection, Life
from parley.model.times import rfc3339
from parley.store import channels, keys, table
from parley.store.table import ConditionFailed, TransactionFailed

Claims = list[tuple[str, str]]
Account = tuple[str, str]
"""A platform and its id of a business account, empty where there is none."""
_NAMES = {"#binding": "binding", "#connection": "connection", "#life": "life"}


def bind(
    channel: Channel,
    binding: Binding,
    sealed: bytes,
    claims: Claims,
    gone: Claims,
    now: int,
    account: Account = ("", ""),
) -> Channel:
    """Connects a channel, claims its sender, gives the one before free, and lists the channel under its account.

    Raises Conflict if somebody else has the sender, or if the channel was bound or deleted meanwhile."""
    bound = channel.model_copy(
        update={"binding": binding, "connection": Connection.CONNECTED, "updated_at": rfc3339(now)}
    )
    kept = {**keys.credential(channel.organization_id, channel.id), "sealed": sealed, "version": binding.version}
    claiming = [{"Put": _claim(channel, platform, sender)} for platform, sender in claims]
    writes = [{"Update": _connect(channel, bound)}, {"Put": {"TableName": table.data(), "Item": kept}}, *claiming]
    try:
        table.transact([*writes, *_freed(channel, gone), *_listed(channel, account)])
    except TransactionFailed as failed:
        raise _in_the_way(failed, len(claims)) from None
    return bound


def _in_the_way(failed: TransactionFailed, claims: int) -> Conflict:
    if "ConditionalCheckFailed" in failed.reasons[2 : 2 + claims]:
        return Conflict("sender_claimed", "This sender belongs to another organization or to another channel.")
    return Conflict("channel_changed", "The channel was changed meanwhile; look again.")


def _connect(channel: Channel, bound: Channel) -> table.Item:
    return {
        "TableName": table.data(),
        "Key": channels.key(channel),
        "UpdateExpression": "SET #binding = :b, #connection = :connection, binding_version = :v, updated_at = :at",
        "ConditionExpression": "#life = :present AND (binding_version = :old OR attribute_not_exists(binding_version))",
        "ExpressionAttributeNames": _NAMES,
        "ExpressionAttributeValues": {
            ":b": bound.bound.model_dump(),
            ":connection": bound.connection,
            ":v": bound.bound.version,
            ":old": channel.binding_version,
            ":at": bound.updated_at,
            ":present": Life.PRESENT,
        },
    }


def _claim(channel: Channel, platform: str, sender: str) -> table.Item:
    """A new channel of the same organization may take a sender over, of a deleted channel only."""
    kept = {"organization": channel.organization_id, "channel": channel.id, "released": False}
    return {
        "TableName": table.data(),
        "Item": {**keys.sender_claim(platform, sender), **kept},
        "ConditionExpression": "attribute_not_exists(pk) OR (organization = :o AND (channel = :c OR released = :yes))",
        "ExpressionAttributeValues": {":o": channel.organization_id, ":c": channel.id, ":yes": True},
    }


def _freed(channel: Channel, claims: Claims) -> list[dict[str, Any]]:
    """Deletes claims, for any organization to take; what somebody else has by now is not ours to delete."""
    common = {
        "TableName": table.data(),
        "ConditionExpression": "attribute_not_exists(pk) OR channel = :c",
        "ExpressionAttributeValues": {":c": channel.id},
    }
    return [{"Delete": {**common, "Key": keys.sender_claim(platform, sender)}} for platform, sender in claims]


def _listed(channel: Channel, account: Account) -> list[dict[str, Any]]:
    """It stays there when the channel leaves the account: whoever reads it looks at the channel too."""
    if not account[1]:
        return []
    of = {"organization": channel.organization_id, "channel": channel.id}
    item = {**keys.account_channel(*account, channel.organization_id, channel.id), **of}
    return [{"Put": {"TableName": table.data(), "Item": item}}]


def unbind(channel: Channel, claims: Claims, now: int) -> bool:
    """Takes binding, credential and claims away, if the channel is still bound as it was."""
    update = {
        "TableName": table.data(),
        "Key": channels.key(channel),
        "UpdateExpression": "SET #connection = :unbound, updated_at = :at REMOVE #binding",
        "ConditionExpression": "#life = :present AND binding_version = :v",
        "ExpressionAttributeNames": _NAMES,
        "ExpressionAttributeValues": {
            ":unbound": Connection.UNBOUND,
            ":at": rfc3339(now),
            ":present": Life.PRESENT,
            ":v": channel.binding_version,
        },
    }
    credential = {"TableName": table.data(), "Key": keys.credential(channel.organization_id, channel.id)}
    try:
        table.transact([{"Update": update}, {"Delete": credential}, *_freed(channel, claims)])
    except TransactionFailed:
        return False
    return True


def connect_again(channel: Channel, now: int) -> bool:
    """`disconnected → connected`, if the binding is still the one that was just tried."""
    return _switch(channel, channel.binding_version, Connection.DISCONNECTED, Connection.CONNECTED, now)


def disconnect(channel: Channel, version: int, now: int) -> bool:
    """Marks a channel whose credential died, only if that credential is still the one in use."""
    return _switch(channel, version, Connection.CONNECTED, Connection.DISCONNECTED, now)


def _switch(channel: Channel, version: int, old: Connection, new: Connection, now: int) -> bool:
    values = {":old": old, ":new": new, ":v": version, ":at": rfc3339(now)}
    expression, condition = "SET #c = :new, updated_at = :at", "binding_version = :v AND #c = :old"
    try:
        table.update(table.data(), channels.key(channel), expression, condition, values, {"#c": "connection"})
    except ConditionFailed:
        return False
    return True


def release_claims(channel: Channel, claims: Claims) -> None:
    """Lets another channel of the organization take the sender over; receipts still find their way by the claim."""
    for platform, sender in claims:
        key, values = keys.sender_claim(platform, sender), {":yes": True, ":c": channel.id}
        try:
            table.update(table.data(), key, "SET released = :yes", "channel = :c", values)
        except ConditionFailed:
            continue  # another channel has taken it over already


def claimed_by(platform: str, sender: str) -> tuple[str, str] | None:
    """(organization, channel) that a sender belongs to."""
    item = table.get(table.data(), keys.sender_claim(platform, sender))
    return (item["organization"], item["channel"]) if item else None


def of_account(account: Account) -> list[tuple[str, str]]:
    """(organization, channel) of every channel that was ever bound to a business account."""
    pk, prefix = keys.account_channels(*account)
    found = table.query(table.data(), "pk = :pk AND begins_with(sk, :sk)", {":pk": pk, ":sk": prefix}, consistent=True)
    return [(item["organization"], item["channel"]) for item in found]


def get_credential(organization: str, channel: str) -> tuple[bytes, int] | None:
    item = table.get(table.data(), keys.credential(organization, channel))
    return (item["sealed"], item["version"]) if item else None


def replace_credential(channel: Channel, sealed: bytes, version: int) -> None:
    key = keys.credential(channel.organization_id, channel.id)
    table.put(table.data(), {**key, "sealed": sealed, "version": version})
