"""Errors as RFC 9457 problem documents: a stable code, a sentence for a person, and every field that is wrong."""

import json
import math
from collections.abc import Sequence
from typing import Any

from aws_lambda_powertools.event_handler import Response

from parley.errors import Invalid, Malformed, ParleyError, Problem
from parley.model.validation import problems

CONTENT_TYPE = "application/problem+json"


def answer(error: ParleyError) -> Response[str]:
    wait = {"Retry-After": str(math.ceil(error.retry_after))} if error.retry_after else {}
    return Response(status_code=error.status, content_type=CONTENT_TYPE, body=_document(error), headers=wait)


def reply(error: ParleyError) -> dict[str, Any]:
    """The same for Lambda itself, where no resolver was asked."""
    return {"statusCode": error.status, "headers": {"content-type": CONTENT_TYPE}, "body": _document(error)}


def _document(error: ParleyError) -> str:
    body = {
        "type": f"urn:parley:{error.code}",
        "title": error.title,
        "status": error.status,
        "code": error.code,
        "detail": error.message,
    }
    if error.problems:
        body["errors"] = [_shown(each) for each in error.problems]
    return json.dumps(body)


def _shown(problem: Problem) -> dict[str, str]:
    """Of a numbered rule also the JSON pointer into the request."""
    shown = {"field": problem.field, "code": problem.code, "reason": problem.reason}
    return shown | {"pointer": f"/{problem.field.replace('.', '/')}", "rule": problem.rule} if problem.rule else shown


def of_validation(errors: Sequence[Any]) -> ParleyError:
    """A body that is no JSON object is malformed, everything else breaks a rule."""
    if any(each["type"] == "json_invalid" for each in errors):
        return Malformed("invalid_json", "The body is not valid JSON.")
    return Invalid(problems(errors))
