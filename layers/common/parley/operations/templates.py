"""Templates: draft, submit to the platform's review, and the state that the platform reports."""

from parley import providers
from parley.cloud import clock
from parley.errors import Conflict, Invalid, NotFound, Problem
from parley.model import cursor, ids, variables
from parley.model.channel import PROVIDERS, Channel
from parley.model.dialect import Dialect
from parley.model.template import (
    EDITABLE,
    NewCopy,
    NewPreview,
    NewTemplate,
    Preview,
    Template,
    TemplateChanges,
    TemplateProperties,
    TemplateStatus,
    render,
)
from parley.model.template_rules import broken_rules
from parley.model.times import rfc3339
from parley.model.types import Page
from parley.operations import binding, channels, headers, timers
from parley.store import holds, keys
from parley.store import templates as store


def create(organization: str, new: NewTemplate, idempotency_key: str | None) -> Template:
    """A draft. Raises Invalid with every rule that it breaks, Conflict when its name is taken in this language."""
    _check(new, channels.get(organization, new.channel_id))
    now = rfc3339(clock.now())
    template = Template(
        id=ids.created(organization, "create_template", idempotency_key),
        organization_id=organization,
        fingerprint=ids.fingerprint(new.model_dump(mode="json", exclude={"organization_id"})),
        created_at=now,
        updated_at=now,
        asked_category=new.category,
        **new.model_dump(exclude={"organization_id"}),
    )
    return template if store.insert(template, headers.uses(template)) else get(organization, template.id)


def _check(content: NewTemplate | Template, channel: Channel) -> None:
    """By the dialect of the channel; of a type that cannot be bound yet, by the strictest."""
    dialect = providers.capabilities(channel).dialect if channel.type in PROVIDERS else Dialect(strict=True)
    problems = broken_rules(content.components, content.samples, content.parameter_format, content.category, dialect)
    problems += headers.check(channel, content.components, reviewed=dialect.strict)
    if problems:
        raise Invalid(problems)


def get(organization: str, template: str) -> Template:
    found = store.get(organization, template)
    if found is None:
        raise NotFound("template")
    return found


def list_all(organization: str, wanted: dict[str, str | None], next_page: str | None, limit: int) -> Page[Template]:
    """`wanted` are fields with their values; they narrow a page, and the cursor goes on."""
    question = {"templates": organization, **wanted}
    found, last = store.page(organization, cursor.decode(next_page, **question), limit)
    kept = [each for each in found if all(value in (None, getattr(each, name)) for name, value in wanted.items())]
    return Page(items=kept, next=cursor.encode(last, **question))


def update(organization: str, template: str, changes: TemplateChanges) -> Template:
    """Replaces the content of a draft or a rejected template. Raises Conflict in any other state."""
    found = get(organization, template)
    fields = {name: getattr(changes, name) for name in changes.model_fields_set - {"organization_id"}}
    changed = found.model_copy(update={name: value for name, value in fields.items() if value is not None})
    _check(changed, channels.get(organization, found.channel_id))
    content = changed.model_dump(include={"category", "parameter_format", "components", "samples", "defaults"})
    headers.use(changed)
    kept = store.change(found, content, EDITABLE, clock.now())
    headers.release(found if kept else changed, kept or found)
    if kept is None:
        raise Conflict("template_not_editable", f"A template that is {found.status} cannot be edited.")
    return kept


def delete(organization: str, template: str, *, all_languages: bool, force: bool) -> None:
    """Deletes it here and at the platform, in one language or in all. Raises Conflict with what is scheduled with it,
    unless it is forced: then those fail at their time, and fall back as configured."""
    first = get(organization, template)
    names = store.languages(organization, first.channel_id, first.name) if all_languages else [first.language]
    found = [store.find(organization, first.channel_id, first.name, language) for language in names]
    for each_one in [one for one in found if one]:
        if not force:
            _not_scheduled(each_one)
    for each_one in [one for one in found if one]:
        _delete(organization, each_one)


def _not_scheduled(template: Template) -> None:
    """Looks through what is scheduled on the channel."""
    held_by = keys.held_by_schedule(template.organization_id, template.channel_id)
    using = [state.id for state in holds.held(held_by) if state.template == template.id]
    if using:
        problems = [
            Problem("template_id", "scheduled", f"Message {message} is scheduled with it.") for message in using[:10]
        ]
        raise Conflict(
            "template_in_use", f"{len(using)} scheduled messages use it; force deletes it all the same.", problems
        )


def _delete(organization: str, found: Template) -> None:
    template = found.id
    channel = channels.get(organization, found.channel_id)
    if found.provider_id and channel.binding:
        providers.part(channel.binding.provider, "templates").delete(found, channel.binding, binding.secret_of(channel))
    store.unmark_review(organization, template)
    store.delete(found)
    headers.release(found, None)


def preview(organization: str, template: str, wanted: NewPreview) -> Preview:
    """The text as a person would read it, and what is missing for a send."""
    found = get(organization, template)
    values = found.defaults | {name: value for name, value in wanted.variables.items() if value}
    problems = variables.check(found.variables, values)
    shown = {name: values.get(name) or f"$({name})" for name in found.variables}
    text = render(found.components, shown)
    missing = [problem.field.partition(".")[2] for problem in problems if problem.code == "variable_missing"]
    return Preview(text=text, variables=found.variables, missing=missing, characters=len(text))


def copy(organization: str, template: str, wanted: NewCopy, idempotency_key: str | None) -> Template:
    """A draft with the same content, in another language or under another name, on this or on another channel."""
    found = get(organization, template)
    fields = found.model_dump(include=set(NewTemplate.model_fields) - {"organization_id"})
    fields |= {"category": found.asked_category or found.category, "components": found.components}
    changed = {**fields, **wanted.model_dump(exclude_none=True, exclude={"organization_id"})}
    return create(organization, NewTemplate.model_validate(changed), idempotency_key)


def set_properties(organization: str, template: str, wanted: TemplateProperties) -> Template:
    """Changes what is given. What the template held goes on when sending is allowed again."""
    found = get(organization, template)
    fields = wanted.model_dump(exclude_none=True, exclude={"organization_id"})
    changed = store.change(found, fields, frozenset(TemplateStatus), clock.now()) if fields else found
    if changed is None:
        raise NotFound("template")
    if changed.sendable and not found.sendable:
        timers.release_soon(keys.held_by_template(organization, template))
    return changed
