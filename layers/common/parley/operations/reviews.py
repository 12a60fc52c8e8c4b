"""The platform's review of templates: handed in, decided by webhook or by poll, and what the platform changes later."""

from collections.abc import Callable
from functools import partial

from parley import providers
from parley.cloud import clock
from parley.cloud.metrics import count
from parley.errors import Conflict, Disconnected, Rejected, Throttled, Unavailable
from parley.model.channel import Binding, Channel, Life
from parley.model.events import TemplateReport
from parley.model.template import Template, TemplateState, TemplateStatus
from parley.model.times import MINUTE, instant
from parley.operations import binding, channels, headers, timers
from parley.operations.each import each
from parley.operations.templates import get
from parley.providers.provider import Secret
from parley.store import channels as channel_store
from parley.store import keys, organizations
from parley.store import templates as store

MARGIN = 5000
PATIENCE = 10 * MINUTE
SUBMITTED = frozenset({TemplateStatus.DRAFT, TemplateStatus.REJECTED, TemplateStatus.IN_REVIEW})
UNDECIDED = frozenset({TemplateStatus.IN_REVIEW})
WATCHED = frozenset({TemplateStatus.IN_REVIEW, TemplateStatus.PAUSED})
"""The poll goes on asking for these, so a lost webhook leaves nothing stale."""


def submit(organization: str, template: str) -> Template:
    """Hands a draft or a rejected template to the platform's review; a channel without reviews approves it at once.

    Repeated while in review it answers the present state, unless the platform never got it."""
    found = get(organization, template)
    if found.status is TemplateStatus.IN_REVIEW and found.provider_id:
        return found
    if found.status not in SUBMITTED:
        raise Conflict("template_not_submittable", f"A template that is {found.status} cannot be submitted.")
    channel = channels.get(organization, found.channel_id)
    if channel.binding is None:
        raise Conflict("channel_unbound", "Bind the channel first.")
    if not providers.capabilities(channel).reviewed_templates:
        return store.change(found, {"status": TemplateStatus.APPROVED}, SUBMITTED, clock.now()) or get(
            organization, template
        )
    return _hand_in(found, channel)


def _hand_in(template: Template, channel: Channel) -> Template:
    """In review, with its mark, before the platform hears of it: a crash leaves what the poll or a repeat completes,
    and a decision that comes faster than the platform's answer is not overwritten by it."""
    store.mark_review(template, clock.now())
    begun = store.change(template, {"status": TemplateStatus.IN_REVIEW}, SUBMITTED, clock.now())
    if begun is None:
        return get(template.organization_id, template.id)
    bound, secret = channel.bound, binding.secret_of(channel)
    try:
        handles = _handles(template, bound, secret)
        state: TemplateState = providers.part(bound.provider, "templates").submit(begun, handles, bound, secret)
    except (Rejected, Throttled, Unavailable, Disconnected, Conflict):
        store.change(begun, {"status": template.status}, UNDECIDED, clock.now())  # certainly not handed in
        store.unmark_review(template.organization_id, template.id)
        raise
    store.claim(template, bound.provider, state.provider_id)
    return _answered(begun, state)


def _handles(template: Template, bound: Binding, secret: Secret) -> dict[str, str]:
    """The platform's handles of the sample files in headers."""
    found = {}
    for upload in headers.named(template.components):
        with headers.opened(template.organization_id, upload) as (file, size, content_type):
            part = providers.part(bound.provider, "samples")
            found[upload] = part.upload(file, size, content_type, bound, secret)
    return found


def _answered(template: Template, state: TemplateState) -> Template:
    """Takes over what the platform answered, as long as no webhook had the last word."""
    fields: dict[str, object] = {"provider_id": state.provider_id}
    fields |= {"category": state.category} if state.category else {}
    fields |= {"allow_send": False} if template.stops_as(state.category) else {}
    known = store.change(template, fields, frozenset(TemplateStatus), clock.now())
    decided = store.change(template, {"status": state.status}, UNDECIDED, clock.now())
    changed = decided or known or template
    if changed.status not in WATCHED:
        store.unmark_review(template.organization_id, template.id)
    return changed


def poll(left: Callable[[], int]) -> dict[str, int]:
    """Asks the platforms for every template that waits for a decision, so a lost webhook leaves nothing stale."""
    counted = {"asked": 0}
    for organization, template in store.in_review():
        if left() < MARGIN:
            break
        counted["asked"] += each("a template could not be asked for", partial(_poll, organization, template))
    return counted


def _poll(organization: str, template: str) -> None:
    found = store.get(organization, template)
    channel = channel_store.get(organization, found.channel_id) if found else None
    if found is None or channel is None or channel.life is not Life.PRESENT:
        store.unmark_review(organization, template)
        return
    if channel.binding is None:
        return
    state = providers.part(channel.bound.provider, "templates").fetch(found, channel.bound, binding.secret_of(channel))
    if state is None and found.status is TemplateStatus.IN_REVIEW:
        _never_arrived(found)
    if state is None:
        return
    if _tells_more(state, found):
        apply(found, channel.bound.provider, state)
    elif found.status not in WATCHED:
        store.unmark_review(organization, template)


def _tells_more(state: TemplateState, found: Template) -> bool:
    known = (found.status, found.category, found.quality, found.expected_category or "")
    told = (state.status, state.category or found.category, state.quality or found.quality, state.expected or "")
    return told != known


def watch(left: Callable[[], int]) -> dict[str, int]:
    """Lets the poll ask once for every template that is approved: the platform may have changed its category or its
    quality, and the webhook may be lost."""
    counted = {"watched": 0}
    for organization in organizations.all_ids():
        for channel in channel_store.list_all(organization):
            if left() < MARGIN:
                return counted
            if channel.binding and providers.capabilities(channel).reviewed_templates:
                counted["watched"] += _watch(organization, channel.id)
    return counted


def _watch(organization: str, channel: str) -> int:
    approved = [each for each in store.of_channel(organization, channel) if each.status is TemplateStatus.APPROVED]
    for template in approved:
        store.mark_review(template, clock.now())
    return len(approved)


def _never_arrived(template: Template) -> None:
    """An outcome that nobody knew: minutes later the platform still has no such template, so it is a draft again."""
    if instant(template.updated_at, None) + PATIENCE < clock.now():
        store.change(template, {"status": TemplateStatus.DRAFT}, UNDECIDED, clock.now())
        store.unmark_review(template.organization_id, template.id)


def report(event: TemplateReport, provider: str, via: Channel | None) -> None:
    """A platform's webhook about a template; a customer's own app speaks for that customer alone."""
    claim = store.claimed(provider, event.provider_id)
    found = store.get(*claim) if claim and (via is None or via.organization_id == claim[0]) else None
    if found is None:
        count("TemplateOfNobody")
    elif event.status is not TemplateStatus.IN_REVIEW:
        told = (event.status, event.category, event.reason, event.quality, event.expected)
        apply(found, provider, TemplateState(event.provider_id, *told))


def apply(template: Template, provider: str, state: TemplateState) -> Template:
    """The platform's newest word on a template, from a webhook or from the poll."""
    if template.provider_id is None:
        store.claim(template, provider, state.provider_id)
    changed = store.report(template, state, clock.now())
    if changed.status not in WATCHED:
        store.unmark_review(template.organization_id, template.id)
        timers.release_soon(keys.held_by_template(template.organization_id, template.id))
    return changed
