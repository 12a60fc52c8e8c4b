"""Receipt endpoints: create, look at, change, delete; and what their calls carry and are judged by."""

import json
import re

from parley.cloud import clock
from parley.errors import Conflict, Invalid, NotFound, Problem
from parley.model import ids
from parley.model.channel import Life
from parley.model.receipt_endpoint import (
    ROLE,
    NewReceiptEndpoint,
    NewSecret,
    ReceiptEndpoint,
    ReceiptEndpointChanges,
)
from parley.model.times import SECOND, rfc3339
from parley.model.types import JsonObject, Page
from parley.operations import by_age, receipt_kicks, receipt_queues, signing
from parley.providers import guard, pushing
from parley.settings import settings
from parley.store import channels, gates
from parley.store import receipt_endpoints as store

NULLABLE = frozenset({"url", "queue_role_arn"})
"""What null takes away."""
TRIES = 5
ROLE_LIKE = "arn:aws:iam::123456789012:role/receipts-reader"


def create(organization: str, new: NewReceiptEndpoint, idempotency_key: str | None) -> ReceiptEndpoint:
    """The first answer alone has the secret. Its queues are made before it is kept: what breaks off in between leaves
    empty queues, which a repeat of the key takes over. Raises Invalid with every bad field, Conflict at the limit."""
    now = clock.now()
    endpoint = ReceiptEndpoint(
        id=ids.created(organization, "create_receipt_endpoint", idempotency_key),
        organization_id=organization,
        fingerprint=ids.fingerprint(new.model_dump(mode="json", exclude={"organization_id"})),
        secret_version=now,  # one that is made again under the same id has another secret, and so another version
        created_at=rfc3339(now),
        updated_at=rfc3339(now),
        **new.model_dump(exclude={"organization_id"}),
    )
    kept = (store.get(organization, endpoint.id) if idempotency_key else None) or _made(endpoint)
    if kept.fingerprint != endpoint.fingerprint:
        raise Conflict("idempotency_key_reused", "This Idempotency-Key was used for another request.")
    return kept


def _made(endpoint: ReceiptEndpoint) -> ReceiptEndpoint:
    organization, limit = endpoint.organization_id, settings().receipt_endpoint_limit
    _check(endpoint, {"url", "queue_role_arn", "channel_id"})
    store.check_room(endpoint, limit)
    made, secret = endpoint.model_copy(update={"queues": receipt_queues.make(endpoint)}), signing.fresh()
    kept = store.insert(made, signing.seal(organization, endpoint.id, secret), limit)
    return kept.model_copy(update={"secret": secret.key}) if kept is made else kept


def _check(endpoint: ReceiptEndpoint, fields: set[str]) -> None:
    """Raises Invalid with every one of these fields that is bad."""
    problems, url, role = list[Problem](), endpoint.url, endpoint.queue_role_arn
    if url is None and role is None:
        reason = "Receipts need somewhere to go: an address, or a role that reads a queue."
        problems.append(Problem("url", "destination_missing", reason))
    if url is not None and "url" in fields:
        problems += guard.problems(url, "url")
    if role is not None and "queue_role_arn" in fields and not re.fullmatch(ROLE, role, re.ASCII):
        reason = f"This is not the ARN of a role; one looks like {ROLE_LIKE}."
        problems.append(Problem("queue_role_arn", "invalid_role_arn", reason))
    if "channel_id" in fields and endpoint.channel_id:
        channel = channels.get(endpoint.organization_id, endpoint.channel_id)
        if channel is None or channel.life is not Life.PRESENT:
            problems.append(Problem("channel_id", "unknown_channel", "There is no such channel."))
    if problems:
        raise Invalid(problems)


def get(organization: str, endpoint: str) -> ReceiptEndpoint:
    found = store.get(organization, endpoint)
    if found is None:
        raise NotFound("receipt endpoint")
    return found


def list_all(organization: str, channel: str | None, next_page: str | None, limit: int) -> Page[ReceiptEndpoint]:
    """The newest first; with a channel those that are of it alone."""
    found = [each for each in store.of_organization(organization) if channel in (None, each.channel_id)]
    rows, next = by_age.page(found, next_page, limit, receipt_endpoints=organization, channel=channel)
    return Page(items=rows, next=next)


