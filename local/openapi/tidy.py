"""The handlers' schemas without their framework's habits: made-up titles, null parameters, floats for whole numbers."""

import re
from typing import Any

Json = dict[str, Any]

_PAGE = re.compile(r"Page_(\w+?)_(?=$|\")")
_FRAMEWORKS = ("HTTPValidationError", "ValidationError", "ResponseValidationError")
_ANSWERS = {"200": "Done", "201": "Created", "202": "Kept, and on its way", "204": "Done; there is no body"}
_VERBS = ("get", "post", "patch", "delete")


def tidied(document: Json) -> Json:
    schemas = {_named(name): model for name, model in document["components"]["schemas"].items()}
    kept = {name: schemas[name] for name in sorted(schemas) if name not in _FRAMEWORKS}
    document["components"]["schemas"] = {name: {**_schema(model), "title": name} for name, model in kept.items()}
    document["paths"] = {path: _path(document["paths"][path]) for path in sorted(document["paths"])}
    return document


def _named(name: str) -> str:
    """ChannelPage of Page_Channel_."""
    return _PAGE.sub(r"\1Page", name)


def _schema(node: Any, *, naming: bool = False) -> Any:
    """`naming`: the keys of this object are fields of a model, so one called "title" is no title."""
    if isinstance(node, list):
        return [_schema(each) for each in node]
    if not isinstance(node, dict):
        return _named(node) if isinstance(node, str) and node.startswith("#/") else _whole(node)
    return {
        name: _schema(value, naming=name == "properties" and not naming)
        for name, value in node.items()
        if naming or name != "title"
    }


def _whole(node: Any) -> Any:
    return int(node) if isinstance(node, float) and node.is_integer() else node


def _path(verbs: Json) -> Json:
    return {verb: _operation(verbs[verb]) for verb in _VERBS if verb in verbs}


def _operation(operation: Json) -> Json:
    """The framework's answer 422 goes: ours are problem documents."""
    answers = {status: _answer(status, answer) for status, answer in operation["responses"].items() if status != "422"}
    given = [_parameter(each) for each in operation.get("parameters", [])]
    body = {"requestBody": _schema(operation["requestBody"])} if "requestBody" in operation else {}
    head = {name: operation[name] for name in ("tags", "summary", "operationId")}
    return {**head, **({"parameters": given} if given else {}), **body, "responses": answers}


def _answer(status: str, answer: Json) -> Json:
    content = {} if status == "204" else {"content": _schema(answer["content"])}
    return {"description": _ANSWERS[status], **content}


def _parameter(given: Json) -> Json:
    """Optional is what `required` says; a query or a header has no null."""
    schema = _schema(given["schema"])
    kinds = [each for each in schema.get("anyOf", []) if each != {"type": "null"}]
    plain = kinds[0] if len(kinds) == 1 else {name: value for name, value in schema.items() if name != "description"}
    name = "Idempotency-Key" if given["name"] == "idempotency-key" else given["name"]
    about = {"description": given["description"]} if "description" in given else {}
    return {"name": name, "in": given["in"], **about, "required": given.get("required", False), "schema": plain}
