"""Replays: everything that a receipt endpoint was sent in a period goes out again, the oldest first.

A job walks through the deliveries. It may run twice and die anywhere: what was replayed since it was asked for is not
replayed again."""

import math
from collections.abc import Callable, Iterator

from parley.cloud import clock, queues
from parley.cloud.metrics import count
from parley.errors import Conflict, Invalid, Problem
from parley.model import ids
from parley.model.receipt_delivery import LEASE, DeliveryStatus, NewReplay, Replay
from parley.model.times import SECOND, rfc3339
from parley.model.types import JsonObject
from parley.operations import receipt_endpoints, receipt_kicks
from parley.settings import settings
from parley.store import receipt_deliveries
from parley.store import receipt_endpoints as endpoints
from parley.store import replays as store
from parley.store.receipt_deliveries import Stored
from parley.store.replays import Asked

Left = Callable[[], int]
MARGIN = 20_000
MOST_HOPS = 96
KICK_EACH = 10
"""Deliveries that are made due between two kicks; whoever delivers one looks for the next."""


def ask(organization: str, endpoint: str, new: NewReplay, idempotency_key: str | None) -> Replay:
    """What was made up to now, whatever is made while the job runs. A repeat of the key replays nothing again.

    DynamoDB tells the time of a change in whole seconds, so the period has whole seconds: that of `since` is in it,
    that of `until` is not."""
    receipt_endpoints.get(organization, endpoint)
    now = clock.now()
    since, end = max(0, math.floor(new.since.timestamp()) * SECOND), now + 1
    until = min(math.floor(new.until.timestamp()) * SECOND, end) if new.until else end
    if since >= until:
        reason = "The period begins in the future, or ends before it begins."
        raise Invalid([Problem("until" if new.until else "since", "empty_period", reason)])
    body = new.model_dump(mode="json", exclude={"organization_id"})
    asked = Asked(
        id=ids.created(organization, "replay_receipts", idempotency_key),
        organization=organization,
        target=endpoint,
        since=since,
        until=until,
        only_failed=new.only_failed,
        at=now,
        fingerprint=ids.fingerprint(body),
    )
    kept = store.insert(asked)
    if kept.fingerprint != asked.fingerprint:
        raise Conflict("idempotency_key_reused", "This Idempotency-Key was used for another request.")
    _enqueue(kept)
    return Replay(since=rfc3339(kept.since), until=rfc3339(kept.until))


def _enqueue(asked: Asked, delay: int = 0, **position: object) -> None:
    body = {"kind": "replay_receipts", "organization": asked.organization, "target": asked.target, "replay": asked.id}
    queues.send(settings().jobs_queue, {**body, **position}, delay, group=asked.organization)


def run(job: JsonObject, left: Left) -> None:
    """Goes on where `from` says, in epoch milliseconds, and comes back at the end to those that were `busy`: a try of
    them was under way, which may have begun before anybody asked for a replay."""
    asked = store.get(job["organization"], job["target"], job["replay"])
    if asked is None or endpoints.get(asked.organization, asked.target) is None:
        return
    receipt_kicks.mark(asked.organization, asked.target)
    busy, at = _walk(asked, job, left)
    if at is not None:
        _enqueue(asked, **{"from": at}, busy=busy)
    elif busy:
        _enqueue(asked, LEASE // SECOND + 1, **{"from": asked.until}, busy=busy)
    receipt_kicks.kick(asked.organization, asked.target)


def come_again(job: JsonObject) -> None:
    """One that failed again and again was answered with 202 all the same. It goes on for a day without any progress."""
    hops = job.get("hops", 0) + 1
    if hops <= MOST_HOPS:
        queues.send(settings().jobs_queue, {**job, "hops": hops}, queues.MAX_DELAY, group=job["organization"])
    else:
        count("ReplayGivenUp")


def _walk(asked: Asked, job: JsonObject, left: Left) -> tuple[list[str], int | None]:
    """Those of which a try is under way, and where to go on when the time was over."""
    replayed, busy = 0, set[str]()
    for delivery in _deliveries(asked, job):
        if left() < MARGIN:
            return sorted(busy), delivery.made_at
        done = _again(asked, delivery)
        busy |= {delivery.id} if done is False else set()
        replayed += bool(done)
        if done and replayed % KICK_EACH == 1:
            receipt_kicks.kick(asked.organization, asked.target)
    return sorted(busy), None


def _deliveries(asked: Asked, job: JsonObject) -> Iterator[Stored]:
    known = (receipt_deliveries.get(asked.organization, id) for id in job.get("busy", []))
    yield from (each for each in known if each)
    start = job.get("from", asked.since)
    yield from receipt_deliveries.all_of(asked.organization, asked.target, start, asked.until)


def _again(asked: Asked, delivery: Stored) -> bool | None:
    """False: a try of it is under way just now. None: it needs none; whoever made it due again may have died before its
    ticket was written."""
    if delivery.replayed_at and delivery.replayed_at >= rfc3339(asked.at):
        if delivery.status is DeliveryStatus.WAITING:
            receipt_deliveries.put_ticket(delivery)
        return None
    if asked.only_failed and delivery.status is not DeliveryStatus.FAILED:
        return None
    return receipt_deliveries.again(delivery, clock.now()) is not None
