"""The page that shows openapi.json to people: one file, nothing from elsewhere, readable without JavaScript."""

import json
from html import escape
from pathlib import Path
from typing import Any

from parley.edge.fields import example, fields, kind, prose

Json = dict[str, Any]

STYLE = Path(__file__).with_name("pages.css")


def docs_page(text: str) -> str:
    spec = json.loads(text)
    groups = [(tag, _operations(spec, tag["name"])) for tag in spec["tags"]]
    main = "".join(_group(tag, found, spec) for tag, found in groups)
    body = f"<body>{_menu(groups)}<main>{_intro(spec['info'])}{main}{_schemas(spec)}</main></body>"
    return f'<!doctype html><html lang="en">{_head(spec["info"])}{body}</html>'


def _head(info: Json) -> str:
    meta = '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    return f"<head>{meta}<title>{escape(info['title'])}</title><style>{STYLE.read_text()}</style></head>"


def _intro(info: Json) -> str:
    title = f"<h1>{escape(info['title'])} <small>API {escape(info['version'])}</small></h1>"
    file = '<p><a href="docs/openapi.json">openapi.json</a></p>'
    return f"<header>{title}{file}</header>{prose(info['description'])}"


def _operations(spec: Json, tag: str) -> list[tuple[str, str, Json]]:
    """Verb, path and operation of a group, in the order of the document."""
    return [
        (verb, path, operation)
        for path, verbs in spec["paths"].items()
        for verb, operation in verbs.items()
        if operation["tags"] == [tag]
    ]


def _menu(groups: list[tuple[Json, list[tuple[str, str, Json]]]]) -> str:
    parts = []
    for tag, found in groups:
        entries = "".join(
            f'<a href="#{each["operationId"]}"><b class="{verb}">{verb}</b>{each["operationId"].replace("_", " ")}</a>'
            for verb, _, each in found
        )
        parts.append(f"<h4>{escape(tag['name'])}</h4>{entries}")
    return f'<nav>{"".join(parts)}<h4>More</h4><a href="#schemas">schemas</a></nav>'


def _group(tag: Json, found: list[tuple[str, str, Json]], spec: Json) -> str:
    cards = "".join(_card(verb, path, operation, spec) for verb, path, operation in found)
    return f"<h2>{escape(tag['name'])}</h2><p>{escape(tag['description'])}</p>{cards}"


def _card(verb: str, path: str, operation: Json, spec: Json) -> str:
    title = f'<b class="{verb}">{verb}</b><code>{escape(path)}</code><span>{escape(operation["summary"])}</span>'
    inside = f"{_parameters(operation)}{_body(operation, spec)}{_answers(operation, spec)}"
    return f'<details><summary>{title}</summary><section id="{operation["operationId"]}">{inside}</section></details>'


def _parameters(operation: Json) -> str:
    rows = "".join(
        f"<tr><td><code>{escape(each['name'])}</code><td>{each['in']}{', required' if each['required'] else ''}"
        f"<td>{kind(each['schema'])}<td>{prose(each.get('description', ''))}"
        for each in operation.get("parameters", [])
    )
    return f'<h4>Parameters</h4><table class="fields">{rows}</table>' if rows else ""


def _body(operation: Json, spec: Json) -> str:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return ""
    schema = spec["components"]["schemas"][content["schema"]["$ref"].rpartition("/")[2]]
    return f"<h4>Body</h4>{prose(schema.get('description', ''))}{fields(schema)}{example('Example', content)}"


def _answers(operation: Json, spec: Json) -> str:
    rows = "".join(_answer(status, answer, spec) for status, answer in operation["responses"].items())
    good = next(answer for status, answer in operation["responses"].items() if status.startswith("2"))
    shown = "".join(example("Example of the answer", each) for each in good.get("content", {}).values())
    return f"<h4>Answers</h4><table>{rows}</table>{shown}"


def _answer(status: str, answer: Json, spec: Json) -> str:
    """An answer that many operations share stands once in the document."""
    if "$ref" in answer:
        answer = spec["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    kinds = " or ".join(kind(each["schema"]) for each in answer.get("content", {}).values())
    return f"<tr><td>{status}<td>{kinds}<td>{prose(answer['description'])}"


def _schemas(spec: Json) -> str:
    parts = [
        f'<h3 id="schema-{escape(name)}">{escape(name)}</h3>{prose(schema.get("description", ""))}{fields(schema)}'
        for name, schema in sorted(spec["components"]["schemas"].items())
    ]
    return f'<h2 id="schemas">Schemas</h2>{"".join(parts)}'
