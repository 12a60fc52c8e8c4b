"""Business systems: where a channel's intents are called, and the signatures by which they know that it is us."""

import json

from parley.cloud import clock
from parley.errors import Conflict, Invalid, NotFound, Problem
from parley.model import cursor, ids
from parley.model.business_system import (
    BusinessSystem,
    BusinessSystemChanges,
    CallTest,
    NewBusinessSystem,
    NewSignature,
)
from parley.model.channel import Life
from parley.model.times import SECOND, rfc3339
from parley.model.types import Page
from parley.operations import receipt_kicks, signing
from parley.operations.signing import Secret
from parley.providers import guard, pushing
from parley.store import business_systems as store
from parley.store import channels, gates, intents

TOKEN = "parley-signature-token"  # noqa: S105 - a header's name
SHOWN = 500
"""Characters of an answer that are shown."""
NAMED = 10


def create(organization: str, new: NewBusinessSystem, idempotency_key: str | None) -> BusinessSystem:
    """With its secrets, which no repeat shows again. Raises Invalid for a channel that is not there or an address that
    is not allowed, Conflict for a key that was used before."""
    now, secret = clock.now(), signing.fresh()
    system = BusinessSystem(
        id=ids.created(organization, "create_business_system", idempotency_key),
        organization_id=organization,
        fingerprint=ids.fingerprint(new.model_dump(mode="json", exclude={"organization_id"})),
        signature_hint=secret.token[-4:],
        secret_version=now,  # one that is made anew under the same id is never taken for the one before
        created_at=rfc3339(now),
        updated_at=rfc3339(now),
        **new.model_dump(exclude={"organization_id"}),
    )
    kept = store.get(organization, system.id) if idempotency_key else None
    if kept is None:
        _check(organization, new)
        kept = store.insert(system, signing.seal(organization, system.id, secret))
    if kept and kept.fingerprint != system.fingerprint:
        raise Conflict("idempotency_key_reused", "This Idempotency-Key was used for another request.")
    return kept or _showing(system, secret)


def _check(organization: str, new: NewBusinessSystem) -> None:
    problems = guard.problems(new.url, "url")
    channel = channels.get(organization, new.channel_id)
    if channel is None or channel.life is not Life.PRESENT:
        problems = [Problem("channel_id", "unknown_channel", "There is no such channel."), *problems]
    if problems:
        raise Invalid(problems)


def _showing(system: BusinessSystem, secret: Secret) -> BusinessSystem:
    return system.model_copy(update={"signature": secret.token, "signing_secret": secret.key})


def get(organization: str, system: str) -> BusinessSystem:
    found = store.get(organization, system)
    if found is None:
        raise NotFound("business system")
    return found


def list_all(organization: str, channel: str | None, next_page: str | None, limit: int) -> Page[BusinessSystem]:
    """A page of one channel's may have fewer rows than `limit`; the cursor goes on."""
    question = {"business_systems": organization, "channel_id": channel}
    found, last = store.page(organization, cursor.decode(next_page, **question), limit)
    rows = [each for each in found if channel in (None, each.channel_id)]
    return Page(items=rows, next=cursor.encode(last, **question))


def update(organization: str, system: str, changes: BusinessSystemChanges) -> BusinessSystem:
    """For calls from now on, also for those that wait for their next try. Raises Invalid for an address that is not
    allowed."""
    found = get(organization, system)
    fields = changes.model_dump(exclude_none=True, exclude={"organization_id"})
    problems = guard.problems(changes.url, "url") if changes.url is not None else []
    if problems:
        raise Invalid(problems)
    if "url" in fields:
        receipt_kicks.mark(organization, system)
    kept = store.change(found, fields, clock.now()) if fields else found
    if kept is None:
        raise NotFound("business system")
    if "url" in fields:  # what failed at the old address says nothing of the new one
        gates.open_again(organization, system, clock.now())
        receipt_kicks.kick(organization, system)
    return kept


def delete(organization: str, system: str) -> None:
    """Raises Conflict with the intents that call it."""
    found = get(organization, system)
    if store.delete(found):
        return
    using = intents.get_many(organization, store.users(found))
    problems = [
        Problem("business_system_id", "in_use", f'The intent "{each.code}" ({each.id}) calls it.')
        for each in using[:NAMED]
    ]
    raise Conflict("system_in_use", f"{len(using)} intents call this business system.", problems)


def refresh_signature(organization: str, system: str, wanted: NewSignature) -> BusinessSystem:
    """With new secrets, shown once; the old ones hold beside them for a while. Raises Conflict when somebody else
    renewed them at the same time."""
    found = get(organization, system)
    now, secret = clock.now(), signing.fresh()
    until = now + wanted.grace * SECOND
    sealed = signing.rotate(organization, found.id, found.secret_version, _sealed(found), secret, until)
    kept = store.renew(found, sealed, secret.token[-4:], rfc3339(until), now)
    if kept is None:
        raise Conflict("signature_changed", "The signature was renewed by somebody else meanwhile; look at it again.")
    return _showing(kept, secret)


def _sealed(system: BusinessSystem) -> bytes:
    found = store.sealed(system.organization_id, system.id)
    if found is None:
        raise NotFound("business system")  # deleted meanwhile
    return found


def headers(system: BusinessSystem, id: str, body: bytes, now: int) -> dict[str, str]:
    """What a call of this body carries; `id` is its webhook id, the same for every try. Raises NotFound for a system
    that was deleted meanwhile."""
    held = signing.valid(system.organization_id, system.id, system.secret_version, _sealed(system), now)
    return {
        "content-type": "application/json",
        "user-agent": "Parley/1",
        TOKEN: " ".join(secret.token for secret in held),
        **pushing.signed([secret.key for secret in held], id, body),
    }


def test(organization: str, system: str) -> CallTest:
    """One signed call, whatever comes of it."""
    found = get(organization, system)
    now = clock.now()
    data = {"business_system_id": found.id, "channel_id": found.channel_id, "name": found.name}
    body = json.dumps({"type": "test", "timestamp": rfc3339(now), "data": data}, ensure_ascii=False).encode()
    id = ids.created(organization, "test_business_system", None)
    answer = pushing.post(found.url, headers(found, id, body, now), body)
    return CallTest(
        ok=answer.ok,
        status=answer.status,
        milliseconds=answer.milliseconds,
        problem=answer.problem,
        answer=answer.text[:SHOWN] or None,
    )
