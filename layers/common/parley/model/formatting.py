"""Formatted text: a small HTML of known tags, so that a platform never refuses it half-way."""

import re
from collections.abc import Collection
from html.parser import HTMLParser

from parley.errors import Problem

TAG = re.compile(r"</?[A-Za-z][^<>]*>")
ATTRIBUTES = {"a": frozenset({"href"}), "code": frozenset({"class"}), "blockquote": frozenset({"expandable"})}


class _Reader(HTMLParser):
    """Walks over a text. `open` are the tags that wait for their end, `fault` is the first thing that is wrong,
    `words` is what a person reads, `told` the same with the address of each link behind it."""

    def __init__(self, allowed: Collection[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.allowed, self.fault = allowed, ""
        self.open: list[tuple[str, str]] = []
        self.words: list[str] = []
        self.told: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name for name, _ in attrs}
        if tag not in self.allowed or given - ATTRIBUTES.get(tag, frozenset()):
            self.fault = (
                self.fault or f"<{tag[:20]}> is no tag of this channel, or has an attribute that it does not take"
            )
        self.open.append((tag, dict(attrs).get("href") or ""))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.fault = self.fault or f"<{tag[:20]}/> has no text in it"

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1][0] != tag:
            self.fault = self.fault or f"</{tag[:20]}> ends what was not begun last"
            return
        _, link = self.open.pop()
        self.told += [f" ({link})"] if link else []

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        self.told.append(data)

    def handle_comment(self, data: str) -> None:
        self.fault = self.fault or "comments and declarations are not shown"

    def handle_decl(self, decl: str) -> None:
        self.handle_comment(decl)

    def handle_pi(self, data: str) -> None:
        self.handle_comment(data)

    def unknown_decl(self, data: str) -> None:
        self.handle_comment(data)


def _read(text: str, allowed: Collection[str]) -> _Reader:
    reader = _Reader(allowed)
    reader.feed(text)
    reader.close()
    if not reader.fault and reader.open:
        reader.fault = f"<{reader.open[-1][0][:20]}> is not ended"
    return reader


def check(text: str, allowed: Collection[str], field: str) -> list[Problem]:
    """What is wrong with the tags; a bare `<` or `&` is written as `&lt;` or `&amp;`."""
    fault = _read(text, allowed).fault or ("a bare < is written &lt;" if _bare(text) else "")
    return [Problem(field, "broken_formatting", f"The formatting is broken: {fault}.")] if fault else []


def _bare(text: str) -> bool:
    """A `<` that begins no whole tag; the parser takes it for text or drops it, platforms do neither."""
    return "<" in TAG.sub("", text)


def plain(text: str) -> str:
    """The text without its tags; a link stands in brackets behind its words."""
    return "".join(_read(text, ()).told)


def shown(text: str) -> str:
    """What a person reads, without links; limits of length count this."""
    return "".join(_read(text, ()).words)
