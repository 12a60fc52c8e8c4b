"""Which template a send means, whether it may go out now, and with which values."""

from parley import providers
from parley.errors import Problem
from parley.model import variables
from parley.model.channel import Channel
from parley.model.content import Content, Kind
from parley.model.template import Template, TemplateStatus
from parley.model.value_rules import ValueRules
from parley.operations import versions
from parley.store import templates

Found = tuple[Template | None, list[Problem]]


def choose(channel: Channel, content: Content, at: str) -> Found:
    """The template that was named, and what stops it from being sent: those faults a fallback may answer for."""
    if content.type is not Kind.TEMPLATE:
        return None, []
    language = content.language or channel.service.get("default_language")
    if not content.template or not language:
        missing = "template" if not content.template else "language"
        reason = "A template is named by its name (or id) and its language."
        return None, [Problem(f"{at}{missing}", "field_missing", reason)]
    wanted = dict.fromkeys((language, content.fallback_language, channel.service.get("default_language")))
    languages = [find(channel, content.template, language) for language in wanted if language]
    found = next((each for each in languages if each and each.sendable), next(filter(None, languages), None))
    if found is None:
        reason = "The channel has no such template in this language."
        return None, [Problem(f"{at}template", "unknown_template", reason)]
    return found, stops(found, at) or _faults(channel, found, _values(found, content), f"{at}variables")


def _faults(channel: Channel, found: Template, values: dict[str, str], field: str) -> list[Problem]:
    """Of the values: each there, none too many, and each one that the platform takes."""
    rules = ValueRules(found, reviewed=providers.capabilities(channel).dialect.reviewed)
    return variables.check(found.variables, values, field) or list(rules.check(values, field))


def find(channel: Channel, named: str, language: str) -> Template | None:
    """By its name, or by its id."""
    organization = channel.organization_id
    found = templates.find(organization, channel.id, named, language) or _by_id(organization, named)
    return found if found and found.channel_id == channel.id and found.language == language else None


def _by_id(organization: str, named: str) -> Template | None:
    found = templates.get(organization, named)
    return versions.newest(found) if found else None


def stops(found: Template, at: str = "") -> list[Problem]:
    """Why nothing may be sent of a template now."""
    if found.archived:
        return [Problem(f"{at}template", "template_archived", "The template is archived; bring it back first.")]
    if found.status is not TemplateStatus.APPROVED:
        reason = f"The template is {found.status}, not approved."
        return [Problem(f"{at}template", "template_not_approved", reason)]
    if not found.allow_send:
        reason = "Its category was changed by the platform, so sending stopped; allow it in its properties."
        return [Problem(f"{at}template", "category_changed", reason)]
    return []


def _values(found: Template, content: Content) -> dict[str, str]:
    """What a send leaves empty takes the template's default."""
    return found.defaults | {name: value for name, value in content.variables.items() if value}


def settled(content: Content, template: Template | None) -> Content:
    """By the template's id, in the language that was chosen, with the defaults in place."""
    if template is None:
        return content
    values = _values(template, content)
    return content.model_copy(update={"template": template.id, "language": template.language, "variables": values})
