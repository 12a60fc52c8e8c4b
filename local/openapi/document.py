"""The whole document: what the handlers say, merged, tidied, and completed with errors, security and examples."""

import json
import tomllib
from pathlib import Path
from typing import Any

from local import paths
from local.openapi import downloads, examples, handlers, problems, tidy

Json = dict[str, Any]

PUBLIC = {
    "show_docs": {"text/html": {"schema": {"type": "string"}, "example": "<!doctype html>…"}},
    "show_openapi": {"application/json": {"schema": {"type": "object"}, "example": {"openapi": "3.1.0"}}},
}
"""Operations that need no key, and what they answer."""
TAGS = {
    "Channels": "One identity of the business on one platform: created, bound to the platform, tested.",
    "Service settings": "What a channel's messages may use: SMS as a fallback, the pace of its sender.",
    "Fallback policies": "What goes out, step by step, when a message does not arrive; and what became of it.",
    "Scheduling resources": "The pool of numbers that one-time codes to chosen countries go out from.",
    "Templates": "What a business may say first; reviewed by the platform.",
    "Messages": "Sent now or at a set time, with a fallback on another channel; followed by their timeline.",
    "Broadcasts": "One template to many people: checked first, then run, stopped and steered; every row provable.",
    "Contacts": "People the business writes to, with their addresses and attributes; one by one, or from a sheet.",
    "Audience groups": "Named sets of contacts, which broadcasts go to.",
    "Exports": "Sheets of everything: the rows of a broadcast, contacts, the members of a group; kept for a week.",
    "Media": "Files to send, and the library of each channel, where only what was looked at stands.",
    "Suppressions": "Who is not written to, on a channel or anywhere: by an operator's word, a platform's, or theirs.",
    "Business systems": "The business's own software, and the intents by which buttons and words of people call it.",
    "Receipts": "Where the business is told what happens, how its server took it, and sending it again.",
    "Organizations": "Whom everything belongs to.",
    "API keys": "Who may call, and what they may do.",
    "Description": "This document; the only routes that need no key.",
}


def text() -> tuple[str, list[str]]:
    """The text of openapi.json, and what is missing for a complete one."""
    document, warnings = build()
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n", warnings


def build() -> tuple[Json, list[str]]:
    paths_, components = _merged()
    document = tidy.tidied(_frame() | {"paths": paths_, "components": {"schemas": components}})
    document["components"]["schemas"] |= problems.schemas()
    document["components"]["responses"] = problems.responses()
    document["components"]["securitySchemes"] = {"apiKey": {"type": "http", "scheme": "bearer"}}
    for operation in operations(document):
        _complete(operation)
    return document, examples.add(document)


def operations(document: Json) -> list[Json]:
    return [operation for verbs in document["paths"].values() for operation in verbs.values()]


def _merged() -> tuple[Json, Json]:
    """Paths and schemas of all handlers. Two different schemas of one name would be a lie for one of them."""
    found_paths: Json = {}
    found: Json = {}
    for name, schema in handlers.schemas():
        for path, verbs in schema["paths"].items():
            found_paths.setdefault(path, {}).update(verbs)
        for title, model in schema.get("components", {}).get("schemas", {}).items():
            if found.setdefault(title, model) != model:
                raise ValueError(f"{name} has another schema named {title}")
    return found_paths, found


def _frame() -> Json:
    project = tomllib.loads((paths.ROOT / "pyproject.toml").read_text())["project"]
    return {
        "openapi": "3.1.0",
        "info": {"title": "Parley", "version": project["version"], "description": _about()},
        "servers": [{"url": "/", "description": "The ApiUrl in the outputs of the stack"}],
        "security": [{"apiKey": []}],
        "tags": [{"name": name, "description": about} for name, about in TAGS.items()],
    }


def _about() -> str:
    """Markdown, one line for each paragraph."""
    paragraphs = Path(__file__).with_name("description.md").read_text().strip().split("\n\n")
    return "\n\n".join(" ".join(paragraph.splitlines()) for paragraph in paragraphs)


def _complete(operation: Json) -> None:
    if operation["operationId"] in PUBLIC:
        operation["security"] = []
        operation["responses"]["200"]["content"] = PUBLIC[operation["operationId"]]
    else:
        operation["responses"] |= problems.of(operation)
    if operation["operationId"] in downloads.ANSWERS:
        operation["responses"]["200"] = downloads.ANSWERS[operation["operationId"]]
    operation["responses"] = dict(sorted(operation["responses"].items()))
