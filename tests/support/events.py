"""The sample events, changed where a test says so, and what a function answers to them."""

import json
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

from tests.support.invoke import invoke

EVENTS = Path(__file__).parents[2] / "events"
Json = dict[str, Any]
LEFT_OUT: Any = object()
"""As a field's value: the body has no such field."""


class Answer(NamedTuple):
    status: int
    body: Any
    headers: Json


def sample(name: str) -> Any:
    """events/<name>.json"""
    return json.loads((EVENTS / f"{name}.json").read_text())


def request(name: str, body: Json | str | None = None, **changes: Any) -> Json:
    """The sample of a route. `body`: fields that replace the sample's, or a whole raw text.

    `changes`: path, query and headers as dictionaries (None takes one away), organization, scopes="read,messages"."""
    event: Json = sample(name)
    event |= {"body": _merged(event.get("body"), body)} if body is not None else {}
    event["headers"] = _present({**event["headers"], **changes.get("headers", {})})
    event["queryStringParameters"] = _present({**event.get("queryStringParameters", {}), **changes.get("query", {})})
    event["rawQueryString"] = urlencode(event["queryStringParameters"])
    _caller(event, changes)
    return _at(event, changes.get("path", {}))


def _present(values: Json) -> Json:
    return {name: value for name, value in values.items() if value is not None}


def _merged(text: str | None, body: Json | str) -> str:
    if isinstance(body, str):
        return body
    fields = {**json.loads(text or "{}"), **body}
    return json.dumps({name: value for name, value in fields.items() if value is not LEFT_OUT})


def _caller(event: Json, changes: Json) -> None:
    """Whose key it is, as the authorizer would have put it there."""
    caller = event["requestContext"].get("authorizer", {}).get("lambda", {})
    caller |= {name: changes[name] for name in ("organization", "scopes") if name in changes}


def _at(event: Json, parameters: Json) -> Json:
    event["pathParameters"] = event.get("pathParameters", {}) | parameters
    method, _, path = event["routeKey"].partition(" ")
    event["rawPath"] = path.format(**event["pathParameters"])
    event["requestContext"]["http"] |= {"method": method, "path": event["rawPath"]}
    return event


def call(name: str, body: Json | str | None = None, **changes: Any) -> Answer:
    """What a route answers to its sample, changed like in `request`."""
    return answered(invoke(name, request(name, body, **changes)))


def answered(reply: Json) -> Answer:
    headers = {each.lower(): value for each, value in reply.get("headers", {}).items()}
    headers |= {each.lower(): ",".join(value) for each, value in reply.get("multiValueHeaders", {}).items()}
    text = reply.get("body") or ""
    return Answer(reply["statusCode"], json.loads(text) if "json" in headers.get("content-type", "") else text, headers)


def refused(answer: Answer) -> tuple[int, str, list[str]]:
    """(status, code, the named fields) of a problem document; its form is checked on the way."""
    assert answer.headers["content-type"] == "application/problem+json", answer
    assert answer.body["status"] == answer.status
    assert answer.body["type"] == f"urn:parley:{answer.body['code']}"
    assert answer.body["title"]
    assert answer.body["detail"]
    return answer.status, answer.body["code"], [each["field"] for each in answer.body.get("errors", [])]


def records(*bodies: Any) -> Json:
    """An SQS batch of these bodies, each record like the sample's."""
    record = sample("deliver_messages")["Records"][0]
    return {
        "Records": [{**record, "messageId": f"record-{i}", "body": json.dumps(body)} for i, body in enumerate(bodies)]
    }
