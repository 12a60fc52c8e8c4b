"""Templates at Meta: submit for review, ask for the state, delete; `$(name)` becomes {{name}} or {{1}}."""

from typing import Any

from parley.errors import Conflict, OutcomeUnknown, Rejected
from parley.model.channel import Binding
from parley.model.components import Body
from parley.model.lane import Category
from parley.model.template import ParameterFormat, Template, TemplateState, TemplateStatus
from parley.providers.http import parsed
from parley.providers.provider import Secret
from parley.providers.whatsapp_cloud import errors, graph
from parley.providers.whatsapp_cloud.design import Handles, component, wire_text

STATUSES = {
    "APPROVED": TemplateStatus.APPROVED,
    "REINSTATED": TemplateStatus.APPROVED,
    "PENDING": TemplateStatus.IN_REVIEW,
    "IN_APPEAL": TemplateStatus.IN_REVIEW,
    "REJECTED": TemplateStatus.REJECTED,
    "PAUSED": TemplateStatus.PAUSED,
    "DISABLED": TemplateStatus.DISABLED,
    "LOCKED": TemplateStatus.DISABLED,
    "ARCHIVED": TemplateStatus.ARCHIVED,
    "DELETED": TemplateStatus.DISABLED,
    "PENDING_DELETION": TemplateStatus.DISABLED,
    "LIMIT_EXCEEDED": TemplateStatus.REJECTED,
}
FIELDS = "id,name,status,category,language,rejected_reason,components,quality_score,correct_category"


def submit(template: Template, handles: Handles, binding: Binding, secret: Secret) -> TemplateState:
    """Creates it, or edits the one that Meta rejected. A repeat that finds its own creation takes that one over."""
    path = template.provider_id or f"{binding.settings['waba_id']}/message_templates"
    response = ask("POST", path, binding, secret, body=payload(template, handles))
    answer = parsed(response)
    if template.provider_id is None and str(answer.get("error", {}).get("error_subcode")) == "2388024":
        return _taken_over(template, binding, secret)
    if "error" in answer:
        raise _refused(answer["error"])
    errors.raise_for(response)
    if not answer.get("id") and template.provider_id is None:
        raise OutcomeUnknown("Meta answered 200 without a template id.")
    return state_of({"id": template.provider_id, "status": "PENDING", **answer})


def _taken_over(template: Template, binding: Binding, secret: Secret) -> TemplateState:
    """Meta has this name and language already (2388024): ours from a call whose answer was lost, or a stranger's."""
    row = _row(template, binding, secret)
    found = state_of(row) if row and _says(row, template) else None
    if found is None:
        raise Conflict("template_exists_at_platform", "Meta has another template of this name in this language.")
    return found


def fetch(template: Template, binding: Binding, secret: Secret) -> TemplateState | None:
    """The state at Meta, None if it has no such template."""
    row = _row(template, binding, secret)
    return state_of(row) if row else None


def _row(template: Template, binding: Binding, secret: Secret) -> dict[str, Any] | None:
    path = f"{binding.settings['waba_id']}/message_templates"
    response = ask(
        "GET", path, binding, secret, fields=FIELDS, name=template.platform_name, language=template.language, limit=100
    )
    errors.raise_for(response)
    return next((row for row in parsed(response).get("data", []) if _same(row, template)), None)


def _says(row: dict[str, Any], template: Template) -> bool:
    """Whether Meta's template has the body of ours; that of a one-time code is Meta's own."""
    if template.category is Category.AUTHENTICATION:
        return bool(row.get("category") == template.category)
    told = [each.get("text") for each in row.get("components", []) if each.get("type") == "BODY"]
    return told == [wire_text(each.text, template) for each in template.components if isinstance(each, Body)]


def delete(template: Template, binding: Binding, secret: Secret) -> None:
    path = f"{binding.settings['waba_id']}/message_templates"
    response = ask("DELETE", path, binding, secret, hsm_id=template.provider_id, name=template.platform_name)
    if parsed(response).get("error", {}).get("code") != 100:  # 100: it is gone already
        errors.raise_for(response)


def payload(template: Template, handles: Handles) -> dict[str, Any]:
    """The create body; a rejected template is edited with its components and category alone. The one variable of a code
    has no name, since its text is Meta's."""
    body = {
        "category": str(template.category),
        "components": [component(each, template, handles) for each in template.components],
    }
    if template.provider_id:
        return body
    is_code = template.category is Category.AUTHENTICATION
    form = ParameterFormat.POSITIONAL if is_code else template.parameter_format
    return {"name": template.platform_name, "language": template.language, "parameter_format": str(form), **body}


def ask(method: str, path: str, binding: Binding, secret: Secret, **options: Any) -> Any:
    version, app_secret = binding.settings.get("graph_version", ""), secret.get("app_secret", "")
    return graph.ask(method, path, secret["access_token"], version=version, app_secret=app_secret, **options)


def _refused(error: dict[str, Any]) -> Exception:
    """Template faults come as code 100 with the text for people in error_user_msg."""
    known = errors.classify(str(error.get("code")), str(error.get("error_subcode") or ""))
    if isinstance(known, Rejected):
        text = str(error.get("error_user_msg") or error.get("message") or "Meta refused the template.")[:300]
        return Rejected("template_refused", text, str(error.get("error_subcode") or error.get("code")), "template")
    return known


def _same(row: dict[str, Any], template: Template) -> bool:
    return (
        row.get("name") == template.platform_name
        and str(row.get("language", "")).replace("-", "_") == template.language
    )


def state_of(row: dict[str, Any]) -> TemplateState:
    status = STATUSES.get(str(row.get("status", "")).upper(), TemplateStatus.IN_REVIEW)
    reason = row.get("rejected_reason")
    told = None if reason in (None, "NONE") else str(reason)
    quality = row.get("quality_score")
    score = str(quality.get("score")) if isinstance(quality, dict) and quality.get("score") else None
    is_now, right = (_category(row.get(name)) for name in ("category", "correct_category"))
    return TemplateState(str(row["id"]), status, is_now, told, score, right or "")


def _category(told: Any) -> str | None:
    """None for one that we do not know, as templates of the past have."""
    return str(told).upper() if str(told).upper() in set(Category) else None
