"""Templates of a business account: create, list, read, edit, delete."""

import re
import secrets
import time
from typing import Any

from local.simulators.whatsapp import components, review
from local.simulators.whatsapp.errors import GraphError, missing_object
from local.simulators.whatsapp.languages import LANGUAGES
from local.simulators.whatsapp.paging import page
from local.simulators.whatsapp.state import Template, Waba
from local.simulators.whatsapp.template_views import shown
from local.simulators.whatsapp.world import Call, World
from local.simulators.wire.reply import Reply, graph_json

CATEGORIES = ("MARKETING", "UTILITY", "AUTHENTICATION")
TTL = {"AUTHENTICATION": (30, 900), "UTILITY": (30, 43200), "MARKETING": (43200, 2592000)}
BLOCKED_SECONDS = 30 * 86400


def create(world: World, call: Call, waba: Waba) -> Reply:
    body = call.params
    template = _wanted(world, body, waba)
    with world.state.lock:
        _check_free(world, template)
        _check_counts(world, waba)
        world.state.templates[template.id] = template
    answer = {"id": template.id, "status": template.status, "category": template.category}
    review.submit(world, template)
    return graph_json(answer)


def _wanted(world: World, body: dict[str, Any], waba: Waba) -> Template:
    name, language = _word(body, "name"), _word(body, "language")
    if not re.fullmatch(r"[a-z0-9_]{1,512}", name):
        raise components.bad(
            2388040,
            "Invalid name",
            "Message template name can have lowercase letters, digits and underscores only, at most 512.",
        )
    if language not in LANGUAGES:
        raise GraphError(100, f'Param language must be one of {{{", ".join(sorted(LANGUAGES))}}} - got "{language}".')
    if "allow_category_change" in body:
        raise GraphError(100, "The parameter allow_category_change is not supported any more.")
    category = _one_of(body, "category", CATEGORIES, None)
    form = _one_of(body, "parameter_format", ("POSITIONAL", "NAMED"), "POSITIONAL")
    parts = components.normalised(body.get("components"))
    components.check(world.state, category, form, parts)
    template = Template(
        str(secrets.randbelow(9 * 10**14) + 10**14),
        waba.id,
        name,
        language,
        category,
        parts,
        form,
        ttl=_ttl(body.get("message_send_ttl_seconds"), category),
    )
    if "misfiled" in name and category == "UTILITY":  # Meta decides on the category, and the answer says so
        template.category = "MARKETING"
    return template


def _word(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise GraphError(100, f"The parameter {name} is required.")
    return value


def _one_of(body: dict[str, Any], name: str, known: tuple[str, ...], default: str | None) -> str:
    value = str(body.get(name) or default or "").upper()
    if value not in known:
        raise GraphError(100, f'Param {name} must be one of {{{", ".join(known)}}} - got "{body.get(name)}".')
    return value


def _ttl(value: Any, category: str) -> int | None:
    if value is None or (value == -1 and category != "MARKETING"):
        return None if value is None else -1
    low, high = TTL[category]
    if not isinstance(value, int) or not low <= value <= high:
        raise GraphError(100, f"Param message_send_ttl_seconds must be between {low} and {high} for {category}")
    return value


def _check_free(world: World, template: Template) -> None:
    key = (template.waba_id, template.name, template.language)
    if any((t.waba_id, t.name, t.language) == key for t in world.state.templates.values()):
        raise components.bad(
            2388024,
            "Content in this language already exists",
            f"There is already {template.language} content for this template.",
        )
    if time.time() < world.state.deleted_names.get(key, 0):
        raise components.bad(
            2388023,
            "Message template language is being deleted",
            "New content can't be added while the "
            "existing content is being deleted. Try again in 4 weeks or use another name.",
        )


def _check_counts(world: World, waba: Waba) -> None:
    most, hourly = world.settings.template_limit, world.settings.creations_per_hour
    if most and sum(t.waba_id == waba.id for t in world.state.templates.values()) >= most:
        raise components.bad(
            2388019, "Template limit exceeded", "The message template limit of this account is reached."
        )
    if hourly and world.state.count_call("create template", waba.id, 3600) > hourly:
        raise GraphError(80007, "There have been too many template creations for this WhatsApp Business account.")


def listed(world: World, call: Call, waba: Waba) -> Reply:
    wanted = {name: call.params.get(name) for name in ("name", "language", "status", "category")}
    with world.state.lock:
        found = [t for t in world.state.templates.values() if t.waba_id == waba.id and _matches(t, wanted)]
    return page(world, call, [shown(template, call.params.get("fields")) for template in found])


def _matches(template: Template, wanted: dict[str, Any]) -> bool:
    named = wanted["name"] is None or str(wanted["name"]).lower() in template.name
    same = all(wanted[key] in (None, getattr(template, key)) for key in ("language",))
    words = all(
        wanted[key] is None or str(wanted[key]).upper() == getattr(template, key) for key in ("status", "category")
    )
    return named and same and words


def edit(world: World, call: Call, template: Template) -> Reply:
    body = call.params
    if template.status not in ("APPROVED", "REJECTED", "PAUSED"):
        raise components.bad(
            2388003, "Template can't be edited", f"A template that is {template.status} can't be edited."
        )
    category = _one_of(body, "category", CATEGORIES, template.category)
    if category != template.category and template.status == "APPROVED":
        raise components.bad(
            2388003, "Category can't be edited", "The category of an approved template can't be edited."
        )
    parts = components.normalised(body["components"]) if "components" in body else template.components
    components.check(world.state, category, template.parameter_format, parts)
    ttl = _ttl(body.get("message_send_ttl_seconds", template.ttl), category)
    with world.state.lock:
        _count_edit(world, template)
        template.category, template.components, template.ttl, template.status = category, parts, ttl, "PENDING"
    review.submit(world, template)
    return graph_json({"success": True})


def _count_edit(world: World, template: Template) -> None:
    now = time.time()
    recent = [at for at in template.edits if at > now - 30 * 86400]
    too_soon = bool(recent) and recent[-1] > now - 86400
    if world.settings.edit_limits and template.status == "APPROVED" and (too_soon or len(recent) >= 10):
        raise components.bad(
            2388003, "Edit limit", "Approved templates can be edited once a day and ten times a month."
        )
    template.edits = [*recent, now]


def delete(world: World, call: Call, waba: Waba) -> Reply:
    name, one, many = (call.params.get(key) for key in ("name", "hsm_id", "hsm_ids"))
    if (one or not many) and not name:
        raise GraphError(100, "The parameter name is required.")
    with world.state.lock:
        found = [t for t in world.state.templates.values() if t.waba_id == waba.id and _to_delete(t, name, one, many)]
        if not found:
            raise missing_object(str(one or many or name), "delete")
        for template in found:
            _remove(world, template)
    return graph_json({"success": True})


def _to_delete(template: Template, name: Any, one: Any, many: Any) -> bool:
    if many:
        ids = many if isinstance(many, list) else re.findall(r"\d+", str(many))
        return template.id in [str(item) for item in ids][:100]
    return template.name == name and one in (None, template.id)


def _remove(world: World, template: Template) -> None:
    if template.status == "DISABLED":
        raise components.bad(2388003, "Template can't be deleted", "A disabled template can't be deleted.")
    del world.state.templates[template.id]
    if template.status == "APPROVED":
        key = (template.waba_id, template.name, template.language)
        world.state.deleted_names[key] = time.time() + BLOCKED_SECONDS
