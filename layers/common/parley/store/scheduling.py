"""The pool of numbers that one-time codes go out from. How each one does stands in the runtime table under its own id,
because several organizations may use it."""

from typing import Any

from parley.errors import Conflict
from parley.model.scheduling import Load, SchedulingResource
from parley.model.times import MINUTE, rfc3339
from parley.store import keys, table
from parley.store.table import ConditionFailed, Item

REMEMBERED = 7 * 86_400
"""Seconds after which a resource's troubles are forgotten, unless there were new ones."""


def insert(resource: SchedulingResource) -> SchedulingResource:
    """Keeps a new one, and answers what is kept. Raises Conflict for a key that was used for another request."""
    item = {**_key(resource), **resource.model_dump(exclude={"health"}), "fingerprint": resource.fingerprint}
    try:
        table.insert(table.data(), item)
    except ConditionFailed as failed:
        kept = read(failed.old or {})
        if kept.fingerprint != resource.fingerprint:
            raise Conflict("idempotency_key_reused", "This Idempotency-Key was used for another request.") from None
        return kept
    return resource


def read(item: Item) -> SchedulingResource:
    return SchedulingResource.model_validate(item)


def get(organization: str, resource: str) -> SchedulingResource | None:
    item = table.get(table.data(), keys.scheduling_resource(organization, resource))
    return read(item) if item else None


def page(organization: str, start: Item | None, limit: int) -> tuple[list[SchedulingResource], Item | None]:
    pk, prefix = keys.scheduling_resources(organization)
    values = {":pk": pk, ":sk": prefix}
    items, last = table.query_page(
        table.data(), "pk = :pk AND begins_with(sk, :sk)", values, start=start, limit=limit, consistent=True
    )
    return [read(item) for item in items], last


def all_of(organization: str) -> list[SchedulingResource]:
    pk, prefix = keys.scheduling_resources(organization)
    values = {":pk": pk, ":sk": prefix}
    items = table.query(table.data(), "pk = :pk AND begins_with(sk, :sk)", values, consistent=True)
    return [read(item) for item in items]


def change(resource: SchedulingResource, fields: Item, now: int) -> SchedulingResource | None:
    """Sets `fields`; what is None is taken away. None: it was deleted meanwhile."""
    kept = {name: value for name, value in fields.items() if value is not None} | {"updated_at": rfc3339(now)}
    gone = [name for name, value in fields.items() if value is None]
    expression = "SET " + ", ".join(f"#{name} = :{name}" for name in kept)
    expression += " REMOVE " + ", ".join(f"#{name}" for name in gone) if gone else ""
    names = {f"#{name}": name for name in [*kept, *gone]}
    values = {f":{name}": value for name, value in kept.items()}
    try:
        return read(table.update(table.data(), _key(resource), expression, "attribute_exists(pk)", values, names))
    except ConditionFailed:
        return None


def delete(resource: SchedulingResource) -> None:
    table.delete(table.data(), _key(resource))


def loads(resources: list[SchedulingResource], now: int) -> dict[str, Load]:
    """How each of them does at this moment, by its id, in one read."""
    wanted = {each.id: _load_keys(each.id, now) for each in resources}
    items = table.get_many(table.runtime(), [key for pair in wanted.values() for key in pair])
    found = {(item["pk"], item["sk"]): item for item in items}
    both = {each: [found.get((key["pk"], key["sk"]), {}) for key in pair] for each, pair in wanted.items()}
    return {each: _load(health | use) for each, (health, use) in both.items()}


def _load_keys(resource: str, now: int) -> tuple[keys.Key, keys.Key]:
    return keys.resource_health(resource), keys.resource_use(resource, now // MINUTE)


def _load(item: dict[str, Any]) -> Load:
    return Load(**{name: item[name] for name in Load._fields if name in item})


def reserve(resource: str, most: int, now: int) -> bool:
    """Counts one code of this minute, if there is room for it."""
    values = {":one": 1, ":most": most, ":expires": now // 1000 + 3600}
    condition = "attribute_not_exists(used) OR used < :most"
    try:
        table.update(
            table.runtime(),
            keys.resource_use(resource, now // MINUTE),
            "SET expires = :expires ADD used :one",
            condition,
            values,
        )
    except ConditionFailed:
        return False
    return True


def worsen(resource: str, what: str, now: int) -> None:
    """One more of its `failures` or `misses` in a row."""
    values = {":one": 1, ":now": now, ":expires": now // 1000 + REMEMBERED}
    expression = "SET troubled_at = :now, expires = :expires ADD #what :one"
    newer = "attribute_not_exists(troubled_at) OR troubled_at <= :now"
    _note(resource, expression, newer, values, {"#what": what})


def rest(resource: str, until: int, now: int) -> None:
    """Nothing goes out from it before `until`."""
    values = {":until": until, ":expires": now // 1000 + REMEMBERED}
    later = "attribute_not_exists(rests_until) OR rests_until < :until"
    _note(resource, "SET rests_until = :until, expires = :expires", later, values)


def heal(resource: str, what: str) -> None:
    """None of its `failures` or `misses` counts any more."""
    _note(resource, "SET #what = :none", "#what > :none", {":none": 0}, {"#what": what})


def _note(resource: str, expression: str, condition: str, values: Item, names: dict[str, str] | None = None) -> None:
    """What the condition refuses is known already, or was outdone by somebody else."""
    try:
        table.update(table.runtime(), keys.resource_health(resource), expression, condition, values, names)
    except ConditionFailed:
        return


def _key(resource: SchedulingResource) -> keys.Key:
    return keys.scheduling_resource(resource.organization_id, resource.id)
