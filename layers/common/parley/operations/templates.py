"""Templates: draft, submit to the platform's review, and the state that the platform reports."""

from parley import providers
from parley.cloud import clock
from parley.errors import Conflict, Invalid, NotFound
from parley.model import cursor, ids
from parley.model.channel import Channel
from parley.model.template import EDITABLE, NewTemplate, Template, TemplateChanges, TemplateState, TemplateStatus
from parley.model.template_rules import broken_rules
from parley.model.times import rfc3339
from parley.model.types import Page
from parley.operations import binding, channels, timers
from parley.store import channels as channel_store
from parley.store import keys
from parley.store import templates as store

SUBMITTED = frozenset({TemplateStatus.DRAFT, TemplateStatus.REJECTED, TemplateStatus.IN_REVIEW})
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
        fingerprint=ids.fingerprint(new.model_dump(mode="json")),
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
    """Hands a draft or a rejected template to the platform's review; a channel without reviews approves it at once."""
    found = get(organization, template)
    if found.status not in SUBMITTED:
        raise Conflict("template_not_submittable", f"A template that is {found.status} cannot be submitted.")
    channel = channels.get(organization, found.channel_id)
    if channel.binding is None:
        raise Conflict("channel_unbound", "Bind the channel first.")
    if not providers.capabilities(channel).reviewed_templates:
        return _set(found, TemplateState("", TemplateStatus.APPROVED))
    return _hand_in(found, channel)


def _hand_in(template: Template, channel: Channel) -> Template:
    """The mark comes first: if this dies after the platform's answer, the poll finds the template by name."""
    store.mark_review(template, clock.now())
    bound = channel.bound
    state: TemplateState = providers.part(bound.provider, "templates").submit(
        template, bound, binding.secret_of(channel)
    )
    store.claim(template, bound.provider, state.provider_id)
    return _set(template, state)


def _set(template: Template, state: TemplateState) -> Template:
    """What the platform answered to us; a webhook that was faster has the last word."""
    now = clock.now()
    fields = {"status": state.status, **({"category": state.category} if state.category else {})}
    fields |= {"provider_id": state.provider_id} if state.provider_id else {}
    changed = store.change(template, fields, SUBMITTED, now) or get(template.organization_id, template.id)
    if changed.status not in WATCHED:
        store.unmark_review(template)
    return changed


def delete(organization: str, template: str) -> None:
    """Deletes it here and at the platform. Messages that wait with it fail with that reason."""
    found = get(organization, template)
    channel = channels.get(organization, found.channel_id)
    if found.provider_id and channel.binding:
        providers.part(channel.binding.provider, "templates").delete(found, channel.binding, binding.secret_of(channel))
    store.unmark_review(found)
    store.delete(found)


def poll() -> int:
    """Asks the platforms for every template that waits for a review, so a lost webhook leaves nothing stale."""
    return sum(_poll(organization, template) for organization, template in store.in_review())


def _poll(organization: str, template: str) -> int:
    found = store.get(organization, template)
    channel = channel_store.get(organization, found.channel_id) if found else None
    if found is None or channel is None or channel.binding is None:
        return 0
    state = providers.part(channel.binding.provider, "templates").fetch(
        found, channel.binding, binding.secret_of(channel)
    )
    if state is None or state.status is found.status:
        return 0
    apply(found, channel.binding.provider, state)
    return 1


def apply(template: Template, provider: str, state: TemplateState) -> Template:
    """The platform's newest word on a template, from a webhook or from the poll."""
    if template.provider_id is None:
        store.claim(template, provider, state.provider_id)
    changed = store.report(template, state, clock.now())
    if changed.status not in WATCHED:
        store.unmark_review(template)
        timers.release_soon(keys.held_by_template(template.organization_id, template.id))
    return changed
