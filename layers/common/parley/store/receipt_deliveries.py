"""Deliveries of receipts and intents, and their tickets: which of them is due when.

The delivery decides, a ticket only points at it: a ticket whose delivery is over or due at another time is thrown away.
So the delivery is written first and its ticket after it, and a crash in between is mended by whoever repeats, or by
whoever finds the old ticket."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from parley.model.receipt_delivery import KEPT_DAYS, LEASE, Attempt, DeliveryStatus, ReceiptDelivery, Way
from parley.model.times import DAY, rfc3339
from parley.store import receipt_keys, table
from parley.store.table import ConditionFailed, Item

WAITS = "#status = :waiting"
NAMES = {"#status": "status"}
MOST_ATTEMPTS = 40
"""What is replayed again and again keeps the newest ones; an item has an end."""
SEEN = 10
"""Tickets that are looked at to find one that nobody has: more than may be under way at once."""


class Stored(ReceiptDelivery):
    """With what the API does not show; times in epoch milliseconds. `intent`: the inbound message that fired it."""

    made_at: int
    due: int = 0
    lease_until: int = 0
    intent: str | None = None

    @property
    def target(self) -> str:
        return self.receipt_endpoint_id or self.business_system_id or ""


class Ticket(NamedTuple):
    """Points at a delivery; `due` in epoch milliseconds."""

    id: str
    due: int
    way: Way


def insert(delivery: Stored) -> bool:
    """Keeps a new one, due at once. False: it was there already, as for a repeat, whose ticket is then made sure of."""
    try:
        table.insert(table.runtime(), {**_key(delivery), **_item(delivery)})
    except ConditionFailed as failed:
        kept = _read(failed.old or {})
        if kept.status is DeliveryStatus.WAITING:
            put_ticket(kept)
        return False
    put_ticket(delivery)
    return True


def put_ticket(delivery: Stored) -> None:
    table.put(table.runtime(), {**_ticket_key(delivery), "expires": _expires(delivery)})


def drop_ticket(organization: str, ticket: Ticket) -> None:
    table.delete(table.runtime(), receipt_keys.ticket(organization, *ticket))


def tidy(kept: Stored | None, organization: str, ticket: Ticket) -> None:
    """Throws away a ticket that its delivery, as it is kept, does not have any more. Whoever moved that to another time
    may have died before the new ticket was written."""
    if kept and kept.status is DeliveryStatus.WAITING:
        put_ticket(kept)
    drop_ticket(organization, ticket)


def get(organization: str, id: str) -> Stored | None:
    item = table.get(table.runtime(), receipt_keys.delivery(organization, id)) if receipt_keys.target_of(id) else None
    return _read(item) if item else None


def tickets(organization: str, target: str, now: int, limit: int = SEEN, way: Way = Way.HTTP) -> list[Ticket]:
    """What is due by this way, the oldest first."""
    pk, prefix = receipt_keys.tickets(organization, target, way)
    values = {":pk": pk, ":first": prefix, ":last": receipt_keys.due_by(organization, target, now, way)["sk"]}
    condition = "pk = :pk AND sk BETWEEN :first AND :last"
    items, _ = table.query_page(table.runtime(), condition, values, limit=limit, consistent=True)
    return [Ticket(*receipt_keys.of_ticket(item), way) for item in items]


def any_due(organization: str, target: str, now: int, limit: int = SEEN) -> list[Ticket]:
    """Of the first way by which something is due."""
    return next((due for way in Way if (due := tickets(organization, target, now, limit, way))), [])


def any_ticket(organization: str, target: str) -> bool:
    return any(_any_ticket(*receipt_keys.tickets(organization, target, way)) for way in Way)


def _any_ticket(pk: str, prefix: str) -> bool:
    condition, values = "pk = :pk AND begins_with(sk, :sk)", {":pk": pk, ":sk": prefix}
    return bool(table.query_page(table.runtime(), condition, values, limit=1, consistent=True)[0])


def claim(delivery: Stored, now: int) -> bool:
    """Takes one try of it. False: somebody else has it, or it is over."""
    condition = f"{WAITS} AND tries = :tries AND due = :due AND lease_until < :now"
    values = {":waiting": DeliveryStatus.WAITING, ":tries": delivery.tries, ":due": delivery.due}
    values |= {":now": now, ":lease": now + LEASE}
    return _changed(delivery, "SET lease_until = :lease", condition, values) is not None


def delivered(delivery: Stored, attempt: Attempt) -> None:
    if _record(delivery, attempt, {":status": DeliveryStatus.DELIVERED, ":due": 0}):
        _drop_own_ticket(delivery)


def failed(delivery: Stored, attempt: Attempt, due: int | None) -> None:
    """Waits until `due`, or has failed for good without it. Whose try was recorded by another one leaves the ticket."""
    status = DeliveryStatus.WAITING if due is not None else DeliveryStatus.FAILED
    kept = _record(delivery, attempt, {":status": status, ":due": due or 0})
    if kept and due is not None:
        put_ticket(kept)
    if kept:
        _drop_own_ticket(delivery)


def _record(delivery: Stored, attempt: Attempt, values: Item) -> Stored | None:
    expression = (
        "SET #status = :status, due = :due, tries = tries + :one, lease_until = :none,"
        " attempts = list_append(if_not_exists(attempts, :nothing), :attempt)"
    )
    values |= {":one": 1, ":none": 0, ":nothing": [], ":attempt": [attempt.model_dump(exclude_none=True)]}
    values |= {":waiting": DeliveryStatus.WAITING, ":tries": delivery.tries}
    return _changed(delivery, expression, f"{WAITS} AND tries = :tries", values)


def again(delivery: Stored, now: int) -> Stored | None:
    """Begins anew, due at once. None: a try is under way just now, or it was replayed since it was read."""
    expression = "SET #status = :waiting, due = :now, tries = :none, replayed_at = :at"
    less = {":kept": [each.model_dump(exclude_none=True) for each in delivery.attempts[-MOST_ATTEMPTS:]]}
    less = less if len(delivery.attempts) > MOST_ATTEMPTS else {}
    expression += ", attempts = :kept" if less else ""
    before = {":before": delivery.replayed_at} if delivery.replayed_at else {}
    condition = "replayed_at = :before" if before else "attribute_exists(pk) AND attribute_not_exists(replayed_at)"
    values = {":waiting": DeliveryStatus.WAITING, ":now": now, ":none": 0, ":at": rfc3339(now), **before, **less}
    kept = _changed(delivery, expression, f"({condition}) AND lease_until < :now", values)
    if kept:
        put_ticket(kept)
    return kept


def page(
    organization: str,
    target: str,
    start: Item | None,
    limit: int,
    since: int | None = None,
    until: int | None = None,
    *,
    newest_first: bool = True,
) -> tuple[list[Stored], Item | None]:
    """Those that were made from `since` on and before `until`, in epoch milliseconds."""
    pk, prefix = receipt_keys.deliveries(organization, target)
    first = receipt_keys.made_at(organization, target, since)["sk"] if since is not None else prefix
    last = receipt_keys.made_at(organization, target, until)["sk"] if until is not None else f"{prefix}~"
    items, after = table.query_page(
        table.runtime(),
        "pk = :pk AND sk BETWEEN :first AND :last",
        {":pk": pk, ":first": first, ":last": last},
        start=start,
        limit=limit,
        newest_first=newest_first,
        consistent=True,
    )
    return [_read(item) for item in items], after


def all_of(organization: str, target: str, since: int, until: int) -> Iterator[Stored]:
    """The oldest first."""
    start: Item | None = None
    while True:
        found, start = page(organization, target, start, 100, since, until, newest_first=False)
        yield from found
        if start is None:
            return


def _changed(delivery: Stored, expression: str, condition: str, values: Item) -> Stored | None:
    names = NAMES if "#status" in expression + condition else None
    try:
        return _read(table.update(table.runtime(), _key(delivery), expression, condition, values, names))
    except ConditionFailed:
        return None


def _drop_own_ticket(delivery: Stored) -> None:
    table.delete(table.runtime(), _ticket_key(delivery))


def _ticket_key(delivery: Stored) -> dict[str, str]:
    return receipt_keys.ticket(delivery.organization_id, delivery.id, delivery.due, delivery.way)


def _key(delivery: Stored) -> dict[str, str]:
    return receipt_keys.delivery(delivery.organization_id, delivery.id)


def _item(delivery: Stored) -> Item:
    kept: Item = delivery.model_dump(exclude_none=True, exclude={"body", "next_try_at", "attempts"})
    return kept | {"expires": _expires(delivery)}


def _expires(delivery: Stored) -> int:
    return (delivery.made_at + KEPT_DAYS * DAY) // 1000


def _read(item: Item) -> Stored:
    waits = item["status"] == DeliveryStatus.WAITING
    shown: dict[str, Any] = {"next_try_at": rfc3339(item["due"]) if waits and item["due"] else None}
    return Stored.model_validate({**item, **shown})
