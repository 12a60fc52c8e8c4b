"""parse_mode MarkdownV2 and Markdown, as far as a program that sends plain messages can go wrong with them."""

import re
from typing import Any

from local.simulators.telegram.errors import TelegramError, bad
from local.simulators.telegram.html import units

RESERVED = "_*[]()~`>#+-=|{}.!"
LEGACY = {"*": "bold", "_": "italic", "`": "code", "```": "pre"}
MARKS = LEGACY | {"__": "underline", "~": "strikethrough", "||": "spoiler"}
_PART = re.compile(r"\\.|```|__|\|\||\]\([^)]*\)|.", re.DOTALL)
_LEGACY_PART = re.compile(r"\\[_*`\[]|```|\]\([^)]*\)|.", re.DOTALL)

Entities = list[dict[str, Any]]


def parse_v2(source: str) -> tuple[str, Entities]:
    return _parse(source, _PART, MARKS, strict=True)


def parse_legacy(source: str) -> tuple[str, Entities]:
    return _parse(source, _LEGACY_PART, LEGACY, strict=False)


def _parse(source: str, parts: re.Pattern[str], marks: dict[str, str], strict: bool) -> tuple[str, Entities]:
    text, entities, opened = "", [], list[tuple[str, int, int]]()
    for match in parts.finditer(source):
        part, at = match[0], len(source[: match.start()].encode())
        inside = opened[-1][0] if opened else ""
        if part.startswith("\\") and len(part) == 2:
            text += part[1]
        elif inside in ("`", "```") and part != inside:
            text += part
        elif part.startswith("](") and inside == "[":
            entities.append(_entity("text_link", opened.pop()[1], text, url=part[2:-1]))
        elif part == inside:
            entities.append(_entity(marks[part], opened.pop()[1], text))
        elif part in marks or part == "[":
            opened.append((part, units(text), at))
        elif _is_quote(part, source, match.start()) and strict:
            continue
        elif strict and part[0] in RESERVED:
            raise _problem(f"Character '{part[0]}' is reserved and must be escaped with the preceding '\\'")
        else:
            text += part
    if opened:
        raise _unclosed(opened[-1], marks, strict)
    return text, [entity for entity in entities if entity["length"]]


def _entity(kind: str, begun: int, text: str, **more: str) -> dict[str, Any]:
    return {"type": kind, "offset": begun, "length": units(text) - begun, **more}


def _is_quote(part: str, source: str, at: int) -> bool:
    return part == ">" and (at == 0 or source[at - 1] == "\n")


def _unclosed(begun: tuple[str, int, int], marks: dict[str, str], strict: bool) -> TelegramError:
    mark, _, at = begun
    if not strict:
        return _problem(f"Can't find end of the entity starting at byte offset {at}")
    name = marks.get(mark, "text_url").title().replace("_", "")
    return _problem(f"Can't find end of {name} entity at byte offset {at}")


def _problem(text: str) -> TelegramError:
    return bad(f"can't parse entities: {text}")
