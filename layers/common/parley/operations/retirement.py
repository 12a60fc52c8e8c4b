"""Templates that are not wanted any more: put away, or deleted here and at the platform."""

from parley import providers
from parley.cloud import clock
from parley.errors import Conflict, NotFound, Problem
from parley.model.template import Template, TemplateStatus
from parley.operations import binding, channels, needed, timers, versions
from parley.operations.templates import get
from parley.store import holds, keys
from parley.store import templates as store
from parley.store import versions as version_store


def delete(organization: str, template: str, *, all_languages: bool, force: bool) -> None:
    """Deletes it here and at the platform, in one language or in all, with its versions; a version that is not the one
    that is sent goes alone. Raises Conflict with what is scheduled with it, unless it is forced: then those fail at
    their time, and fall back as configured."""
    first = get(organization, template)
    names = store.languages(organization, first.channel_id, first.name) if all_languages else [first.language]
    found = [store.find(organization, first.channel_id, first.name, language) for language in names]
    live = [one for one in found if one and (all_languages or one.id == first.id)]
    doomed = [version for one in live for version in versions.of(one)] or [first]
    if not force:
        _not_scheduled(doomed)
    for version in doomed:
        _delete(version, live=version in live)


def _not_scheduled(doomed: list[Template]) -> None:
    """Looks through what is scheduled on the channel they have in common."""
    held_by = keys.held_by_schedule(doomed[0].organization_id, doomed[0].channel_id)
    named = {template.id for template in doomed}
    using = [state.id for state in holds.held(held_by) if state.template in named]
    if using:
        problems = [
            Problem("template_id", "scheduled", f"Message {message} is scheduled with it.") for message in using[:10]
        ]
        reason = f"{len(using)} scheduled messages use it; force does it all the same."
        raise Conflict("template_in_use", reason, problems)


def _delete(found: Template, *, live: bool) -> None:
    channel = channels.get(found.organization_id, found.channel_id)
    if found.provider_id and channel.binding:
        providers.part(channel.binding.provider, "templates").delete(found, channel.binding, binding.secret_of(channel))
    store.unmark_review(found.organization_id, found.id)
    if live:
        store.delete(found)
    else:
        version_store.drop(found)
    needed.release(found, None)


def archive(organization: str, template: str, *, force: bool) -> Template:
    """Puts it away: it is neither sent nor listed, and stays at the platform. Raises Conflict with what is scheduled
    with it, unless it is forced: then those wait, until it is brought back or their time is over."""
    found = versions.newest(get(organization, template))
    if not force and not found.archived:
        _not_scheduled([found])
    return _put(found, archived=True)


def unarchive(organization: str, template: str) -> Template:
    """Brings it back, in the state that the platform has it in; what waited for it goes out."""
    changed = _put(versions.newest(get(organization, template)), archived=False)
    if changed.sendable:
        timers.release_soon(keys.held_by_template(organization, changed.id))
    return changed


def _put(found: Template, *, archived: bool) -> Template:
    changed = store.change(found, {"archived": archived}, frozenset(TemplateStatus), clock.now())
    if changed is None:
        raise NotFound("template")
    return changed
