"""Which templates name an intent in a button, so that one that is named is not deleted."""

from typing import Any

from parley.model.business_system import Intent
from parley.store import keys, receipt_keys, table
from parley.store.table import TransactionFailed

FRESH = "attribute_not_exists(pk)"
THERE = "attribute_exists(pk)"


def using(intent: Intent, user: str) -> list[dict[str, Any]]:
    """The writes by which `user` (words for a person, like `template offer`) begins to name it, for the transaction in
    which the user itself is written."""
    item = {**_use(intent, user), "user": user}
    put = {"Put": {"TableName": table.data(), "Item": item, "ConditionExpression": FRESH}}
    return [put, _counted(intent, 1)]


def use(intent: Intent, user: str) -> bool:
    """A repeat changes nothing. False: there is no such intent any more."""
    try:
        table.transact(using(intent, user))
    except TransactionFailed as failed:
        return failed.reasons[0] == "ConditionalCheckFailed"  # noted before
    return True


def unuse(intent: Intent, user: str) -> None:
    gone = {"Delete": {"TableName": table.data(), "Key": _use(intent, user), "ConditionExpression": THERE}}
    try:
        table.transact([gone, _counted(intent, -1)])
    except TransactionFailed:
        return  # this one does not name it


def users(intent: Intent) -> list[str]:
    pk, prefix = keys.uses(intent.organization_id, "INTENT", intent.id)
    values = {":pk": pk, ":sk": prefix}
    found = table.query(table.data(), "pk = :pk AND begins_with(sk, :sk)", values, consistent=True)
    return [item["user"] for item in found]


def _counted(intent: Intent, by: int) -> dict[str, Any]:
    return {
        "Update": {
            "TableName": table.data(),
            "Key": receipt_keys.intent(intent.organization_id, intent.id),
            "UpdateExpression": "ADD use_count :by",
            "ConditionExpression": THERE,
            "ExpressionAttributeValues": {":by": by},
        }
    }


def _use(intent: Intent, user: str) -> keys.Key:
    return keys.use(intent.organization_id, "INTENT", intent.id, user)
