"""Texts and captions: formatting, entities and lengths."""

import re
from typing import Any

from local.simulators.telegram import html, markdown
from local.simulators.telegram.errors import bad
from local.simulators.telegram.params import Params

LONGEST_TEXT, LONGEST_CAPTION, MOST_ENTITIES = 4096, 1024, 100
_FOUND = re.compile(
    r"(?P<bot_command>(?<!\S)/[A-Za-z0-9_]{1,32}(?:@\w+)?)|(?P<url>https?://\S+)|(?P<mention>(?<!\w)@\w{4,32})"
)

PARSERS = {"html": html.parse, "markdownv2": markdown.parse_v2, "markdown": markdown.parse_legacy}


def text(params: Params) -> dict[str, Any]:
    found = formatted(params.text("text"), params.text("parse_mode"), params.nested("entities"))
    if not found[0]:
        raise bad("message text is empty")
    if html.units(found[0]) > LONGEST_TEXT:
        raise bad("message is too long")
    return _fields("text", "entities", *found)


def caption(params: Params) -> dict[str, Any]:
    given = params.nested("caption_entities")
    return caption_of(params.text("caption"), params.text("parse_mode"), given)


def caption_of(source: str, mode: str, entities: Any = None) -> dict[str, Any]:
    found = formatted(source, mode, entities)
    if html.units(found[0]) > LONGEST_CAPTION:
        raise bad("message caption is too long")
    return _fields("caption", "caption_entities", *found) if found[0] else {}


def formatted(source: str, mode: str, entities: Any = None) -> tuple[str, html.Entities]:
    """The text as people see it; spaces around it are cut off as Telegram does."""
    if mode and mode.lower() != "none":
        if mode.lower() not in PARSERS:
            raise bad("unsupported parse_mode")
        plain, found = PARSERS[mode.lower()](source)
    else:
        plain, found = source, _given(entities)
    shift = html.units(plain) - html.units(plain.lstrip())
    return plain.strip(), [{**entity, "offset": max(0, entity["offset"] - shift)} for entity in found][:MOST_ENTITIES]


def detected(plain: str) -> html.Entities:
    """Commands, addresses and mentions that Telegram finds in a plain text."""
    return [
        {"offset": html.units(plain[: match.start()]), "length": html.units(match[0]), "type": str(match.lastgroup)}
        for match in _FOUND.finditer(plain)
    ]


def _given(entities: Any) -> html.Entities:
    if entities is None:
        return []
    if not isinstance(entities, list) or not all(_is_entity(entity) for entity in entities):
        raise bad("can't parse MessageEntity")
    return entities


def _is_entity(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("type"), str) and {"offset", "length"} <= set(value)


def _fields(name: str, list_name: str, plain: str, entities: html.Entities) -> dict[str, Any]:
    found = [*entities, *(one for one in detected(plain) if not any(_overlap(one, other) for other in entities))]
    found.sort(key=lambda entity: entity["offset"])
    return {name: plain} | ({list_name: found} if found else {})


def _overlap(one: dict[str, Any], other: dict[str, Any]) -> bool:
    if other["type"] not in ("text_link", "code", "pre"):
        return False
    begin, end = int(other["offset"]), int(other["offset"]) + int(other["length"])
    return bool(one["offset"] < end and begin < one["offset"] + one["length"])
