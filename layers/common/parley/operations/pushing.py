"""Tries of deliveries: one call for each look, and then the next one that is due there.

What waits stands in the table with a ticket that says when it is due; a message on the queue only makes somebody look.
Whoever goes away while something waits has marked it before, so the job of every minute finds what nobody looks at."""

from http import HTTPStatus

from parley.cloud import clock
from parley.cloud.metrics import count
from parley.model.receipt_delivery import Attempt, DeliveryStatus, Way, next_try
from parley.model.receipt_endpoint import ReceiptEndpoint
from parley.model.times import MINUTE, SECOND, rfc3339
from parley.model.types import JsonObject
from parley.operations import callees, intent_answers, receipt_bodies
from parley.operations.callees import Called, Callee
from parley.operations.receipt_kicks import kick
from parley.store import channel_events, channels, gates, receipt_endpoints, receipt_marks
from parley.store import receipt_deliveries as store
from parley.store.gates import Gate
from parley.store.receipt_deliveries import Stored, Ticket

FANNED = 2
"""How many workers look on after a call, so that what piled up is fetched by as many as may call at once."""
DISABLED = "Every call of the last five days failed."
GONE = "It answered 410, that it is gone."


def push(look: JsonObject) -> None:
    """Makes the one call that is due first of an endpoint or business system, if it may be called now. Raises what a
    repeat may mend, after a mark: the queue repeats it a few times only."""
    organization, target = look["organization"], look["target"]
    try:
        _look(organization, target, look.get("delivery"))
    except Exception:
        receipt_marks.mark(organization, target, clock.now())
        raise


def _look(organization: str, target: str, named: str | None) -> None:
    delivery, onward = _due(organization, target, named), named is None
    callee = callees.find(delivery) if delivery else None
    if delivery is None:
        return
    if callee is None:
        _end_for_nobody(delivery, onward=onward)
    elif callees.takes(callee, delivery.way):
        _enter(callee, delivery, onward=onward)
    else:
        _by_queue(callee, organization, target)


def _end_for_nobody(delivery: Stored, *, onward: bool) -> None:
    """It was deleted. One at a time, like a try: others may have seen the same one."""
    if store.claim(delivery, clock.now()):
        _end(delivery, "destination_gone")
        _look_on(delivery.organization_id, delivery.target, turned_away=onward)
    elif onward:
        kick(delivery.organization_id, delivery.target)


def _by_queue(callee: Callee, organization: str, target: str) -> None:
    """What waits for its queues goes on while its address is not called."""
    if callees.has_queues(callee) and callees.takes(callee, Way.QUEUE):
        delivery = _first_by(organization, target, Way.QUEUE)
        if delivery:
            _enter(callee, delivery, onward=True)


def _end(delivery: Stored, problem: str) -> None:
    """Without another try."""
    store.failed(delivery, Attempt(at=rfc3339(clock.now()), milliseconds=0, problem=problem), None)


def _due(organization: str, target: str, named: str | None) -> Stored | None:
    """The one that is named if it is due, else the first of those that nobody tries just now."""
    found = store.get(organization, named) if named else None
    if found and _is_due(found):
        return found
    return next((due for way in Way if (due := _first_by(organization, target, way))), None)


def _first_by(organization: str, target: str, way: Way) -> Stored | None:
    return _first(organization, store.tickets(organization, target, _soon(), way=way))


def _first(organization: str, tickets: list[Ticket]) -> Stored | None:
    for ticket in tickets:
        found = store.get(organization, ticket.id)
        if found and _is_due(found):
            return found
        if found is None or found.due != ticket.due or found.status is not DeliveryStatus.WAITING:
            store.tidy(found, organization, ticket)
    return None


def _is_due(delivery: Stored) -> bool:
    return delivery.status is DeliveryStatus.WAITING and delivery.due <= _soon() and delivery.lease_until < clock.now()


def _soon() -> int:
    """The clock of whoever made it due may be a little ahead of ours."""
    return clock.now() + SECOND


