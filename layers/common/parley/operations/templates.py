"""Templates: draft, submit to the platform's review, and the state that the platform reports."""

from parley import providers
from parley.cloud import clock
from parley.errors import Conflict, Invalid, NotFound, Problem
from parley.model import cursor, ids, variables
from parley.model.channel import PROVIDERS, Channel, ChannelType
from parley.model.dialect import Dialect
from parley.model.rendering import render
from parley.model.template import (
    EDITABLE,
    VERSIONED,
    NewCopy,
    NewPreview,
    NewTemplate,
    Preview,
    Template,
    TemplateChanges,
    TemplateProperties,
    TemplateStatus,
)
from parley.model.template_rules import broken_rules
from parley.model.times import rfc3339
from parley.model.types import Page
from parley.operations import channels, handing, needed, services, timers, versions
from parley.store import channels as channel_store
from parley.store import keys
from parley.store import templates as store

CONTENT = {"category", "asked_category", "parameter_format", "components", "samples", "defaults"}


def create(organization: str, new: NewTemplate, idempotency_key: str | None) -> Template:
    """A draft. Raises Invalid with every rule that it breaks, Conflict when its name is taken in this language."""
    channel = channels.get(organization, new.channel_id)
    _check(new, channel)
    now = rfc3339(clock.now())
    paused = new.category_change_paused
    template = Template(
        id=ids.created(organization, "create_template", idempotency_key),
        organization_id=organization,
        fingerprint=ids.fingerprint(new.model_dump(mode="json", exclude={"organization_id"})),
        created_at=now,
        updated_at=now,
        asked_category=new.category,
        category_change_paused=services.of(channel).category_change_paused if paused is None else paused,
        **new.model_dump(exclude={"organization_id", "category_change_paused"}),
    )
    return template if store.insert(template, needed.uses(template)) else get(organization, template.id)


def _check(content: NewTemplate | Template, channel: Channel) -> None:
    """By the dialect of the channel; of a type that cannot be bound yet, by the strictest."""
    dialect = providers.capabilities(channel).dialect if channel.type in PROVIDERS else Dialect(reviewed=True)
    problems = broken_rules(content.components, content.samples, content.parameter_format, content.category, dialect)
    problems += needed.check(channel, content.components, reviewed=dialect.reviewed)
    if problems:
        raise Invalid(problems)


def get(organization: str, template: str) -> Template:
    found = store.get(organization, template)
    if found is None:
        raise NotFound("template")
    return found


def list_all(
    organization: str, wanted: dict[str, str | None], type: ChannelType | None, next_page: str | None, limit: int
) -> Page[Template]:
    """`wanted` are fields with their values; they narrow a page, and the cursor goes on."""
    question = {"templates": organization, "type": type, **wanted}
    found, last = store.page(organization, cursor.decode(next_page, **question), limit)
    of_type = {each.id for each in channel_store.list_all(organization) if each.type is type} if type else set()
    kept = [each for each in found if type is None or each.channel_id in of_type]
    return Page(items=[each for each in kept if _is_wanted(each, **wanted)], next=cursor.encode(last, **question))


def _is_wanted(template: Template, *, status: str | None, **fields: str | None) -> bool:
    """What was put away or replaced is no row of the list, unless the archived ones are asked for."""
    if template.replaced_by or any(value not in (None, getattr(template, name)) for name, value in fields.items()):
        return False
    if template.archived:
        return status == TemplateStatus.ARCHIVED
    return status in (None, template.status)


def update(organization: str, template: str, changes: TemplateChanges) -> Template:
    """Replaces the content of a draft or a rejected template; of an approved one it begins the next version. Raises
    Conflict while it is in review or put away."""
    found = versions.in_work(get(organization, template))
    versions.check_present(found)
    changed = _changed(found, changes)
    _check(changed, channels.get(organization, found.channel_id))
    return versions.begin(found, changed) if found.status in VERSIONED else _replaced(found, changed)


def _changed(found: Template, changes: TemplateChanges) -> Template:
    fields = {name: getattr(changes, name) for name in changes.model_fields_set - {"organization_id"}}
    given = {name: value for name, value in fields.items() if value is not None}
    asked = {"asked_category": given["category"]} if "category" in given else {}
    return found.model_copy(update={**given, **asked})


def _replaced(found: Template, changed: Template) -> Template:
    content = changed.model_dump(include=CONTENT, exclude_none=True)
    needed.use(changed)
    kept = store.change(found, content, EDITABLE, clock.now())
    needed.release(found if kept else changed, kept or found)
    if kept is None:
        raise Conflict("template_not_editable", f"A template that is {found.status} cannot be edited.")
    return kept


def preview(organization: str, template: str, wanted: NewPreview) -> Preview:
    """The text as a person would read it, and what is missing for a send."""
    found = get(organization, template)
    values = found.defaults | {name: value for name, value in wanted.variables.items() if value}
    problems = variables.check(found.variables, values)
    shown = {name: values.get(name) or f"$({name})" for name in found.variables}
    text = render(found.components, shown)
    missing = [problem.field.partition(".")[2] for problem in problems if problem.code == "variable_missing"]
    return Preview(text=text, variables=found.variables, missing=missing, characters=len(text))


def copy(
    organization: str, template: str, wanted: NewCopy, idempotency_key: str | None, to: str | None = None
) -> Template:
    """A draft with the same content, in another language or under another name, on this or on another channel, or on
    one of the organization `to`, which gets copies of its files."""
    found = get(organization, template)
    if to and not wanted.channel_id:
        raise Invalid([Problem("channel_id", "field_missing", "Name the channel of the other organization.")])
    fields = found.model_dump(include=set(NewTemplate.model_fields) - {"organization_id"})
    fields |= {"category": found.asked_category or found.category, "components": found.components}
    fields |= wanted.model_dump(exclude_none=True, exclude={"organization_id", "to_organization_id"})
    if to and to != organization:
        given = channels.get(to, fields["channel_id"])
        fields["components"] = handing.along(found.components, organization, given)
    return create(to or organization, NewTemplate.model_validate(fields), idempotency_key)


def set_properties(organization: str, template: str, wanted: TemplateProperties) -> Template:
    """Changes what is given. What the template held goes on when sending is allowed again."""
    found = versions.newest(get(organization, template))
    fields = wanted.model_dump(exclude_none=True, exclude={"organization_id"})
    changed = store.change(found, fields, frozenset(TemplateStatus), clock.now()) if fields else found
    if changed is None:
        raise NotFound("template")
    if changed.sendable and not found.sendable:
        timers.release_soon(keys.held_by_template(organization, found.id))
    return changed
