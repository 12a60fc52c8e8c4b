"""The answers that are no success: which operation may give which, and what they look like (problems.json)."""

import json
from pathlib import Path
from typing import Any

Json = dict[str, Any]

TABLE: Json = json.loads(Path(__file__).with_suffix(".json").read_text())

CREATE = frozenset({"create_channel", "create_template", "create_customer", "create_api_key", "send_message"})
OF_STATE = frozenset({"bind_channel", "unbind_channel", "update_service_settings", "cancel_message", "move_message"})
REVIEWED = frozenset({"update_template", "submit_template", "delete_template", "archive_template", "import_templates"})
SHEETS = frozenset({"download_recipients_xlsx", "download_recipients_csv"})
LIBRARY = frozenset({"create_media", "complete_media", "delete_media"})
OF_MESSAGES = frozenset({"report_otp_result"})
RULES = frozenset({"create_fallback_rule", "delete_fallback_rule"})
POOL = frozenset({"create_scheduling_resource"})
POLICIES = frozenset({"create_fallback_policy", "update_fallback_policy", "delete_fallback_policy"})
AUDIENCE = frozenset(f"{verb}_{noun}" for verb in ("create", "update", "delete") for noun in ("contact", "group")) | {
    "import_contacts",
    "add_group_members",
    "remove_group_members",
}
SYSTEMS = frozenset({"create_business_system", "delete_business_system", "refresh_signature"})
INTENTS = frozenset({"create_intent", "update_intent", "delete_intent"})
RECEIPTS = frozenset(f"{verb}_receipt_endpoint" for verb in ("create", "update")) | {
    "rotate_secret",
    "replay_receipt_delivery",
    "replay_receipts",
}
REPORTS = frozenset({"create_export"})
CONFLICTS = REPORTS | AUDIENCE | SHEETS | POOL | RULES | POLICIES | OF_MESSAGES | CREATE | OF_STATE | REVIEWED | LIBRARY
CONFLICTS |= SYSTEMS | INTENTS | RECEIPTS
AT_THE_PLATFORM = frozenset({"bind_channel", "submit_template", "delete_template", "import_templates"})
KEPT_OR_NOT = frozenset({"send_message", "move_message", "import_contacts"}) | REPORTS


def of(operation: Json) -> Json:
    """Status → response of an operation that needs a key."""
    name = operation["operationId"]
    pages = any(each["name"] == "next" for each in operation.get("parameters", []))
    may = {
        "400": "requestBody" in operation or pages,
        "409": name in CONFLICTS,
        "429": name == "send_message",
        "502": name in AT_THE_PLATFORM,
        "503": name in AT_THE_PLATFORM | KEPT_OR_NOT,
    }
    return {
        status: {"$ref": f"#/components/responses/{entry['name']}"}
        for status, entry in TABLE.items()
        if may.get(status, True)
    }


def responses() -> Json:
    return {entry["name"]: _response(entry) for entry in TABLE.values()}


def _response(entry: Json) -> Json:
    content = {}
    if "example" in entry:
        content["application/problem+json"] = _content("Problem", entry["example"])
    if "gateway" in entry:
        content["application/json"] = _content("GatewayMessage", entry["gateway"])
    return {"description": entry["description"], "content": content}


def _content(schema: str, example: Json) -> Json:
    return {"schema": {"$ref": f"#/components/schemas/{schema}"}, "example": example}


def schemas() -> Json:
    wrong = {
        "field": _text("As the request names it, dotted"),
        "code": _text("Stable"),
        "reason": _text("A sentence for a person"),
    }
    problem = {
        "type": _text("urn:parley: and the code"),
        "title": _text("What kind of error it is"),
        "status": {"type": "integer"},
        "code": _text("Stable"),
        "detail": _text("A sentence for a person"),
    }
    errors = {"type": "array", "description": "Every field that is wrong, not only the first", "items": _object(wrong)}
    fixed = "The gateway's own fixed answer, given before Parley sees the request."
    return {
        "GatewayMessage": {**_object({"message": _text("Unauthorized, Forbidden")}, fixed), "title": "GatewayMessage"},
        "Problem": {**_object(problem, "A problem document (RFC 9457).", {"errors": errors}), "title": "Problem"},
    }


def _text(about: str) -> Json:
    return {"type": "string", "description": about}


def _object(required: Json, about: str = "", optional: Json | None = None) -> Json:
    described = {"description": about} if about else {}
    return {"type": "object", **described, "required": list(required), "properties": required | (optional or {})}
