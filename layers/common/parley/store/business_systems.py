"""Business systems with their sealed secrets, and which intents call each of them."""

from collections.abc import Iterable
from typing import Any

from parley.model.business_system import BusinessSystem
from parley.model.times import rfc3339
from parley.store import keys, receipt_keys, table
from parley.store.table import ConditionFailed, Item, TransactionFailed

FREE = "attribute_not_exists(intent_count) OR intent_count = :none"
THERE = "attribute_exists(pk)"
SHOWN_ONCE = {"signature", "signing_secret"}


def insert(system: BusinessSystem, sealed: bytes) -> BusinessSystem | None:
    """Keeps a new one. Answers the one that is there already, as for a repeat."""
    hidden = {"secret_version": system.secret_version, "fingerprint": system.fingerprint, "sealed": sealed}
    try:
        table.insert(table.data(), {**_key(system), **system.model_dump(exclude=SHOWN_ONCE), **hidden})
    except ConditionFailed as failed:
        return BusinessSystem.model_validate(failed.old)
    return None


def get(organization: str, system: str) -> BusinessSystem | None:
    item = table.get(table.data(), receipt_keys.business_system(organization, system))
    return BusinessSystem.model_validate(item) if item else None


def sealed(organization: str, system: str) -> bytes | None:
    """Its secrets, for `signing`."""
    item = table.get(table.data(), receipt_keys.business_system(organization, system))
    return item["sealed"] if item else None


def page(organization: str, start: Item | None, limit: int) -> tuple[list[BusinessSystem], Item | None]:
    prefix = receipt_keys.business_system(organization, "")
    values = {":pk": prefix["pk"], ":sk": prefix["sk"]}
    items, last = table.query_page(
        table.data(), "pk = :pk AND begins_with(sk, :sk)", values, start=start, limit=limit, consistent=True
    )
    return [BusinessSystem.model_validate(item) for item in items], last


def change(system: BusinessSystem, fields: Item, now: int) -> BusinessSystem | None:
    """None: it was deleted meanwhile."""
    return _changed(system, {**fields, "updated_at": rfc3339(now)}, THERE, {})


def renew(system: BusinessSystem, sealed: bytes, hint: str, until: str, now: int) -> BusinessSystem | None:
    """Takes other secrets. None: somebody else renewed them meanwhile, or deleted it."""
    version = system.secret_version + 1
    fields = {"sealed": sealed, "secret_version": version, "signature_hint": hint, "old_signature_until": until}
    condition, before = "secret_version = :before", {":before": system.secret_version}
    return _changed(system, {**fields, "updated_at": rfc3339(now)}, condition, before)


def _changed(system: BusinessSystem, fields: Item, condition: str, values: Item) -> BusinessSystem | None:
    names = {f"#{name}": name for name in fields}
    expression = "SET " + ", ".join(f"#{name} = :{name}" for name in fields)
    values = {**{f":{name}": value for name, value in fields.items()}, **values}
    try:
        item = table.update(table.data(), _key(system), expression, condition, values, names)
    except ConditionFailed:
        return None
    return BusinessSystem.model_validate(item)


def delete(system: BusinessSystem) -> bool:
    """False: an intent calls it."""
    unused = {"ConditionExpression": FREE, "ExpressionAttributeValues": {":none": 0}}
    try:
        table.transact([{"Delete": {"TableName": table.data(), "Key": _key(system), **unused}}])
    except TransactionFailed as failed:
        if failed.reasons != ["ConditionalCheckFailed"]:
            raise
        return False
    return True


def using(organization: str, systems: Iterable[str], intent: str) -> list[dict[str, Any]]:
    """The writes by which an intent begins to call systems, for the transaction that writes the intent."""
    return [
        write
        for system in sorted(systems)
        for write in (
            {"Put": {"TableName": table.data(), "Item": _use(organization, system, intent) | {"intent": intent}}},
            _counted(organization, system, 1),
        )
    ]


def unusing(organization: str, systems: Iterable[str], intent: str) -> list[dict[str, Any]]:
    return [
        write
        for system in sorted(systems)
        for write in (
            {"Delete": {"TableName": table.data(), "Key": _use(organization, system, intent)}},
            _counted(organization, system, -1),
        )
    ]


def users(system: BusinessSystem) -> list[str]:
    """The intents that call it."""
    pk, prefix = keys.uses(system.organization_id, "SYSTEM", system.id)
    values = {":pk": pk, ":sk": prefix}
    found = table.query(table.data(), "pk = :pk AND begins_with(sk, :sk)", values, consistent=True)
    return [item["intent"] for item in found]


def _counted(organization: str, system: str, by: int) -> dict[str, Any]:
    return {
        "Update": {
            "TableName": table.data(),
            "Key": receipt_keys.business_system(organization, system),
            "UpdateExpression": "ADD intent_count :by",
            "ConditionExpression": THERE,
            "ExpressionAttributeValues": {":by": by},
        }
    }


def _use(organization: str, system: str, intent: str) -> keys.Key:
    return keys.use(organization, "SYSTEM", system, intent)


def _key(system: BusinessSystem) -> keys.Key:
    return receipt_keys.business_system(system.organization_id, system.id)
