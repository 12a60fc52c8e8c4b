"""Messages: every change of state is one conditional write; the condition is the rule."""

from typing import Any

from parley.model.content import Content
from parley.model.message import Fault, State
from parley.model.status import Status, rank
from parley.store import keys, table
from parley.store.table import ConditionFailed, Item

OF_KEYS = {"id", "organization", "channel", "to", "reference", "created_at"}


def insert(state: State) -> State | None:
    """Keeps a new message. Returns None when it was new, else what is kept under its id."""
    try:
        table.insert(table.data(), {**keys.state(state.organization, state.id), **_indexed(state), **_item(state)})
    except ConditionFailed as failed:
        return read(failed.old or {})
    return None


def put_content(
    state: State, content: Content | dict[str, Any], sender: str, steps: list[dict[str, Any]] | None = None
) -> Item:
    """`sender` as a person reads it, a phone number; the state keeps the platform's id of it. Answers what it kept."""
    stored = content.model_dump(exclude_none=True) if isinstance(content, Content) else content
    item = {"content": stored, "sender": sender, "steps": steps or None}
    table.put(table.data(), keys.content(state.organization, state.id, state.fingerprint) | item)
    return item


def keep_content(state: State, content: dict[str, Any], sender: str, steps: list[dict[str, Any]] | None = None) -> Item:
    """Keeps it unless there is content already, and answers what is kept."""
    item = {"content": content, "sender": sender, "steps": steps or None}
    try:
        table.insert(table.data(), keys.content(state.organization, state.id, state.fingerprint) | item)
    except ConditionFailed as failed:
        return failed.old or item
    return item


def get(organization: str, message: str) -> State | None:
    item = table.get(table.data(), keys.state(organization, message))
    return read(item) if item else None


def get_content(state: State) -> Item:
    """{"content": …, "sender": …, "steps": …}; empty when the message has none of its own."""
    return table.get(table.data(), keys.content(state.organization, state.id, state.fingerprint)) or {}


def read(item: Item) -> State:
    """What stands in a key is kept there alone: a state item must stay under 1 KB."""
    _, organization, _, message = item["pk"].split("#")
    of_keys = {
        "id": message,
        "organization": organization,
        "channel": _channel(item),
        "to": item["to"] if "to" in item else item["person"].partition("#PERSON#")[2],
        "reference": item.get("reference_key", "").partition("#REFERENCE#")[2] or None,
        "created_at": item["listed_at"],
    }
    return State.model_validate({**item, **of_keys})


def plain(item: Item) -> Item:
    """As it is stored, with the channel, which stands in a key alone."""
    return item | {"channel": _channel(item)}


def _channel(item: Item) -> str:
    return str(item["day_list"]).split("#")[3]


def claim(state: State, worker: str, now: int, lease_until: int, via: tuple[str, str] | None = None) -> State | None:
    """Takes a queued message for one provider call; None when somebody else has it. `via`: (sender, resource) of the
    pool that it goes out from, so that receipts of that sender are believed."""
    values = {
        ":sending": Status.SENDING,
        ":queued": Status.QUEUED,
        ":rank": rank(Status.SENDING),
        ":one": 1,
        ":zero": 0,
    }
    values |= {":worker": worker, ":lease": lease_until, ":now": now}
    expression = (
        "SET #s = :sending, #r = :rank, attempt = if_not_exists(attempt, :zero) + :one,"
        " lease_until = :lease, claimed_by = :worker, times.sending = :now"
    )
    gone = "held_by, hold_until"
    if via:
        expression = f"{expression}, origin = :origin, #resource = :resource"
        values |= {":origin": via[0], ":resource": via[1]}
    elif state.origin:
        gone += ", origin, #resource"
    names = {"#resource": "resource"} if via or state.origin else None  # a word of DynamoDB's own
    try:
        return _change(state, f"{expression} REMOVE {gone}", "#s = :queued", values, names)
    except ConditionFailed as failed:
        mine = failed.old is not None and failed.old.get("claimed_by") == worker  # the SDK repeated our own write
        return read(failed.old) if mine and failed.old else None


def claim_row(state: State, worker: str, now: int, lease_until: int) -> State | None:
    """The same for a row of a broadcast that has no item yet: its first write is the claim."""
    sending: Item = {"status": Status.SENDING, "rank": rank(Status.SENDING), "attempt": 1, "claimed_by": worker}
    claimed = state.model_copy(update={**sending, "lease_until": lease_until, "times": {"sending": now}})
    there = insert(claimed)
    return claimed if there is None or there.claimed_by == worker else None


def give_back(claimed: State, held_by: str | None = None, hold_until: int | None = None) -> bool:
    """`sending → queued`, by the claim's owner alone, for what was certainly not accepted."""
    values: Item = {":sending": Status.SENDING, ":queued": Status.QUEUED, ":rank": rank(Status.QUEUED)}
    values |= {":worker": claimed.claimed_by, ":attempt": claimed.attempt}
    expression = "SET #s = :queued, #r = :rank"
    if held_by:
        expression, values = (
            f"{expression}, held_by = :held, hold_until = :until",
            values | {":held": held_by, ":until": hold_until},
        )
    condition = "#s = :sending AND claimed_by = :worker AND attempt = :attempt"
    try:
        _change(claimed, f"{expression} REMOVE lease_until", condition, values)
    except ConditionFailed as failed:
        return _is_back(failed.old, claimed)  # the SDK repeated our own write
    return True


