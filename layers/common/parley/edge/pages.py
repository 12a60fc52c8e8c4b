"""The page that shows openapi.json to people: one file, nothing from elsewhere, readable without JavaScript."""

import html
import json
from typing import Any

STYLE = """body{font:16px/1.5 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;color:#1b1f24;background:#fff}
h1{margin-bottom:0}h2{margin-top:2.5rem;border-bottom:1px solid #d0d7de}code,pre{font:13px/1.5 ui-monospace,monospace}
pre{background:#f6f8fa;padding:1rem;overflow:auto;border-radius:6px}details{border:1px solid #d0d7de;border-radius:6px;margin:.5rem 0}
summary{padding:.6rem 1rem;cursor:pointer}section{padding:0 1rem 1rem}.verb{display:inline-block;width:4.5rem;font-weight:700}
.post{color:#0a6b2d}.get{color:#0757ad}.patch{color:#8a5a00}.delete{color:#b3212f}td,th{text-align:left;padding:.2rem .8rem .2rem 0;vertical-align:top}"""


def docs_page(text: str) -> str:
    spec = json.loads(text)
    by_tag: dict[str, list[str]] = {}
    for path, verbs in spec["paths"].items():
        for verb, operation in verbs.items():
            by_tag.setdefault(operation["tags"][0], []).append(_operation(verb, path, operation, spec))
    info = spec["info"]
    parts = [f"<h2>{html.escape(tag)}</h2>{''.join(rows)}" for tag, rows in by_tag.items()]
    intro = f"<h1>{html.escape(info['title'])}</h1><p>{html.escape(info.get('description', ''))}</p>"
    page = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{html.escape(info["title"])}</title><style>{STYLE}</style>'
    return f'{page}<body>{intro}<p><a href="docs/openapi.json">openapi.json</a></p>{"".join(parts)}</body></html>'


def _operation(verb: str, path: str, operation: dict[str, Any], spec: dict[str, Any]) -> str:
    head = f'<span class="verb {verb}">{verb.upper()}</span><code>{html.escape(path)}</code> {html.escape(operation.get("summary", ""))}'
    return f"<details><summary>{head}</summary><section>{_parameters(operation)}{_body(operation, spec)}{_answers(operation)}</section></details>"


def _parameters(operation: dict[str, Any]) -> str:
    rows = "".join(
        f"<tr><td><code>{html.escape(each['name'])}</code></td><td>{each['in']}</td><td>{html.escape(each.get('description', ''))}</td></tr>"
        for each in operation.get("parameters", [])
    )
    return f"<h4>Parameters</h4><table>{rows}</table>" if rows else ""


def _body(operation: dict[str, Any], spec: dict[str, Any]) -> str:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return ""
    name = str(content["schema"].get("$ref", "")).rpartition("/")[2]
    schema = spec["components"]["schemas"].get(name, {})
    example = content.get("example")
    shown = f"<pre>{html.escape(json.dumps(example, indent=2, ensure_ascii=False))}</pre>" if example else ""
    return f"<h4>Body</h4><p>{html.escape(schema.get('description', ''))}</p><table>{_fields(schema)}</table>{shown}"


def _fields(schema: dict[str, Any]) -> str:
    required = schema.get("required", [])
    return "".join(
        f"<tr><td><code>{html.escape(name)}</code></td><td>{'required' if name in required else ''}</td>"
        f"<td>{html.escape(each.get('description', ''))}</td></tr>"
        for name, each in schema.get("properties", {}).items()
    )


def _answers(operation: dict[str, Any]) -> str:
    rows = "".join(
        f"<tr><td>{status}</td><td>{html.escape(each['description'])}</td></tr>"
        for status, each in operation["responses"].items()
    )
    return f"<h4>Answers</h4><table>{rows}</table>"
