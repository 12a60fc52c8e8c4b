"""The review of templates, and status changes with their webhook."""

import re
from typing import Any

from local.simulators.whatsapp.errors import GraphError
from local.simulators.whatsapp.state import Template
from local.simulators.whatsapp.webhooks import Update
from local.simulators.whatsapp.world import World

NONE = "NONE"
STATUSES = (
    "PENDING",
    "APPROVED",
    "REJECTED",
    "PAUSED",
    "DISABLED",
    "IN_APPEAL",
    "PENDING_DELETION",
    "DELETED",
    "LIMIT_EXCEEDED",
    "ARCHIVED",
)


def submit(world: World, template: Template) -> None:
    if "pending" not in template.name:
        submitted = template.components
        world.scheduler.after(world.settings.review_seconds, lambda: _decide(world, template, submitted), "review")


def _decide(world: World, template: Template, submitted: list[dict[str, Any]]) -> None:
    with world.state.lock:
        current = world.state.templates.get(template.id)
        if current is not template or template.status != "PENDING" or template.components is not submitted:
            return  # deleted, forced by the control API, or edited since
        info = _objection(world, template)
    quiet = "silent_review" in template.name
    if info:
        change(world, template, "REJECTED", reason="INVALID_FORMAT", info={"rejection_info": info}, quiet=quiet)
    else:
        change(world, template, "APPROVED", quiet=quiet)


def _objection(world: World, template: Template) -> dict[str, str] | None:
    if "reject" in template.name:
        return {
            "reason": "The name of this template asks for a rejection",
            "recommendation": "Use a name without the word reject",
        }
    body = next((str(part.get("text", "")) for part in template.components if part["type"] == "BODY"), "")
    if re.search(r"\}\}\s*\{\{", body):
        return {"reason": "Two variables touch each other", "recommendation": "Put text between variables"}
    if world.settings.reject_same_body and _same_text_exists(world, template):
        return {"reason": "Another template has the same body and footer", "recommendation": "Change the text"}
    return None


def _same_text_exists(world: World, template: Template) -> bool:
    if template.category == "AUTHENTICATION":
        return False
    others = (t for t in world.state.templates.values() if t is not template and t.waba_id == template.waba_id)
    return any(
        other.language == template.language
        and other.status not in ("REJECTED", "PENDING")
        and _words(other) == _words(template)
        for other in others
    )


def _words(template: Template) -> list[Any]:
    return [part.get("text") for part in template.components if part["type"] in ("BODY", "FOOTER")]


def change(
    world: World,
    template: Template,
    status: str,
    *,
    reason: str | None = NONE,
    info: dict[str, Any] | None = None,
    quiet: bool = False,
) -> None:
    if status not in STATUSES:
        raise GraphError(100, f"Unknown template status {status!r}")
    with world.state.lock:
        template.status, template.rejected_reason = status, reason or NONE
        if status == "DELETED":
            world.state.templates.pop(template.id, None)
    if not quiet:
        value = {
            "event": status,
            **identity(template),
            "message_template_category": template.category,
            "reason": reason,
            **(info or {}),
        }
        world.webhooks.publish(Update(template.waba_id, "message_template_status_update", value))


def change_category(world: World, template: Template, category: str, announce: bool = False) -> None:
    """An announcement names the current category as `new_category`; the change itself comes later."""
    with world.state.lock:
        previous = template.category
        if announce:
            template.correct_category = category
            value = {"correct_category": category, "new_category": previous}
        else:
            template.previous_category, template.category, template.correct_category = previous, category, None
            value = {"previous_category": previous, "new_category": category}
    world.webhooks.publish(Update(template.waba_id, "template_category_update", {**identity(template), **value}))


def identity(template: Template) -> dict[str, Any]:
    """The id is a number here and a string in REST answers; the language has a hyphen here."""
    return {
        "message_template_id": int(template.id),
        "message_template_name": template.name,
        "message_template_language": template.language.replace("_", "-"),
    }