def _is_back(kept: Item | None, claimed: State) -> bool:
    same = kept is not None and (kept.get("claimed_by"), kept.get("attempt")) == (claimed.claimed_by, claimed.attempt)
    return same and kept is not None and kept["status"] == Status.QUEUED


def reach(state: State, status: Status, at: int, fault: Fault | None = None, **more: Any) -> State | None:
    """Raises the rank to `status`, or changes nothing but the time of that status. None: there is no such message.

    A status that proves arrival after the fallback went out is marked late in the same write.
    """
    proof = status in (Status.DELIVERED, Status.READ)
    try:
        return _raise(state, status, at, fault, more, "attribute_not_exists(fired_at)" if proof else None)
    except ConditionFailed as failed:
        if failed.old is None:
            return None
        if proof and failed.old.get("fired_at") and failed.old["rank"] < rank(status):
            return _raise_late(state, status, at, fault, more)
        return _note(state, status, at, more)


def _raise(state: State, status: Status, at: int, fault: Fault | None, more: Item, extra: str | None) -> State:
    values: Item = {":status": status, ":rank": rank(status), ":at": at}
    sets = ["#s = :status", "#r = :rank", "times.#t = if_not_exists(times.#t, :at)"]
    for name, value in {**more, **({"error": fault.model_dump(exclude_none=True)} if fault else {})}.items():
        sets.append(f"{name if name != 'error' else '#error'} = :{name}")
        values[f":{name}"] = value
    names = {"#t": str(status)} | ({"#error": "error"} if fault else {})
    condition = "#r < :rank" + (f" AND {extra}" if extra else "")
    return _change(state, f"SET {', '.join(sets)} REMOVE held_by, hold_until, lease_until", condition, values, names)


def _raise_late(state: State, status: Status, at: int, fault: Fault | None, more: Item) -> State | None:
    try:
        return _raise(state, status, at, fault, {**more, "late": True}, None)
    except ConditionFailed:
        return _note(state, status, at, more)


def _note(state: State, status: Status, at: int, more: Item) -> State | None:
    """A stale report still keeps its own time, and an acceptance its provider id."""
    sets = ["times.#t = if_not_exists(times.#t, :at)", *(f"{name} = :{name}" for name in more)]
    values = {":at": at, **{f":{name}": value for name, value in more.items()}}
    try:
        item = table.update(
            table.data(),
            keys.state(state.organization, state.id),
            f"SET {', '.join(sets)}",
            "attribute_exists(pk)",
            values,
            {"#t": str(status)},
        )
    except ConditionFailed:
        return None
    return read(item)


def mark(state: State, name: str, at: int) -> None:
    """Notes when something was done about a sent message; its status does not change by that."""
    _change(state, "SET #n = :at", "attribute_exists(pk)", {":at": at}, {"#n": name})


def convert(state: State, converted: bool) -> State | None:
    """Notes whether a code was typed in; None if somebody noted something since it was read."""
    before = {} if state.converted is None else {":before": state.converted}
    condition = "converted = :before" if before else "attribute_exists(pk) AND attribute_not_exists(converted)"
    return attempt(state, "SET converted = :converted", condition, {":converted": converted, **before})


def attempt(
    state: State, expression: str, condition: str, values: Item, names: dict[str, str] | None = None
) -> State | None:
    try:
        return _change(state, expression, condition, values, names)
    except ConditionFailed:
        return None


def _change(state: State, expression: str, condition: str, values: Item, names: dict[str, str] | None = None) -> State:
    known = {
        **({"#s": "status"} if "#s" in expression + condition else {}),
        **({"#r": "rank"} if "#r" in expression + condition else {}),
        **(names or {}),
    }
    return read(
        table.update(table.data(), keys.state(state.organization, state.id), expression, condition, values, known)
    )


def _item(state: State) -> Item:
    return state.model_dump(exclude_none=True, exclude_defaults=True, exclude=OF_KEYS)


def _indexed(state: State) -> Item:
    """The immutable index keys; a scheduled message also stands under its channel's schedule until it is queued."""
    lists: Item = {
        "listed_at": state.created_at,
        "day_list": keys.by_day(state.organization, state.channel, state.created_at),
    }
    if state.broadcast:  # rows are found by their number: each index costs a write more
        return lists | {"to": state.to}
    lists["person"] = keys.by_person(state.organization, state.to)
    if state.reference:
        lists["reference_key"] = keys.by_reference(state.organization, state.reference)
    if state.status is Status.SCHEDULED:
        lists |= {"held_by": keys.held_by_schedule(state.organization, state.channel), "hold_until": state.send_at}
    return lists
