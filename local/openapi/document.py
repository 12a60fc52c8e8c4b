"""The whole document: what the handlers say, merged, tidied, and completed with errors, security and examples."""

import json
import tomllib
from typing import Any

from local import paths
from local.openapi import examples, handlers, problems, tidy

Json = dict[str, Any]

PUBLIC = frozenset({"show_docs", "show_openapi"})
DESCRIPTION = """One API to every chat app, in the business's own AWS account.

**Authentication.** Every request carries an API key: `Authorization: Bearer sk_live_…`. A key belongs to one \
organization and has scopes; a revoked key may work for up to a minute. Without a key the gateway answers 401, with one \
that is not good 403, with its own fixed body `{"message": …}`.

**Repeats.** `Idempotency-Key` makes a repeated POST safe for 24 hours at least; without it a retry may double. A secret \
that is shown once is not in the answer to a repeat.

**Errors** are problem documents (RFC 9457): a stable `code`, a sentence for people, and `errors` that names every \
field that is wrong. Nothing is half done behind an error.

**Lists** are pages: `items`, and `next`, the cursor of the following page, null at the end.

**Times** are RFC 3339 in UTC. **People** are strings, read as the channel's default kind (a phone number for WhatsApp \
and SMS), or `{"type": …, "value": …}`.

**Service providers** act for a customer organization by its `organization_id`, in the query or in the body; anybody \
else who names a foreign organization gets 404."""
TAGS = {
    "Organizations": "Whom everything belongs to.",
    "API keys": "Who may call, and what they may do.",
    "Channels": "One identity of the business on one platform: created, bound to the platform, tested.",
    "Service settings": "What a channel's messages may use: SMS as a fallback, the pace of its sender.",
    "Templates": "What a business may say first; reviewed by the platform.",
    "Messages": "Sent now or at a set time, with a fallback on another channel; followed by their timeline.",
    "Description": "This document.",
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
        "info": {"title": "Parley", "version": project["version"], "description": DESCRIPTION},
        "servers": [{"url": "/", "description": "The ApiUrl in the outputs of the stack"}],
        "security": [{"apiKey": []}],
        "tags": [{"name": name, "description": about} for name, about in TAGS.items()],
    }


def _complete(operation: Json) -> None:
    if operation["operationId"] in PUBLIC:
        operation["security"] = []
    else:
        operation["responses"] |= problems.of(operation)
    operation["responses"] = dict(sorted(operation["responses"].items()))
