"""What a channel cannot show, put in words; each change is told, so that a dry run can show it."""

from collections.abc import Iterable
from html import escape
from typing import Any

from parley.model import formatting
from parley.model.capabilities import Capabilities
from parley.model.content import MEDIA, Content, Format, Kind, Location, Media, Poll

NEAREST = {Kind.ANIMATION: Kind.VIDEO, Kind.VOICE: Kind.AUDIO, Kind.STICKER: Kind.IMAGE}
"""What shows nearly the same file."""

Reduced = tuple[Content, list[str]]


def reduce(content: Content, abilities: Capabilities) -> Reduced:
    """The content as the channel can show it, and in words what was changed. What does not fit even so stays as it is
    and is refused by the rules."""
    if content.type is Kind.TEMPLATE:
        return content, []
    notes: list[str] = []
    for step in (_format, _kind, _buttons, _keyboard, _reply):
        content, told = step(content, abilities)
        notes += told
    return content, notes


def _format(content: Content, abilities: Capabilities) -> Reduced:
    if content.format is Format.PLAIN or abilities.html:
        return content, []
    text = formatting.plain(content.text) if content.text else None
    media = _recaptioned(content.media) if content.media else None
    album = [_recaptioned(item) for item in content.album] if content.album else None
    changed = {"format": Format.PLAIN, "text": text, "media": media, "album": album}
    return content.model_copy(update=changed), ["The formatting is taken away."]


def _recaptioned(media: Any) -> Any:
    return media.model_copy(update={"caption": formatting.plain(media.caption)}) if media.caption else media


def _kind(content: Content, abilities: Capabilities) -> Reduced:
    if content.type in abilities.kinds:
        return content, []
    near = NEAREST.get(content.type)
    if near in abilities.kinds:
        return content.model_copy(update={"type": near}), [f"The {content.type} goes out as {near}."]
    lines = _lines(content)
    if lines is None or Kind.TEXT not in abilities.kinds:
        return content, []
    return _said(content, lines), [f"The {content.type} is put in words."]


def _said(content: Content, lines: Iterable[str]) -> Content:
    """The same message as a text."""
    text = "\n".join(line for line in lines if line)
    nothing = dict.fromkeys(("media", "album", "location", "contact", "poll"))
    return content.model_copy(update={**nothing, "type": Kind.TEXT, "text": text})


def _lines(content: Content) -> list[str] | None:
    """None where words cannot stand for it: a file without an address."""
    if content.files:
        return _file_lines(content) if all(media.link for media in content.files) else None
    if content.location:
        return _place(content.location)
    if content.contact:
        name = f"{content.contact.first_name} {content.contact.last_name or ''}".strip()
        return [_as(content, f"{name}: {content.contact.phone}")]
    return [_as(content, line) for line in _options(content.poll)] if content.poll else None


def _file_lines(content: Content) -> list[str]:
    return [line for media in content.files for line in (media.caption or "", _as(content, _link(media)))]


def _link(media: Media) -> str:
    return media.link or ""


def _as(content: Content, line: str) -> str:
    """A line of ours beside formatted text must not be read as tags."""
    return escape(line, quote=False) if content.format is Format.HTML else line


def _place(location: Location) -> list[str]:
    where = f"https://maps.google.com/?q={location.latitude},{location.longitude}"
    return [location.name or "", location.address or "", where]


def _options(poll: Poll) -> list[str]:
    return [poll.question, *_numbered(poll.options)]


def _numbered(lines: Iterable[str]) -> list[str]:
    return [f"{number}. {line}" for number, line in enumerate(lines, 1)]


def _buttons(content: Content, abilities: Capabilities) -> Reduced:
    """Addresses as lines, the rest as numbered lines for the person to answer with."""
    if not content.buttons or (abilities.buttons and content.type is not Kind.ALBUM):
        return content, []
    buttons = [button for row in content.buttons for button in row]
    numbered = iter(_numbered(button.text for button in buttons if not button.url))
    lines = [f"{button.text}: {button.url}" if button.url else next(numbered) for button in buttons]
    return _with_lines(content, lines, "buttons", "The buttons are numbered lines.")


def _keyboard(content: Content, abilities: Capabilities) -> Reduced:
    board = content.keyboard
    if board is None or (abilities.keyboards and content.type is not Kind.ALBUM):
        return content, []
    if not board.rows:
        return content.model_copy(update={"keyboard": None}), ["The keyboard is left out; it had no keys."]
    lines = _numbered(key.text for row in board.rows for key in row)
    return _with_lines(content, lines, "keyboard", "The keys are numbered lines.")


def _with_lines(content: Content, lines: list[str], field: str, note: str) -> Reduced:
    """Behind the text or the caption; a content that has neither keeps the field and is refused."""
    tail = "\n".join(_as(content, line) for line in lines)
    if content.type is Kind.TEXT:
        changed: dict[str, Any] = {"text": f"{content.text}\n{tail}"}
    elif content.type in MEDIA and content.media:
        caption = "\n".join(filter(None, (content.caption, tail)))
        changed = {"media": content.media.model_copy(update={"caption": caption})}
    else:
        return content, []
    return content.model_copy(update={**changed, field: None}), [note]


def _reply(content: Content, abilities: Capabilities) -> Reduced:
    if content.reply_to is None or abilities.replies:
        return content, []
    return content.model_copy(update={"reply_to": None}), ["It does not point to the message that it answers."]
