"""Deliveries of receipts and intents as their owner looks at them: listed with their tries, shown with their body, and
sent again."""

import json

from parley.cloud import clock
from parley.errors import Conflict, Invalid, NotFound, Problem
from parley.model import cursor
from parley.model.receipt_delivery import LEASE, ReceiptDelivery
from parley.model.times import SECOND, instant
from parley.model.types import JsonObject, Page
from parley.operations import receipt_bodies, receipt_kicks
from parley.store import business_systems, receipt_endpoints
from parley.store import receipt_deliveries as store
from parley.store.receipt_deliveries import Stored

MOST_READS = 20
"""Of one page: few of those that are read may be of the status that is asked for."""
SHOWN = 1_500_000
"""Bytes of a body that an answer can hold, whatever its letters become there."""
LAST = 16**11 - 1
TARGETS = ("receipt_endpoint_id", "business_system_id")


def list_all(organization: str, question: JsonObject, next_page: str | None, limit: int) -> Page[ReceiptDelivery]:
    """Those of one target, the newest first, also of one that was deleted. A page of one status may have fewer rows
    than `limit`. Raises Invalid unless exactly one target is named."""
    field, target = _target(question)
    since, until = _period(question)
    start, rows = cursor.decode(next_page, **question), list[ReceiptDelivery]()
    for _ in range(MOST_READS):
        found, start = store.page(organization, target, start, limit - len(rows), since, until)
        of_it = [each for each in found if getattr(each, field) == target]
        rows += [_shown(each) for each in of_it if question["status"] in (None, each.status)]
        if start is None or len(rows) == limit:
            break
    return Page(items=rows, next=cursor.encode(start, **question))


def _target(question: JsonObject) -> tuple[str, str]:
    named = [(field, question[field]) for field in TARGETS if question[field]]
    if len(named) == 1:
        return named[0]
    reason = "Name a receipt_endpoint_id or a business_system_id, and only one of them."
    raise Invalid([Problem(field, "target_missing" if not named else "two_targets", reason) for field in TARGETS])


def _period(question: JsonObject) -> tuple[int, int]:
    """In epoch milliseconds; whatever is not given is as far away as a key can say."""
    given = [instant(question[each], None, each) if question[each] else None for each in ("since", "until")]
    since, until = (max(0, min(at if at is not None else far, LAST)) for at, far in zip(given, (0, LAST), strict=True))
    if since > until:
        raise Invalid([Problem("until", "empty_period", "The period ends before it begins.")])
    return since, until


def get(organization: str, delivery: str) -> ReceiptDelivery:
    """With its body, unless that is gone or too large to be shown."""
    found = _found(organization, delivery)
    body = receipt_bodies.read(organization, found.target, found.id, SHOWN)
    return _shown(found).model_copy(update={"body": json.loads(body) if body else None})


def _found(organization: str, delivery: str) -> Stored:
    found = store.get(organization, delivery)
    if found is None:
        raise NotFound("delivery")
    return found


def _shown(delivery: Stored) -> ReceiptDelivery:
    return ReceiptDelivery.model_validate(delivery.model_dump())


def replay(organization: str, delivery: str) -> ReceiptDelivery:
    """Due at once, with eight new tries. Raises Conflict while a try of it is under way, and where nobody is any more
    who could be called."""
    found = _found(organization, delivery)
    if not _is_there(found):
        raise Conflict("target_gone", "The receipt endpoint or business system that it was for was deleted.")
    receipt_kicks.mark(organization, found.target)
    again = store.again(found, clock.now())
    if again is None:
        error = Conflict("try_under_way", "A try of it is under way just now.")
        error.retry_after = LEASE / SECOND
        raise error
    receipt_kicks.kick(organization, found.target, found.id)
    return _shown(again)


def _is_there(delivery: Stored) -> bool:
    if delivery.business_system_id:
        return business_systems.get(delivery.organization_id, delivery.business_system_id) is not None
    return receipt_endpoints.get(delivery.organization_id, delivery.target) is not None
