"""The platform's review of templates: handed in, decided by webhook or by poll, and what the platform changes later."""

from collections.abc import Callable
from functools import partial

from parley import providers
from parley.cloud import clock
from parley.cloud.metrics import count
from parley.errors import Conflict, Disconnected, Rejected, Throttled, Unavailable
from parley.model.channel import Binding, Channel, Connection, Life
from parley.model.events import TemplateReport
from parley.model.template import Template, TemplateState, TemplateStatus
from parley.model.times import MINUTE, instant
from parley.operations import binding, channels, headers, timers, versions
from parley.operations.each import each
from parley.operations.templates import get
from parley.providers.provider import Secret
from parley.store import channels as channel_store
from parley.store import keys
from parley.store import templates as store

MARGIN = 5000
PATIENCE = 10 * MINUTE
SUBMITTED = frozenset({TemplateStatus.DRAFT, TemplateStatus.REJECTED, TemplateStatus.IN_REVIEW})
UNDECIDED = frozenset({TemplateStatus.IN_REVIEW})
WATCHED = frozenset({TemplateStatus.IN_REVIEW, TemplateStatus.PAUSED})
"""The poll goes on asking for these, so a lost webhook leaves nothing stale."""
HOLDING = WATCHED | {TemplateStatus.APPROVED}
"""Messages wait for a template in one of these; in the others they fail."""
GONE = "The platform has no such template any more."


def submit(organization: str, template: str) -> Template:
    """Hands a draft, a rejected template or a new version to the platform's review; a channel without reviews approves
    it at once.

    Repeated while in review it answers the present state, unless the platform never got it."""
    found = versions.in_work(get(organization, template))
    versions.check_present(found)
    if found.status is TemplateStatus.IN_REVIEW and found.provider_id:
        return found
    if found.status is TemplateStatus.APPROVED and found.replaces:
        return _settled(found)
    if found.status not in SUBMITTED:
        raise Conflict("template_not_submittable", f"A template that is {found.status} cannot be submitted.")
    channel = channels.get(organization, found.channel_id)
    if channel.binding is None:
        raise Conflict("channel_unbound", "Bind the channel first.")
    dialect = providers.capabilities(channel).dialect
    if not dialect.reviewed:
        store.change(found, {"status": TemplateStatus.APPROVED}, SUBMITTED, clock.now())
        return _settled(get(organization, found.id))
    if found.status is TemplateStatus.DRAFT:
        versions.check_limits(found, dialect)
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
    except (Rejected, Throttled, Unavailable, Disconnected, Conflict):  # certainly not handed in
        before = TemplateStatus.DRAFT if template.status in UNDECIDED else template.status
        store.change(begun, {"status": before}, UNDECIDED, clock.now())
        store.unmark_review(template.organization_id, template.id)
        raise
    store.claim(template, bound.provider, state.provider_id)
    versions.handed_in(template)
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
    return _settled(decided or known or template)


def _settled(template: Template) -> Template:
    """An approved version takes its place before the poll forgets it."""
    settled = template.status is not TemplateStatus.APPROVED or versions.approved(template)
    if settled and template.status not in WATCHED:
        store.unmark_review(template.organization_id, template.id)
    return template


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
    if channel.binding is None or channel.connection is not Connection.CONNECTED:
        return  # asking with a dead credential tells nothing
    state = providers.part(channel.bound.provider, "templates").fetch(found, channel.bound, binding.secret_of(channel))
    if state is None:
        _unknown_there(found)
    elif tells_more(state, found):
        apply(found, channel.bound.provider, state)
    else:
        _settled(found)


def _unknown_there(found: Template) -> None:
    """In review for minutes, and the platform never got it: a draft again."""
    if found.status is not TemplateStatus.IN_REVIEW:
        gone(found)
    elif instant(found.updated_at, None) + PATIENCE < clock.now():
        store.change(found, {"status": TemplateStatus.DRAFT}, UNDECIDED, clock.now())
        store.unmark_review(found.organization_id, found.id)


def gone(found: Template) -> Template:
    """The platform has it no more: somebody deleted it there."""
    state = TemplateState(found.provider_id or "", TemplateStatus.DISABLED, reason=GONE)
    changed = store.report(found, state, clock.now())
    timers.release_soon(keys.held_by_template(found.organization_id, found.id))
    return _settled(changed)


def tells_more(state: TemplateState, found: Template) -> bool:
    known = (found.status, found.category, found.quality, found.expected_category or "")
    told = (state.status, state.category or found.category, state.quality or found.quality, state.expected or "")
    return told != known


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
    changed = _settled(store.report(template, state, clock.now()))
    if changed.sendable or changed.status not in HOLDING:
        timers.release_soon(keys.held_by_template(template.organization_id, template.id))
    return changed
