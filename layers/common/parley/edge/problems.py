"""Errors as RFC 9457 problem documents: a stable code, a sentence for a person, and every field that is wrong."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from aws_lambda_powertools.event_handler import Response

from parley.errors import Invalid, Malformed, ParleyError, Problem

CONTENT_TYPE = "application/problem+json"
MALFORMED = frozenset({"json_invalid", "missing_body"})


def answer(error: ParleyError) -> Response[str]:
    body = {
        "type": f"urn:parley:{error.code}",
        "title": error.title,
        "status": error.status,
        "code": error.code,
        "detail": error.message,
    }
    if error.problems:
        body["errors"] = [{"field": each.field, "code": each.code, "reason": each.reason} for each in error.problems]
    return Response(status_code=error.status, content_type=CONTENT_TYPE, body=json.dumps(body))


def of_validation(errors: Sequence[Any]) -> ParleyError:
    """pydantic's findings in our words; a body that is no JSON object is malformed, everything else breaks a rule."""
    if any(each["type"] == "json_invalid" for each in errors):
        return Malformed("invalid_json", "The body is not valid JSON.")
    return Invalid([Problem(field_name(each["loc"]), _code(each), str(each.get("msg", ""))[:300]) for each in errors])


def field_name(loc: Iterable[Any]) -> str:
    """`to` of ("body", "to"); the tag of a chosen variant is not a field and is left out."""
    parts = [str(part) for part in loc]
    shown = parts[1:] if parts[:1] in (["body"], ["query"], ["header"], ["path"]) else parts
    kept = [part for part in shown if not (part.isupper() or "[" in part or part in ("str", "Address"))]
    return ".".join(kept) or "body"


def _code(error: Any) -> str:
    return {"extra_forbidden": "unknown_field", "missing": "field_missing", "enum": "unknown_value"}.get(
        error["type"], str(error["type"])
    )
