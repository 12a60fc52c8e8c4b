"""Channels: create, look at, change, delete; what connects them to a platform is in `binding`."""

from parley import providers
from parley.cloud import clock
from parley.errors import Conflict, Invalid, NotFound
from parley.model import cursor, ids, otp_guard, otp_scheduling
from parley.model.capabilities import ChannelCapabilities, view
from parley.model.channel import (
    PROVIDERS,
    Channel,
    ChannelChanges,
    ChannelEvent,
    ChannelType,
    Life,
    NewChannel,
    ServiceSettings,
    ServiceSettingsChanges,
)
from parley.model.times import rfc3339
from parley.model.types import JsonObject, Page
from parley.operations import by_age, heard, services, timers
from parley.store import channel_events, keys
from parley.store import channels as store

NULLABLE = {"quiet_hours", "opt_out_keywords", "opt_in_keywords"}
"""Settings that null takes away."""


def create(organization: str, new: NewChannel, idempotency_key: str | None) -> Channel:
    """A new channel, unbound: it cannot send. Raises Conflict at the organization's limit."""
    now = rfc3339(clock.now())
    body = new.model_dump(mode="json", exclude={"organization_id"})
    channel = Channel(
        id=ids.created(organization, "create_channel", idempotency_key),
        organization_id=organization,
        created_at=now,
        updated_at=now,
        **new.model_dump(exclude={"organization_id"}),
    )
    return channel if store.insert(channel, ids.fingerprint(body)) else get(organization, channel.id)


def get(organization: str, channel: str) -> Channel:
    """Raises NotFound for a deleted one too."""
    found = store.get(organization, channel)
    if found is None or found.life is not Life.PRESENT:
        raise NotFound("channel")
    return found


def list_all(
    organization: str, kind: ChannelType | None, is_active: bool | None, next_page: str | None, limit: int
) -> Page[Channel]:
    """The newest first."""
    wanted = [
        each
        for each in store.list_all(organization)
        if kind in (None, each.type) and is_active in (None, each.is_active)
    ]
    question = {"organization": organization, "type": kind, "is_active": is_active}
    rows, next = by_age.page(wanted, next_page, limit, **question)
    return Page(items=rows, next=next)


def update(organization: str, channel: str, changes: ChannelChanges) -> Channel:
    """Changes what is given. An inactive channel neither sends nor receives; what it holds waits for it."""
    found = get(organization, channel)
    fields = changes.model_dump(exclude_none=True, exclude={"organization_id"})
    changed = store.change(found, fields, clock.now()) if fields else found
    if changed is None:
        raise NotFound("channel")
    if changed.is_active and not found.is_active:
        timers.release_soon(keys.held_by_channel(organization, channel))
    return changed


def delete(organization: str, channel: str) -> None:
    """Permanent: accepts and deliveries stop now, a job ends what is scheduled and held."""
    found = store.get(organization, channel)
    if found is None or found.life is Life.DELETED:
        raise NotFound("channel")
    store.mark_deletion(organization, channel)
    store.begin_deletion(found, clock.now())
    timers.again({"kind": "end_channel", "organization": organization, "channel": channel}, clock.now())


def get_service_settings(organization: str, channel: str) -> ServiceSettings:
    return services.of(get(organization, channel))


def update_service_settings(organization: str, channel: str, changes: ServiceSettingsChanges) -> ServiceSettings:
    found = get(organization, channel)
    given = changes.model_dump(exclude_none=True, exclude={"organization_id", "otp_guard"})
    taken_away = dict.fromkeys(NULLABLE & changes.model_fields_set)
    service = {**found.service, **taken_away, **given, **_guard(found, changes)}
    _check_scheduling(found, changes)
    heard.check(found.type, service)
    changed = store.change(found, {"service": service}, clock.now())
    if changed is None:
        raise Conflict("channel_changed", "The channel was deleted meanwhile.")
    if "quiet_hours" in changes.model_fields_set:
        timers.release_soon(keys.quiet(organization, channel))
    return services.of(changed)


def _check_scheduling(channel: Channel, changes: ServiceSettingsChanges) -> None:
    """Raises Invalid where the platform does not have it, too."""
    if changes.otp_scheduling is None:
        return
    possible = channel.type in PROVIDERS and providers.capabilities(channel).schedules_otp
    problems = otp_scheduling.check(changes.otp_scheduling, possible=possible)
    if problems:
        raise Invalid(problems)


def _guard(channel: Channel, changes: ServiceSettingsChanges) -> JsonObject:
    """Kept as a whole once it was changed, so that a rule that was taken away stays away."""
    if changes.otp_guard is None:
        return {}
    return {"otp_guard": otp_guard.changed(services.of(channel).otp_guard, changes.otp_guard).model_dump()}


def capabilities(organization: str, channel: str) -> ChannelCapabilities:
    """Raises Invalid for a type that cannot be bound yet."""
    return view(channel, providers.capabilities(get(organization, channel)))


def events(organization: str, channel: str, next_page: str | None, limit: int) -> Page[ChannelEvent]:
    """The channel's log, the newest first."""
    get(organization, channel)
    found, last = channel_events.page(organization, channel, cursor.decode(next_page, events=channel), limit)
    return Page(items=found, next=cursor.encode(last, events=channel))
