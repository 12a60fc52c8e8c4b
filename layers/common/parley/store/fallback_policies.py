"""Fallback policies; each is written in one transaction with what it uses."""

from typing import Any

from parley.model.fallback_policy import FallbackPolicy
from parley.store import fallback_rules, keys, table
from parley.store.table import Item

FRESH = "attribute_not_exists(pk)"
SAME = "version = :version"


def insert(policy: FallbackPolicy) -> bool:
    """Keeps a new one. False: something is kept under its id already, or one of its rules is gone."""
    put = {"TableName": table.data(), "Item": _item(policy), "ConditionExpression": FRESH}
    return table.written([{"Put": put}, *fallback_rules.using(policy.organization_id, policy.rules, policy.id)])


def replace(old: FallbackPolicy, new: FallbackPolicy) -> bool:
    """False: it was changed or deleted meanwhile, or one of its new rules was."""
    who = old.organization_id
    put = {"TableName": table.data(), "Item": _item(new.model_copy(update={"version": old.version + 1}))}
    begun = fallback_rules.using(who, new.rules - old.rules, old.id)
    ended = fallback_rules.unusing(who, old.rules - new.rules, old.id)
    return table.written([{"Put": put | _unchanged(old)}, *begun, *ended])


def delete(policy: FallbackPolicy) -> bool:
    """False: it was changed or deleted meanwhile."""
    gone = {"TableName": table.data(), "Key": _key(policy), **_unchanged(policy)}
    return table.written([{"Delete": gone}, *fallback_rules.unusing(policy.organization_id, policy.rules, policy.id)])


def get(organization: str, policy: str) -> FallbackPolicy | None:
    item = table.get(table.data(), keys.fallback_policy(organization, policy))
    return FallbackPolicy.model_validate(item) if item else None


def get_many(organization: str, policies: list[str]) -> list[FallbackPolicy]:
    """Those that exist, by name."""
    items = table.get_many(table.data(), [keys.fallback_policy(organization, policy) for policy in policies])
    return sorted(map(FallbackPolicy.model_validate, items), key=lambda each: (each.name, each.id))


def page(organization: str, start: Item | None, limit: int) -> tuple[list[FallbackPolicy], Item | None]:
    prefix = keys.fallback_policy(organization, "")
    values = {":pk": prefix["pk"], ":sk": prefix["sk"]}
    items, last = table.query_page(
        table.data(), "pk = :pk AND begins_with(sk, :sk)", values, start=start, limit=limit, consistent=True
    )
    return [FallbackPolicy.model_validate(item) for item in items], last


def _unchanged(policy: FallbackPolicy) -> dict[str, Any]:
    return {"ConditionExpression": SAME, "ExpressionAttributeValues": {":version": policy.version}}


def _item(policy: FallbackPolicy) -> Item:
    hidden = {"version": policy.version, "fingerprint": policy.fingerprint}
    return {**_key(policy), **policy.model_dump(exclude_none=True), **hidden}


def _key(policy: FallbackPolicy) -> keys.Key:
    return keys.fallback_policy(policy.organization_id, policy.id)
