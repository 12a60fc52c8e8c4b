"""parse_mode HTML: the tags Telegram knows, and its complaints about all others."""

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from local.simulators.telegram.errors import TelegramError, bad

KINDS = {"b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline"} | {
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "code": "code", "pre": "pre",
    "tg-spoiler": "spoiler", "span": "spoiler", "a": "text_link", "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}  # fmt: skip
_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|#\d{1,7}|#x[0-9a-fA-F]{1,6});")
_ATTRIBUTE = re.compile(r"""([\w-]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s>]+))?""")

Entities = list[dict[str, Any]]


@dataclass
class _Open:
    name: str
    offset: int
    attributes: dict[str, str]


@dataclass
class _Parser:
    source: str
    text: str = ""
    open: list[_Open] = field(default_factory=list)
    entities: Entities = field(default_factory=list)

    def run(self) -> tuple[str, Entities]:
        at = 0
        while at < len(self.source):
            at = self._tag(at) if self.source[at] == "<" else self._plain(at)
        if self.open:
            raise _problem(f'Can\'t find end tag corresponding to start tag "{self.open[-1].name}"')
        return self.text, sorted(self.entities, key=lambda entity: (entity["offset"], -entity["length"]))

    def _plain(self, at: int) -> int:
        end = self.source.find("<", at)
        end = len(self.source) if end < 0 else end
        self.text += _ENTITY.sub(lambda match: unescape(match[0]), self.source[at:end])
        return end

    def _tag(self, at: int) -> int:
        end = self.source.find(">", at)
        if end < 0:
            what = "end" if self.source.startswith("</", at) else "start"
            raise _problem(f"Unclosed {what} tag at byte offset {self._bytes(at)}")
        inner = self.source[at + 1 : end]
        self._close(inner[1:].strip().lower(), at) if inner.startswith("/") else self._start(inner, at)
        return end + 1

    def _start(self, inner: str, at: int) -> None:
        name, *rest = re.split(r"\s", inner, maxsplit=1)
        name = name.lower()
        if name not in KINDS:
            raise _problem(f'Unsupported start tag "{name}" at byte offset {self._bytes(at)}')
        attributes = {key.lower(): unescape(value.strip("\"'")) for key, value in _ATTRIBUTE.findall("".join(rest))}
        if name == "span" and attributes.get("class") != "tg-spoiler":
            raise _problem(f'Tag "span" must have class "tg-spoiler" at byte offset {self._bytes(at)}')
        self.open.append(_Open(name, units(self.text), attributes))

    def _close(self, name: str, at: int) -> None:
        if not self.open:
            raise _problem(f"Unexpected end tag at byte offset {self._bytes(at)}")
        begun = self.open.pop()
        if name and name != begun.name:
            where = f"at byte offset {self._bytes(at)}"
            raise _problem(f'Unmatched end tag {where}, expected "</{begun.name}>", found "</{name}>"')
        length = units(self.text) - begun.offset
        if length and (entity := _entity(begun, self.text)):
            self.entities.append({**entity, "offset": begun.offset, "length": length})

    def _bytes(self, at: int) -> int:
        return len(self.source[:at].encode())


def _entity(begun: _Open, text: str) -> dict[str, Any] | None:
    found: dict[str, Any] = {"type": KINDS[begun.name]}
    if begun.name == "a":
        url = begun.attributes.get("href") or text.encode("utf-16-le")[begun.offset * 2 :].decode("utf-16-le")
        return found | {"url": url} if "." in url or ":" in url else None  # a link without a target is plain text
    if begun.name == "tg-emoji":
        return found | {"custom_emoji_id": begun.attributes.get("emoji-id", "")}
    if begun.name == "blockquote" and "expandable" in begun.attributes:
        return {"type": "expandable_blockquote"}
    return found


def parse(source: str) -> tuple[str, Entities]:
    return _Parser(source).run()


def units(text: str) -> int:
    """Offsets and lengths count UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def _problem(text: str) -> TelegramError:
    return bad(f"can't parse entities: {text}")