def _enter(callee: Callee, delivery: Stored, *, onward: bool) -> None:
    """Our own queues need no gate; whoever is called over the internet has one. `onward`: nobody else may look at what
    is due after it."""
    organization, target, now = delivery.organization_id, delivery.target, clock.now()
    reached = callees.is_reached(callee, delivery)
    place = gates.enter(organization, target, now) if delivery.way is Way.HTTP and reached else ""
    if place is None:
        receipt_marks.mark(organization, target, now)
        _by_queue(callee, organization, target)
        return
    if not store.claim(delivery, now):
        _leave_unused(delivery, place)
        if onward:
            kick(organization, target)  # somebody else had seen the same one
        return
    body = receipt_bodies.read(organization, target, delivery.id) if reached else None
    if body is None:
        _end(delivery, "body_gone" if reached else "destination_gone")
        _leave_unused(delivery, place)
        _look_on(organization, target, turned_away=onward)
        return
    called = _call(callee, delivery, body)
    left = clock.now()
    gate = gates.leave(organization, target, place, left, ok=called.ok, wait=called.wait) if place else gates.OPEN
    _follow(callee, delivery, called, gate._replace(turned_away=gate.turned_away or onward))


def _leave_unused(delivery: Stored, place: str) -> None:
    if place:
        gates.leave_unused(delivery.organization_id, delivery.target, place, clock.now())


def _call(callee: Callee, delivery: Stored, body: bytes) -> Called:
    """An answer is passed on before the call is recorded: what is recorded, nobody comes back to."""
    called = callees.call(callee, delivery, body)
    if called.ok and delivery.intent:
        intent_answers.pass_on(delivery, called.text)
    return called


def _follow(callee: Callee, delivery: Stored, called: Called, gate: Gate) -> None:
    organization, target, now = delivery.organization_id, delivery.target, clock.now()
    if called.ok:
        store.delivered(delivery, called.attempt)
        count("ReceiptDelivered", delivery.events)
        _look_on(organization, target, turned_away=gate.turned_away)
        return
    due = next_try(delivery.tries + 1, now)
    receipt_marks.mark(organization, target, now)
    store.failed(delivery, called.attempt, due)
    count("ReceiptNotDelivered")
    gone = called.attempt.status == HTTPStatus.GONE
    if (gate.hopeless or gone) and isinstance(callee, ReceiptEndpoint):
        _disable(callee, GONE if gone else DISABLED, now)
    elif gate.shut_until:
        kick(organization, target, delay=_seconds(gate.shut_until - now))
    else:
        _again(delivery, due, now)
        _look_on(organization, target, turned_away=gate.turned_away)


def _again(delivery: Stored, due: int | None, now: int) -> None:
    """The short wait of the second try is the queue's; longer ones are the minute's."""
    if due and due - now <= MINUTE:
        kick(delivery.organization_id, delivery.target, delivery.id, _seconds(due - now))


def _seconds(milliseconds: int) -> int:
    return -(-max(0, milliseconds) // SECOND)


def _look_on(organization: str, target: str, *, turned_away: bool) -> None:
    """A new delivery has somebody who looks at it, unless they were turned away; what was made due again has not."""
    if not turned_away:
        return
    waiting = store.any_due(organization, target, clock.now())
    for _ in waiting[:FANNED]:
        kick(organization, target)
    if not waiting:
        gates.calm(organization, target)


def _disable(endpoint: ReceiptEndpoint, why: str, now: int) -> None:
    """It goes on collecting, and its owner is told where they look: in the endpoint, and in the log of its channels."""
    if receipt_endpoints.disable(endpoint, why, now) is None:
        return
    count("ReceiptEndpointDisabled")
    organization = endpoint.organization_id
    named = [endpoint.channel_id] if endpoint.channel_id else [one.id for one in channels.list_all(organization)]
    for channel in named:
        channel_events.log(organization, channel, "receipts_disabled", now, f"{endpoint.name}: {why}")
