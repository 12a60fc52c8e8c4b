"""Templates: draft, submit to the platform's review, and the state that the platform reports."""

from collections.abc import Callable
from functools import partial

from parley import providers
from parley.cloud import clock
from parley.cloud.metrics import count
from parley.errors import Conflict, Disconnected, Invalid, NotFound, Rejected, Throttled, Unavailable
from parley.model import cursor, ids
from parley.model.channel import Channel, Life
from parley.model.events import TemplateReport
from parley.model.template import EDITABLE, NewTemplate, Template, TemplateChanges, TemplateState, TemplateStatus
from parley.model.template_rules import broken_rules
from parley.model.times import MINUTE, instant, rfc3339
from parley.model.types import Page
from parley.operations import binding, channels, timers
from parley.operations.each import each
from parley.store import channels as channel_store
from parley.store import keys
from parley.store import templates as store

MARGIN = 5000
PATIENCE = 10 * MINUTE
SUBMITTED = frozenset({TemplateStatus.DRAFT, TemplateStatus.REJECTED, TemplateStatus.IN_REVIEW})
UNDECIDED = frozenset({TemplateStatus.IN_REVIEW})
WATCHED = frozenset({TemplateStatus.IN_REVIEW, TemplateStatus.PAUSED})
"""The poll goes on asking for these, so a lost webhook leaves nothing stale."""


def create(organization: str, new: NewTemplate, idempotency_key: str | None) -> Template:
    """A draft. Raises Invalid with every rule that it breaks, Conflict when its name is taken in this language."""
    channels.get(organization, new.channel_id)
    _check(new)
    now = rfc3339(clock.now())
    template = Template(
        id=ids.created(organization, "create_template", idempotency_key),
        organization_id=organization,
        fingerprint=ids.fingerprint(new.model_dump(mode="json", exclude={"organization_id"})),
        created_at=now,
        updated_at=now,
        **new.model_dump(exclude={"organization_id"}),
    )
    return template if store.insert(template) else get(organization, template.id)


def _check(content: NewTemplate | Template) -> None:
    problems = broken_rules(content.components, content.samples, content.parameter_format)
    if problems:
        raise Invalid(problems)


def get(organization: str, template: str) -> Template:
    found = store.get(organization, template)
    if found is None:
        raise NotFound("template")
    return found


def list_all(
    organization: str, channel: str | None, status: TemplateStatus | None, next_page: str | None, limit: int
) -> Page[Template]:
    question = {"templates": organization, "channel": channel, "status": status}
    found, last = store.page(organization, cursor.decode(next_page, **question), limit)
    wanted = [each for each in found if channel in (None, each.channel_id) and status in (None, each.status)]
    return Page(items=wanted, next=cursor.encode(last, **question))


def update(organization: str, template: str, changes: TemplateChanges) -> Template:
    """Replaces the content of a draft or a rejected template. Raises Conflict in any other state."""
    found = get(organization, template)
    fields = {name: getattr(changes, name) for name in changes.model_fields_set - {"organization_id"}}
    changed = found.model_copy(update={name: value for name, value in fields.items() if value is not None})
    _check(changed)
    content = changed.model_dump(include={"category", "parameter_format", "components", "samples"})
    kept = store.change(found, content, EDITABLE, clock.now())
    if kept is None:
        raise Conflict("template_not_editable", f"A template that is {found.status} cannot be edited.")
    return kept


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
    bound = channel.bound
    try:
        state: TemplateState = providers.part(bound.provider, "templates").submit(
            begun, bound, binding.secret_of(channel)
        )
    except (Rejected, Throttled, Unavailable, Disconnected, Conflict):
        store.change(begun, {"status": template.status}, UNDECIDED, clock.now())  # certainly not handed in
        store.unmark_review(template.organization_id, template.id)
        raise
    store.claim(template, bound.provider, state.provider_id)
    return _answered(begun, state)


def _answered(template: Template, state: TemplateState) -> Template:
    """Takes over what the platform answered, as long as no webhook had the last word."""
    fields = {"provider_id": state.provider_id, **({"category": state.category} if state.category else {})}
    known = store.change(template, fields, frozenset(TemplateStatus), clock.now())
    decided = store.change(template, {"status": state.status}, UNDECIDED, clock.now())
    changed = decided or known or template
    if changed.status not in WATCHED:
        store.unmark_review(template.organization_id, template.id)
    return changed


def delete(organization: str, template: str) -> None:
    """Deletes it here and at the platform. Messages that wait with it fail with that reason."""
    found = get(organization, template)
    channel = channels.get(organization, found.channel_id)
    if found.provider_id and channel.binding:
        providers.part(channel.binding.provider, "templates").delete(found, channel.binding, binding.secret_of(channel))
    store.unmark_review(organization, template)
    store.delete(found)


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
    if state is None or state.status is found.status:
        return
    apply(found, channel.bound.provider, state)


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
        apply(found, provider, TemplateState(event.provider_id, event.status, None, event.reason))


def apply(template: Template, provider: str, state: TemplateState) -> Template:
    """The platform's newest word on a template, from a webhook or from the poll."""
    if template.provider_id is None:
        store.claim(template, provider, state.provider_id)
    changed = store.report(template, state, clock.now())
    if changed.status not in WATCHED:
        store.unmark_review(template.organization_id, template.id)
        timers.release_soon(keys.held_by_template(template.organization_id, template.id))
    return changed
