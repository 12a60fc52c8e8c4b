"""A fallback's takeover: whoever makes these writes lets the next step go out, nobody else can (sending rules §7)."""

from typing import Any

from parley.model.message import State
from parley.model.status import Status, rank
from parley.store import keys, table
from parley.store.messages import attempt, get
from parley.store.table import Item, TransactionFailed

NAMES = {"#s": "status", "#r": "rank", "#n": "step"}


def first(state: State, now: int, reason: str, statuses: list[Status]) -> State | None:
    """From the accepted message itself. One that is still queued is superseded by it."""
    sets, condition, values = _left(state, now, reason, statuses)
    values |= {":step": 1}
    return attempt(state, f"SET #n = :step, {sets}", condition, values, {"#n": "step"})


def following(state: State, goals: dict[str, Status], now: int, reason: str, statuses: list[Status]) -> State | None:
    """From a copy to the next one, unless one of the legs before it has reached its goal; `goals` by the legs' ids."""
    sets, condition, values = _left(state, now, reason, statuses)
    leaving = _update(state.organization, state.id, f"SET {sets}", condition, values)
    steps = {":step": state.leg + 1, ":before": state.leg, ":goal": rank(goals[state.root])}
    counting = _update(state.organization, state.root, "SET #n = :step", "#n = :before AND #r < :goal", steps)
    between = {name: goal for name, goal in goals.items() if name != state.root}
    checks = [_check(state.organization, name, "#r < :goal", {":goal": rank(goal)}) for name, goal in between.items()]
    try:
        table.transact([{"Update": leaving}, {"Update": counting}, *checks])
    except TransactionFailed as failed:
        if "ConditionalCheckFailed" not in failed.reasons:
            raise
        return None
    return get(state.organization, state.id)


def _left(state: State, now: int, reason: str, statuses: list[Status]) -> tuple[str, str, Item]:
    """What is written on the leg that is taken over, and in which of its statuses: (sets, condition, values)."""
    values: Item = {":now": now, ":reason": reason}
    sets, free = "fired_at = :now, fired_for = :reason", "attribute_not_exists(fired_at)"
    if state.status is Status.QUEUED:
        values |= {":queued": Status.QUEUED, ":over": Status.SUPERSEDED, ":rank": rank(Status.SUPERSEDED)}
        sets += ", #s = :over, #r = :rank, times.superseded = :now REMOVE held_by, hold_until"
        return sets, f"{free} AND #s = :queued", values
    values |= {f":s{i}": status for i, status in enumerate(statuses)}
    return sets, f"{free} AND #s IN ({', '.join(f':s{i}' for i in range(len(statuses)))})", values


def _update(organization: str, message: str, expression: str, condition: str, values: Item) -> dict[str, Any]:
    return {
        **_check(organization, message, condition, values)["ConditionCheck"],
        "UpdateExpression": expression,
        "ExpressionAttributeNames": _names(expression + condition),
    }


def _check(organization: str, message: str, condition: str, values: Item) -> dict[str, Any]:
    return {
        "ConditionCheck": {
            "TableName": table.data(),
            "Key": keys.state(organization, message),
            "ConditionExpression": condition,
            "ExpressionAttributeNames": _names(condition),
            "ExpressionAttributeValues": values,
        }
    }


def _names(text: str) -> dict[str, str]:
    return {short: name for short, name in NAMES.items() if short in text}