def update(organization: str, endpoint: str, changes: ReceiptEndpointChanges) -> ReceiptEndpoint:
    """Changes what is given; null takes an address or a role away. Another role or other kinds change the queues."""
    taken_away = dict.fromkeys(NULLABLE & changes.model_fields_set)
    fields = {**taken_away, **changes.model_dump(exclude_none=True, exclude={"organization_id"})}
    if changes.is_active is not None:
        fields |= {"disabled_at": None, "disabled_reason": None}
    for _ in range(TRIES):
        kept = _changed(get(organization, endpoint), fields)
        if kept:
            return kept
    raise Conflict("changed_meanwhile", "The receipt endpoint was changed by others at the same time.")


def _changed(found: ReceiptEndpoint, fields: JsonObject) -> ReceiptEndpoint | None:
    """None: it was changed since it was read."""
    if not fields:
        return found
    wanted = found.model_copy(update=fields)
    _check(wanted, set(fields))
    queued = "queue_role_arn" in fields or bool("kinds" in fields and found.queue_role_arn)
    if queued:
        fields = {**fields, "queues": [each.model_dump() for each in receipt_queues.make(wanted)]}
    woken = wanted.is_active and (not found.is_active or "url" in fields)
    if woken:
        receipt_kicks.mark(found.organization_id, found.id)
    kept = store.change(found, fields, clock.now())
    if kept and woken:  # what failed at the old address says nothing
        gates.open_again(kept.organization_id, kept.id, clock.now())
        receipt_kicks.kick(kept.organization_id, kept.id)
    if queued:
        _settle_queues(found, kept)
    return kept


def _settle_queues(found: ReceiptEndpoint, kept: ReceiptEndpoint | None) -> None:
    """Also where it was deleted meanwhile, and nobody else knows of those that were made."""
    if kept or store.get(found.organization_id, found.id) is None:
        receipt_queues.drop_unused(found.organization_id, found.id)
    if kept:
        receipt_queues.check(kept)


def delete(organization: str, endpoint: str) -> None:
    """What waits for it ends by itself. Closed first, so that nobody sends to it while its queues go; what breaks off
    here is finished by a repeat."""
    found = store.get(organization, endpoint) or store.closed(organization, endpoint)
    if found is None:
        raise NotFound("receipt endpoint")
    store.close(found)
    receipt_queues.drop_unused(organization, endpoint)
    gates.forget(organization, endpoint)
    store.remove(found)


def rotate_secret(organization: str, endpoint: str, wish: NewSecret) -> ReceiptEndpoint:
    """A new secret, in this answer alone; the one before it signs beside it until the grace is over."""
    now = clock.now()
    for _ in range(TRIES):
        found, sealed = get(organization, endpoint), store.sealed(organization, endpoint)
        if sealed is None:
            break
        secret, until = signing.fresh(), now + wish.grace * SECOND
        again = signing.rotate(organization, endpoint, found.secret_version, sealed, secret, until)
        fields = {"sealed": again, "secret_version": max(now, found.secret_version + 1)}
        kept = store.change(found, {**fields, "old_secret_until": rfc3339(until) if wish.grace else None}, now)
        if kept:
            return kept.model_copy(update={"secret": secret.key})
    raise Conflict("changed_meanwhile", "The receipt endpoint was changed by others at the same time.")


def headers(endpoint: ReceiptEndpoint, delivery: str, kind: str, body: bytes, now: int) -> dict[str, str]:
    """Of one call. Signed with every secret that holds at `now`. Raises NotFound for an endpoint that is gone."""
    sealed = store.sealed(endpoint.organization_id, endpoint.id)
    if sealed is None:
        raise NotFound("receipt endpoint")
    secrets = signing.valid(endpoint.organization_id, endpoint.id, endpoint.secret_version, sealed, now)
    return {
        "content-type": "application/json; charset=utf-8",
        "user-agent": "Parley/1",
        "parley-kind": kind,
        **pushing.signed([each.key for each in secrets], delivery, body),
    }


def succeeded(endpoint: ReceiptEndpoint, answer: pushing.Answer) -> str | None:
    """None for a success, else what was wrong."""
    missing = endpoint.expects_code and not _has_code(answer.text)
    return answer.problem or ("code_missing" if missing else None)


def _has_code(text: str) -> bool:
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return False
    code = told.get("code") if isinstance(told, dict) else None
    return type(code) in (int, float) and code == 0
