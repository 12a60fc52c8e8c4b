"""Whether a channel can show what is to be said; nothing is ever dropped in silence."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from parley.errors import Problem
from parley.model import formatting
from parley.model.capabilities import ButtonLimits, Capabilities
from parley.model.components import Buttons, ProductsButton
from parley.model.content import FIELDS, Content, Format, Kind, Media
from parley.model.rendering import render, words
from parley.model.template import Template

OF_TEMPLATES = ("language", "fallback_language", "variables", "products")
BESIDE = ("buttons", "keyboard", "reply_to")
"""What may stand beside a content, but not beside a template, which has its own."""


def check(content: Content, template: Template | None, abilities: Capabilities, at: str) -> list[Problem]:
    """What is wrong with it; `at` is the prefix of its fields in the request."""
    if content.type not in abilities.kinds:
        return [Problem(f"{at}type", "kind_not_supported", f"This channel does not send {content.type}.")]
    found = [
        *_fields(content),
        *_products(content, template),
        *_media(content, abilities),
        *_album(content, abilities),
        *_texts(content, template, abilities),
    ]
    found += [*_buttons(content, abilities), *_beside(content, abilities)]
    return [Problem(f"{at}{each.field}", each.code, each.reason) for each in found]


def _fields(content: Content) -> Iterator[Problem]:
    """Exactly the field of its kind."""
    own = FIELDS[content.type]
    if getattr(content, own) is None:
        yield Problem(own, "field_missing", f"A {content.type} needs {own}.")
    others = {*FIELDS.values(), *OF_TEMPLATES} - {own, *(OF_TEMPLATES if content.type is Kind.TEMPLATE else ())}
    beside = BESIDE if content.type is Kind.TEMPLATE else ()
    for name in sorted(name for name in [*others, *beside] if getattr(content, name)):
        yield Problem(name, "field_not_expected", f"A {content.type} has no {name}.")


def _products(content: Content, template: Template | None) -> Iterator[Problem]:
    """A multi-product template shows what the send names."""
    parts = template.components if template else []
    buttons = [each for part in parts if isinstance(part, Buttons) for each in part.buttons]
    wanted = any(isinstance(each, ProductsButton) for each in buttons)
    if wanted and content.products is None:
        yield Problem("products", "field_missing", "This template shows products; name them.")
    if content.products is not None and not wanted and content.type is Kind.TEMPLATE:
        yield Problem("products", "field_not_expected", "This template shows no products.")


def _media(content: Content, abilities: Capabilities) -> Iterator[Problem]:
    for name, media in _files(content):
        if media.source not in abilities.sources:
            known = ", ".join(sorted(abilities.sources))
            yield Problem(name, "source_not_supported", f"This channel takes files by {known}, not by {media.source}.")
        if media.caption and _kind(content, media) not in abilities.captions:
            reason = f"This channel shows no caption with {_kind(content, media)}."
            yield Problem(f"{name}.caption", "caption_not_supported", reason)


def _files(content: Content) -> Iterator[tuple[str, Media]]:
    if content.media:
        yield "media", content.media
    yield from ((f"album.{index}", item) for index, item in enumerate(content.album or []))


def _kind(content: Content, media: Media) -> Kind:
    return Kind(getattr(media, "type", content.type))


def _album(content: Content, abilities: Capabilities) -> Iterator[Problem]:
    if content.album is None:
        return
    least, most = abilities.album
    if not least <= len(content.album) <= most:
        yield Problem("album", "album_size", f"An album holds {least} to {most} files, not {len(content.album)}.")
    kinds = {Kind(item.type) for item in content.album}
    if kinds & abilities.alone_in_albums and len(kinds) > 1:
        alone = ", ".join(sorted(kinds & abilities.alone_in_albums))
        yield Problem("album", "album_mixed", f"Files of kind {alone} stand alone in an album.")


def _texts(content: Content, template: Template | None, abilities: Capabilities) -> Iterator[Problem]:
    if content.type is Kind.TEMPLATE:
        yield from _template(content, template, abilities)
        return
    captions = [(f"{name}.caption", media.caption) for name, media in _files(content) if media.caption]
    for name, text, limit, what in [
        *([("text", content.text, abilities.text_limit, "text")] if content.text else []),
        *((name, caption, abilities.caption_limit, "caption") for name, caption in captions),
    ]:
        yield from _formatted(name, text, content, abilities)
        yield from length(name, formatting.shown(text) if content.format is Format.HTML else text, limit, what)


def _template(content: Content, template: Template | None, abilities: Capabilities) -> Iterator[Problem]:
    text = shown_text(content, template)
    if template is None or not text:
        return length("template", text, abilities.text_limit, "text")
    write, limit, what = measured(template, abilities)
    return length("template", write(content.variables), limit, what)


def measured(template: Template, abilities: Capabilities) -> tuple[Callable[[Mapping[str, str]], str], int, str]:
    """What writes the text of a template that has a limit, the limit, and what the text is. A platform that knows no
    templates shows the words under a file as its caption."""
    if template.file and not abilities.dialect.reviewed:
        return partial(words, template), abilities.caption_limit, "caption"
    return partial(render, template.components), abilities.text_limit, "text"


def _formatted(name: str, text: str, content: Content, abilities: Capabilities) -> list[Problem]:
    if content.format is Format.PLAIN:
        return []
    if not abilities.html:
        return [Problem("format", "format_not_supported", "This channel shows plain text only.")]
    return formatting.check(text, abilities.html, name)


def length(name: str, text: str, limit: int, what: str) -> Iterator[Problem]:
    """In UTF-16 units where that is more than characters: platforms that count at all count one of the two."""
    if 2 * len(text) > limit and len(text.encode("utf-16-le", "surrogatepass")) // 2 > limit:
        reason = f"A {what} holds at most {limit} characters here, with variables filled in."
        yield Problem(name, f"{what}_too_long", reason)


def _buttons(content: Content, abilities: Capabilities) -> Iterator[Problem]:
    if content.buttons is None or content.type is Kind.TEMPLATE:
        return
    limits = abilities.buttons
    if limits is None:
        yield Problem("buttons", "buttons_not_supported", "This channel shows no buttons.")
    elif content.type is Kind.ALBUM:
        yield Problem("buttons", "buttons_not_supported", "An album has no buttons.")
    elif content.keyboard:
        yield Problem("keyboard", "keyboard_beside_buttons", "A message has either buttons or a keyboard.")
    else:
        yield from _within(content, limits)


def _within(content: Content, limits: ButtonLimits) -> Iterator[Problem]:
    rows = content.buttons or []
    if sum(map(len, rows)) > limits.total or any(len(row) > limits.per_row for row in rows):
        reason = f"At most {limits.total} buttons, {limits.per_row} in a row."
        yield Problem("buttons", "too_many_buttons", reason)
    for place, button in [(f"buttons.{r}.{c}", b) for r, row in enumerate(rows) for c, b in enumerate(row)]:
        if len((button.payload or "").encode()) > limits.payload_bytes:
            yield Problem(
                f"{place}.payload", "payload_too_long", f"A payload holds at most {limits.payload_bytes} bytes."
            )
        if button.url and not limits.urls:
            yield Problem(f"{place}.url", "url_not_supported", "Buttons of this channel open no addresses.")


def _beside(content: Content, abilities: Capabilities) -> Iterator[Problem]:
    if content.type is Kind.TEMPLATE:
        return
    if content.keyboard and (not abilities.keyboards or content.type is Kind.ALBUM):
        yield Problem("keyboard", "keyboard_not_supported", "This channel shows no keyboard here.")
    if content.reply_to and not abilities.replies:
        yield Problem("reply_to", "reply_not_supported", "Messages of this channel cannot answer another one.")


def shown_text(content: Content, template: Template | None) -> str:
    """The text as the person will read it, for dry runs and limits."""
    if template:
        return (
            render(template.components, content.variables) if set(template.variables) <= set(content.variables) else ""
        )
    return content.text or content.caption
