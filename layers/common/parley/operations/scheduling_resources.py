"""Scheduling resources, as the operator manages them: numbers that one-time codes of other channels may go out from."""

from parley import providers
from parley.cloud import clock
from parley.errors import Invalid, NotFound, Problem
from parley.model import countries, cursor, ids
from parley.model.channel import Life
from parley.model.scheduling import (
    Load,
    NewSchedulingResource,
    Patience,
    ResourceHealth,
    SchedulingResource,
    SchedulingResourceChanges,
)
from parley.model.times import SECOND, rfc3339
from parley.model.types import Page
from parley.settings import settings
from parley.store import channels
from parley.store import scheduling as store


def create(organization: str, new: NewSchedulingResource, idempotency_key: str | None) -> SchedulingResource:
    """Raises Invalid for a number that is not ours, or whose platform lets no number send for another."""
    problems = [*_channel(organization, new.channel_id), *countries.unknown(new.countries, "countries")]
    if problems:
        raise Invalid(problems)
    now, body = rfc3339(clock.now()), new.model_dump(mode="json", exclude={"organization_id"})
    made = SchedulingResource(
        id=ids.created(organization, "create_scheduling_resource", idempotency_key),
        organization_id=organization,
        fingerprint=ids.fingerprint(body),
        created_at=now,
        updated_at=now,
        **body,
    )
    return _shown([store.insert(made)])[0]


def _channel(organization: str, channel: str) -> list[Problem]:
    found = channels.get(organization, channel)
    if found is None or found.life is not Life.PRESENT:
        return [Problem("channel_id", "sender_not_ours", "The organization has no such channel.")]
    if not providers.capabilities(found).schedules_otp:
        reason = "Channels of this type send from their own number only."
        return [Problem("channel_id", "otp_scheduling_not_available", reason)]
    if found.binding is None:
        return [Problem("channel_id", "channel_unbound", "The channel is not bound; it has no number to send from.")]
    return []


def get(organization: str, resource: str) -> SchedulingResource:
    return _shown([_existing(organization, resource)])[0]


def _existing(organization: str, resource: str) -> SchedulingResource:
    found = store.get(organization, resource)
    if found is None:
        raise NotFound("scheduling resource")
    return found


def list_all(organization: str, next_page: str | None, limit: int) -> Page[SchedulingResource]:
    found, last = store.page(organization, cursor.decode(next_page, scheduling_resources=organization), limit)
    return Page(items=_shown(found), next=cursor.encode(last, scheduling_resources=organization))


def update(organization: str, resource: str, changes: SchedulingResourceChanges) -> SchedulingResource:
    """Only what is given changes, a `capacity` of null included."""
    found = _existing(organization, resource)
    problems = countries.unknown(changes.countries or [], "countries")
    if problems:
        raise Invalid(problems)
    given = changes.model_dump(mode="json", exclude_unset=True, exclude={"organization_id"})
    fields = {name: value for name, value in given.items() if value is not None or name == "capacity"}
    changed = store.change(found, fields, clock.now()) if fields else found
    if changed is None:
        raise NotFound("scheduling resource")
    return _shown([changed])[0]


def delete(organization: str, resource: str) -> None:
    """No code goes out from it any more; receipts of those that did are still applied."""
    store.delete(_existing(organization, resource))


def patience() -> Patience:
    known = settings()
    return Patience(known.pool_failures, known.pool_misses, known.pool_rest * SECOND)


def _shown(found: list[SchedulingResource]) -> list[SchedulingResource]:
    loads = store.loads(found, clock.now())
    return [each.model_copy(update={"health": _health(loads[each.id])}) for each in found]


def _health(load: Load) -> ResourceHealth:
    now, until = clock.now(), patience().rests_until(load)
    resting = rfc3339(until) if until > now else None
    return ResourceHealth(
        healthy=not resting, failures=load.failures, misses=load.misses, rests_until=resting, used=load.used
    )
