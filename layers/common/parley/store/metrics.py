"""Counters: one item for each template and day, or for each policy, day and channel; a batch of changes moves them at
once."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

from parley.model.metrics import NOW, Counts, Place
from parley.model.times import DAY
from parley.store import keys, table
from parley.store.table import TransactionFailed

MOST_PLACES = 99
"""What fits into one transaction beside the mark of the batch."""

REMEMBERED = 2 * DAY
OTHERS = {"pk", "sk", "version"}


class Kept(NamedTuple):
    """What stands in a counter item; `version` grows with every write of it, 0: there is none yet."""

    counts: Counts
    version: int


def add(batch: str, increments: dict[Place, Counts], now: int) -> bool:
    """Adds what a batch of changes counts, all at once and only once. False: it was added before.

    Messages under a policy count in several places each; what no transaction can hold any more has one of its own. The
    same batch is always cut in the same way, so each part has its own mark."""
    writes = [{"Update": _added(where, counts)} for where, counts in increments.items()]
    parts = [writes[start : start + MOST_PLACES] for start in range(0, len(writes), MOST_PLACES)]
    added = [_added_once(f"{batch}{f'#{i}' if i else ''}", part, now) for i, part in enumerate(parts)]
    return any(added)


def _added_once(batch: str, writes: list[dict[str, Any]], now: int) -> bool:
    expires = (now + REMEMBERED) // 1000
    mark = {"TableName": table.runtime(), "Item": {**keys.counted_batch(batch), "expires": expires}}
    try:
        table.transact([{"Put": mark | {"ConditionExpression": "attribute_not_exists(pk)"}}, *writes])
    except TransactionFailed as failed:
        if failed.reasons[0] != "ConditionalCheckFailed":
            raise
        return False
    return True


def _added(where: Place, counts: Counts) -> dict[str, Any]:
    named = [*counts.items(), ("version", 1)]
    return {
        "TableName": table.data(),
        "Key": keys.metrics(*where),
        "UpdateExpression": "ADD " + ", ".join(f"#n{i} :n{i}" for i in range(len(named))),
        "ExpressionAttributeNames": {f"#n{i}": name for i, (name, _) in enumerate(named)},
        "ExpressionAttributeValues": {f":n{i}": by for i, (_, by) in enumerate(named)},
    }


def of_template(organization: str, template: str, first: str, last: str) -> dict[str, Counts]:
    """The counts of the days from first to last that have any, in their order."""
    return _of_days(*keys.metrics_between(organization, "TEMPLATE", template, first, last))


def of_policy(organization: str, policy: str, first: str, last: str) -> dict[str, Counts]:
    """The same of a fallback policy, all channels together."""
    return _of_days(*keys.metrics_between(organization, "POLICY", policy, first, last))


def of_broadcast(organization: str, broadcast: str) -> Counts:
    """How the rows of a broadcast stand, by status; those that nothing is known of are not counted."""
    item = table.get(table.data(), keys.metrics(*Place(organization, broadcast, NOW, broadcast=True)))
    return +_counts(item) if item else Counter()


def hours_of_broadcast(organization: str, broadcast: str) -> dict[str, Counts]:
    """By hour, how many rows came to each status; in order."""
    found = _of_days(*keys.metrics_between(organization, "BROADCAST", broadcast, "0", "9"))
    return {hour: +counts for hour, counts in found.items() if hour != NOW}


def _of_days(pk: str, start: str, end: str) -> dict[str, Counts]:
    found: dict[str, Counts] = {}
    for item in table.query(
        table.data(), "pk = :pk AND sk BETWEEN :start AND :end", {":pk": pk, ":start": start, ":end": end}
    ):
        found.setdefault(keys.day_of_metrics(item), Counter()).update(_counts(item))
    return found


def kept(places: Iterable[Place]) -> dict[Place, Kept]:
    """What stands in the counter items of these places, read consistently."""
    wanted = {tuple(keys.metrics(*where).values()): where for where in places}
    items = table.get_many(table.data(), [{"pk": pk, "sk": sk} for pk, sk in wanted])
    found = {wanted[item["pk"], item["sk"]]: Kept(_counts(item), item["version"]) for item in items}
    return {where: found.get(where, Kept(Counter(), 0)) for where in wanted.values()}


def replace(where: Place, counts: Counts, version: int) -> bool:
    """Puts other counts in the place of those that were read. False: they were changed meanwhile."""
    unchanged = "version = :version" if version else "attribute_not_exists(pk)"
    item = {**keys.metrics(*where), **counts, "version": version + 1}
    write: dict[str, Any] = {"TableName": table.data(), "Item": item, "ConditionExpression": unchanged}
    if version:
        write["ExpressionAttributeValues"] = {":version": version}
    try:
        table.transact([{"Put": write}])
    except TransactionFailed:
        return False
    return True


def _counts(item: table.Item) -> Counts:
    return Counter({name: value for name, value in item.items() if name not in OTHERS})
