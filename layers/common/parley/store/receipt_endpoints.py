"""Receipt endpoints with their sealed secrets. A deleted one is closed first, so that nobody sends to it, and goes when
its queues are gone."""

from typing import Any

from parley.errors import Conflict
from parley.model.receipt_endpoint import ReceiptEndpoint
from parley.model.times import rfc3339
from parley.store import keys, receipt_keys, table
from parley.store.table import ConditionFailed, Item, TransactionFailed

OPEN = "attribute_exists(pk) AND attribute_not_exists(closed)"
ROOM = "attribute_exists(pk) AND (attribute_not_exists(endpoint_count) OR endpoint_count < :limit)"


def insert(endpoint: ReceiptEndpoint, sealed: bytes, limit: int) -> ReceiptEndpoint:
    """Keeps a new one and counts it, and answers what is kept: the first one for a repeat. Raises Conflict when the
    organization has `limit` of them, or when this one is being deleted."""
    put = {
        "TableName": table.data(),
        "Item": _item(endpoint, sealed),
        "ConditionExpression": "attribute_not_exists(pk)",
    }
    counted = _counted(endpoint.organization_id, 1, ROOM, {":limit": limit})
    try:
        table.transact([{"Put": put}, counted])
    except TransactionFailed as failed:
        return _kept(endpoint, failed)
    return endpoint


def _kept(endpoint: ReceiptEndpoint, failed: TransactionFailed) -> ReceiptEndpoint:
    found = get(endpoint.organization_id, endpoint.id)
    if found:
        return found
    check_room(endpoint, 0 if failed.reasons[1] == "ConditionalCheckFailed" else None)
    raise failed


def check_room(endpoint: ReceiptEndpoint, limit: int | None) -> None:
    """Raises Conflict when `insert` would; what it says may be out of date when it is said."""
    if closed(endpoint.organization_id, endpoint.id):
        raise Conflict("being_deleted", "What was made with this Idempotency-Key is being deleted.")
    if limit is not None and number(endpoint.organization_id) >= limit:
        raise Conflict("receipt_endpoint_limit", "The organization has as many receipt endpoints as it may have.")


def get(organization: str, endpoint: str) -> ReceiptEndpoint | None:
    """None for one that is closed, too."""
    item = table.get(table.data(), receipt_keys.receipt_endpoint(organization, endpoint))
    return _read(item) if item and not item.get("closed") else None


def closed(organization: str, endpoint: str) -> ReceiptEndpoint | None:
    """One whose deletion is not finished."""
    item = table.get(table.data(), receipt_keys.receipt_endpoint(organization, endpoint))
    return _read(item) if item and item.get("closed") else None


def sealed(organization: str, endpoint: str) -> bytes | None:
    """Its secrets, for `operations.signing`."""
    item = table.get(table.data(), receipt_keys.receipt_endpoint(organization, endpoint))
    return item["sealed"] if item else None


def of_organization(organization: str) -> list[ReceiptEndpoint]:
    """Every one that is not closed, by id; their number is limited, so one read serves."""
    prefix = receipt_keys.receipt_endpoint(organization, "")
    values = {":pk": prefix["pk"], ":sk": prefix["sk"]}
    items = table.query(table.data(), "pk = :pk AND begins_with(sk, :sk)", values, consistent=True)
    return [_read(item) for item in items if not item.get("closed")]


def number(organization: str) -> int:
    """How many the organization has."""
    item = table.get(table.data(), keys.organization(organization))
    return int(item.get("endpoint_count", 0)) if item else 0


def change(endpoint: ReceiptEndpoint, fields: Item, now: int) -> ReceiptEndpoint | None:
    """Sets `fields`; what is None is taken away. None: it was changed since it was read, or deleted."""
    kept = {name: value for name, value in fields.items() if value is not None}
    kept |= {"updated_at": rfc3339(now), "revision": endpoint.revision + 1}
    gone = [name for name, value in fields.items() if value is None]
    expression = "SET " + ", ".join(f"#{name} = :{name}" for name in kept)
    expression += " REMOVE " + ", ".join(f"#{name}" for name in gone) if gone else ""
    names = {f"#{name}": name for name in [*kept, *gone, "revision"]}
    values = {f":{name}": value for name, value in kept.items()} | {":before": endpoint.revision}
    condition = f"{OPEN} AND #revision = :before"
    try:
        return _read(table.update(table.data(), _key(endpoint), expression, condition, values, names))
    except ConditionFailed:
        return None


def disable(endpoint: ReceiptEndpoint, reason: str, now: int) -> ReceiptEndpoint | None:
    """Nothing is sent to it any more until its owner says so, but it goes on collecting. None: it is not active, or it
    was changed since it was read, so that what failed may be mended."""
    expression = (
        "SET is_active = :off, disabled_at = :at, disabled_reason = :reason, updated_at = :at ADD revision :one"
    )
    values = {":off": False, ":on": True, ":at": rfc3339(now), ":reason": reason, ":one": 1}
    condition = f"{OPEN} AND is_active = :on AND revision = :before"
    try:
        item = table.update(
            table.data(), _key(endpoint), expression, condition, {**values, ":before": endpoint.revision}
        )
    except ConditionFailed:
        return None
    return _read(item)


def close(endpoint: ReceiptEndpoint) -> bool:
    """It is there for nobody any more, and no longer counted. False: it was closed already."""
    update = {
        "TableName": table.data(),
        "Key": _key(endpoint),
        "UpdateExpression": "SET closed = :true",
        "ConditionExpression": OPEN,
        "ExpressionAttributeValues": {":true": True},
    }
    try:
        table.transact([{"Update": update}, _counted(endpoint.organization_id, -1, "attribute_exists(pk)")])
    except TransactionFailed as failed:
        if failed.reasons[0] != "ConditionalCheckFailed":
            raise
        return False
    return True


def remove(endpoint: ReceiptEndpoint) -> None:
    """A closed one. A repeat changes nothing."""
    delete = {"TableName": table.data(), "Key": _key(endpoint), "ConditionExpression": "attribute_exists(closed)"}
    try:
        table.transact([{"Delete": delete}])
    except TransactionFailed as failed:
        if failed.reasons != ["ConditionalCheckFailed"]:
            raise


def _counted(organization: str, by: int, condition: str, values: Item | None = None) -> dict[str, Any]:
    return {
        "Update": {
            "TableName": table.data(),
            "Key": keys.organization(organization),
            "UpdateExpression": "ADD endpoint_count :by",
            "ConditionExpression": condition,
            "ExpressionAttributeValues": {":by": by, **(values or {})},
        }
    }


def _item(endpoint: ReceiptEndpoint, sealed: bytes) -> Item:
    unshown = {name: getattr(endpoint, name) for name in ("fingerprint", "secret_version", "revision")}
    shown = endpoint.model_dump(exclude_none=True, exclude={"secret"})
    return {**_key(endpoint), **shown, **unshown, "sealed": sealed}


def _read(item: Item) -> ReceiptEndpoint:
    return ReceiptEndpoint.model_validate(item)


def _key(endpoint: ReceiptEndpoint) -> keys.Key:
    return receipt_keys.receipt_endpoint(endpoint.organization_id, endpoint.id)
