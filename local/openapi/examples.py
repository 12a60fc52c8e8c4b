"""Examples: of requests from the sample events, of answers from examples.json; each is checked against its schema."""

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from local import paths

Json = dict[str, Any]

KNOWN: Json = json.loads(Path(__file__).with_suffix(".json").read_text())


def add(document: Json) -> list[str]:
    """Puts examples into every operation. Returns what is missing; raises ValueError for one that breaks its schema."""
    warnings = []
    for verbs in document["paths"].values():
        for operation in verbs.values():
            warnings += _requests(document, operation)
            _answers(document, operation)
    return warnings


def _requests(document: Json, operation: Json) -> Iterator[str]:
    """Body and parameters as the operation's sample event has them."""
    name = operation["operationId"]
    event = _event(name)
    if event is None:
        if "requestBody" in operation or "parameters" in operation:
            yield f"events/{name}.json is missing, so {name} has no example of a request"
        return
    given = (event.get("pathParameters") or {}) | (event.get("queryStringParameters") or {})
    for parameter in operation.get("parameters", []):
        if parameter["name"] in given:
            parameter["example"] = _typed(given[parameter["name"]], parameter["schema"])
    if "requestBody" in operation:
        content = operation["requestBody"]["content"]["application/json"]
        content["example"] = _checked(document, json.loads(event["body"]), content["schema"], f"{name}, request")


def _event(name: str) -> Json | None:
    """Of a file with several routes each has its own, after the file's name."""
    events = paths.ROOT / "events"
    found = [*events.glob(f"{name}.json"), *events.glob(f"*.{name}.json")]
    return json.loads(found[0].read_text()) if found else None


def _typed(text: str, schema: Json) -> Any:
    """Queries are text; 20 and true are what they mean."""
    return json.loads(text) if schema.get("type") in ("integer", "boolean") else text


def _answers(document: Json, operation: Json) -> None:
    name = operation["operationId"]
    for status, answer in operation["responses"].items():
        content = answer.get("content", {}).get("application/json")
        if content is not None and "example" not in content:
            example = _example(_name_of(content["schema"]), name)
            content["example"] = _checked(document, example, content["schema"], f"{name}, {status}")


def _name_of(schema: Json) -> str:
    """The name of an answer's schema, the first where there is a choice."""
    one = schema["anyOf"][0] if "anyOf" in schema else schema
    return str(one["$ref"]).rpartition("/")[2]


def _example(schema: str, operation: str) -> Json:
    """That of its schema, with what is special after this operation."""
    if schema.endswith("Page"):
        return {"items": [_example(schema.removesuffix("Page"), operation)], "next": None}
    return deepcopy(KNOWN["schemas"][schema]) | deepcopy(KNOWN["operations"].get(operation, {}))


def _checked(document: Json, example: Json, schema: Json, what: str) -> Json:
    """Answers may have fields that their schema does not know, examples may not."""
    errors = list(Draft202012Validator({**schema, "components": document["components"]}).iter_errors(example))
    if errors:
        raise ValueError(f"the example of {what} breaks its schema: {errors[0].message}")
    known = document["components"]["schemas"][_name_of(schema)]["properties"]
    if strange := set(example) - set(known):
        raise ValueError(f"the example of {what} has fields that do not exist: {', '.join(sorted(strange))}")
    return example
