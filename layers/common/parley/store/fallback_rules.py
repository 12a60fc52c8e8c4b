"""Fallback rules, and which policies use each of them."""

from collections.abc import Iterable
from typing import Any

from parley.model.fallback_policy import FallbackRule
from parley.model.times import rfc3339
from parley.store import keys, table
from parley.store.table import ConditionFailed, Item, TransactionFailed

FREE = "attribute_not_exists(use_count) OR use_count = :none"
THERE = "attribute_exists(pk)"


def insert(rule: FallbackRule) -> FallbackRule:
    """Keeps a new one, and answers what is kept: the first one for a repeat."""
    try:
        table.insert(table.data(), {**_key(rule), **rule.model_dump(), "fingerprint": rule.fingerprint})
    except ConditionFailed as failed:
        return FallbackRule.model_validate(failed.old)
    return rule


def get(organization: str, rule: str) -> FallbackRule | None:
    return get_many(organization, [rule]).get(rule)


def get_many(organization: str, rules: Iterable[str]) -> dict[str, FallbackRule]:
    """Those that exist, by their ids."""
    items = table.get_many(table.data(), [keys.fallback_rule(organization, rule) for rule in rules])
    return {item["id"]: FallbackRule.model_validate(item) for item in items}


def page(organization: str, start: Item | None, limit: int) -> tuple[list[FallbackRule], Item | None]:
    prefix = keys.fallback_rule(organization, "")
    values = {":pk": prefix["pk"], ":sk": prefix["sk"]}
    items, last = table.query_page(
        table.data(), "pk = :pk AND begins_with(sk, :sk)", values, start=start, limit=limit, consistent=True
    )
    return [FallbackRule.model_validate(item) for item in items], last


def change(rule: FallbackRule, fields: Item, now: int) -> FallbackRule | None:
    """None: it was deleted meanwhile."""
    fields = {**fields, "updated_at": rfc3339(now)}
    names = {f"#{name}": name for name in fields}
    expression = "SET " + ", ".join(f"#{name} = :{name}" for name in fields)
    values = {f":{name}": value for name, value in fields.items()}
    try:
        return FallbackRule.model_validate(table.update(table.data(), _key(rule), expression, THERE, values, names))
    except ConditionFailed:
        return None


def delete(rule: FallbackRule) -> bool:
    """False: a policy uses it."""
    unused = {"ConditionExpression": FREE, "ExpressionAttributeValues": {":none": 0}}
    try:
        table.transact([{"Delete": {"TableName": table.data(), "Key": _key(rule), **unused}}])
    except TransactionFailed as failed:
        if failed.reasons != ["ConditionalCheckFailed"]:
            raise
        return False
    return True


def using(organization: str, rules: Iterable[str], policy: str) -> list[dict[str, Any]]:
    """The writes by which a policy begins to use rules, for the transaction that writes the policy."""
    return [
        write
        for rule in sorted(rules)
        for write in (
            {"Put": {"TableName": table.data(), "Item": _use(organization, rule, policy) | {"policy": policy}}},
            _counted(organization, rule, 1),
        )
    ]


def unusing(organization: str, rules: Iterable[str], policy: str) -> list[dict[str, Any]]:
    return [
        write
        for rule in sorted(rules)
        for write in (
            {"Delete": {"TableName": table.data(), "Key": _use(organization, rule, policy)}},
            _counted(organization, rule, -1),
        )
    ]


def users(rule: FallbackRule) -> list[str]:
    """The policies that use it."""
    pk, prefix = keys.uses(rule.organization_id, "RULE", rule.id)
    values = {":pk": pk, ":sk": prefix}
    found = table.query(table.data(), "pk = :pk AND begins_with(sk, :sk)", values, consistent=True)
    return [item["policy"] for item in found]


def _counted(organization: str, rule: str, by: int) -> dict[str, Any]:
    return {
        "Update": {
            "TableName": table.data(),
            "Key": keys.fallback_rule(organization, rule),
            "UpdateExpression": "ADD use_count :by",
            "ConditionExpression": THERE,
            "ExpressionAttributeValues": {":by": by},
        }
    }


def _use(organization: str, rule: str, policy: str) -> keys.Key:
    return keys.use(organization, "RULE", rule, policy)


def _key(rule: FallbackRule) -> keys.Key:
    return keys.fallback_rule(rule.organization_id, rule.id)
