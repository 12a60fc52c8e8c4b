"""Rate slots of senders: one number each, moved by one conditional write for a whole batch."""

from parley.model.rate import Slots
from parley.store import keys, table
from parley.store.table import ConditionFailed


def take(organization: str, channel: str, count: int, interval: float, horizon: float, now: int) -> Slots | float:
    """Books `count` slots that begin within `horizon` milliseconds, or says in how many milliseconds to ask again."""
    key, cost = keys.rate(organization, channel), count * interval
    busy = {":cost": cost, ":now": now, ":latest": now + horizon}
    try:
        item = table.update(table.runtime(), key, "SET tat = tat + :cost", "tat > :now AND tat <= :latest", busy)
        return Slots(item["tat"] - cost, interval)
    except ConditionFailed as failed:
        if failed.old and failed.old["tat"] > now:
            return float(failed.old["tat"] - now - horizon)
    return _idle(key, cost, interval, now)


def _idle(key: keys.Key, cost: float, interval: float, now: int) -> Slots | float:
    try:
        table.update(
            table.runtime(),
            key,
            "SET tat = :next",
            "attribute_not_exists(tat) OR tat <= :now",
            {":next": now + cost, ":now": now},
        )
    except ConditionFailed:
        return interval  # somebody was faster by a moment
    return Slots(float(now), interval)


def push_back(organization: str, channel: str, until: int) -> None:
    """The platform asked to wait: nobody sends from here before `until`."""
    try:
        table.update(
            table.runtime(),
            keys.rate(organization, channel),
            "SET tat = :until",
            "attribute_not_exists(tat) OR tat < :until",
            {":until": until},
        )
    except ConditionFailed:
        return
