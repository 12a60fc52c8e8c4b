"""Schemas as tables for the page of the API: what a field is called, takes and means."""

import json
import re
from html import escape
from typing import Any

Json = dict[str, Any]

_CODE, _STRONG = re.compile(r"`([^`]+)`"), re.compile(r"\*\*([^*]+)\*\*")
_BOUNDS = (("minLength", "maxLength", "characters"), ("minimum", "maximum", ""), ("minItems", "maxItems", "entries"))


def prose(text: str) -> str:
    """Paragraphs with `code` and **strong** words."""
    marked = _STRONG.sub(r"<strong>\1</strong>", _CODE.sub(r"<code>\1</code>", escape(text, quote=False)))
    return "".join(f"<p>{paragraph}</p>" for paragraph in marked.split("\n\n") if paragraph)


def example(title: str, content: Json) -> str:
    shown = content.get("example")
    text = shown if isinstance(shown, str) else json.dumps(shown, indent=2, ensure_ascii=False)
    return f"<h4>{title}</h4><pre>{escape(text, quote=False)}</pre>"


def fields(schema: Json) -> str:
    """A table of an object's fields, or the values of a choice."""
    if "enum" in schema:
        return f"<p>{kind(schema)}</p>"
    required = schema.get("required", [])
    rows = "".join(
        f"<tr><td><code>{escape(name)}</code><td>{'required' if name in required else ''}"
        f"<td>{kind(each)}<td>{prose(each.get('description', ''))}"
        for name, each in schema.get("properties", {}).items()
    )
    return f'<table class="fields">{rows}</table>' if rows else ""


def kind(schema: Json) -> str:
    """What a value may be, in a few words; another schema is a link. Null is what `required` says already."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return f'<a href="#schema-{name}">{name}</a>{_default(schema)}'
    choices = schema.get("anyOf") or schema.get("oneOf")
    if choices:
        return " or ".join(kind(each) for each in choices if each != {"type": "null"}) + _default(schema)
    return _plain(schema) + _default(schema)


def _plain(schema: Json) -> str:
    if "enum" in schema:
        return " ".join(f"<code>{escape(str(each))}</code>" for each in schema["enum"])
    if "const" in schema:
        return f"<code>{escape(json.dumps(schema['const']))}</code>"
    if schema.get("type") == "array":
        return f"list of {kind(schema['items'])}{_bounds(schema)}"
    return escape(str(schema.get("type", "any"))) + _bounds(schema)


def _bounds(schema: Json) -> str:
    """`, 1 to 50 characters`; a bound that stands alone is said in a word."""
    for low, high, unit in _BOUNDS:
        least, most = schema.get(low), schema.get(high)
        if most is not None:
            return f", {'up' if least is None else least} to {most} {unit}".rstrip()
        if least is not None:
            return f", from {least} {unit}".rstrip()
    return ""


def _default(schema: Json) -> str:
    return f" = <code>{escape(json.dumps(schema['default']))}</code>" if schema.get("default") is not None else ""
