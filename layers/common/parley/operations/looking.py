"""Looking at the bytes of a file: what it is, and whether a library of this deployment takes it."""

from typing import NamedTuple

from parley.model import mp4, sniffing, webm
from parley.model.upload import MediaKind
from parley.settings import MediaRule, settings

MEGABYTE = 1_000_000
SECONDS = {"mp4": mp4.seconds, "m4a": mp4.seconds, "webm": webm.seconds}
CALLED = {
    MediaKind.IMAGE: "an image",
    MediaKind.VIDEO: "a video",
    MediaKind.AUDIO: "an audio file",
    MediaKind.DOCUMENT: "a document",
}


class Seen(NamedTuple):
    """`reason` is there for what is refused."""

    kind: MediaKind | None = None
    content_type: str | None = None
    reason: str | None = None


def most_bytes() -> int:
    """What is larger is refused whatever it is."""
    return max((rule.megabytes for rule in settings().media_rules.values()), default=0) * MEGABYTE


def look(size: int, body: bytes) -> Seen:
    """`body` is the whole file, or nothing where it has more than `most_bytes`."""
    if size == 0:
        return Seen(reason="The file is empty.")
    if size > most_bytes():
        return Seen(reason=f"The file has more than {most_bytes() // MEGABYTE} MB, which no file here may have.")
    format = sniffing.format_of(body)
    kind, rule = _kind_of(format)
    if format is None or kind is None or rule is None:
        return Seen(reason=f"The bytes of the file are of none of the formats that are taken here: {_formats()}.")
    return Seen(kind, sniffing.CONTENT_TYPES[format], _too_much(size, body, format, CALLED[kind], rule))


def _kind_of(format: str | None) -> tuple[MediaKind, MediaRule] | tuple[None, None]:
    taken = ((MediaKind(kind), rule) for kind, rule in settings().media_rules.items() if format in rule.formats)
    return next(taken, (None, None))


def _formats() -> str:
    return ", ".join(format.upper() for rule in settings().media_rules.values() for format in rule.formats)


def _too_much(size: int, body: bytes, format: str, called: str, rule: MediaRule) -> str | None:
    if size > rule.megabytes * MEGABYTE:
        return f"The file has more than the {rule.megabytes} MB that {called} may have."
    plays = SECONDS[format](body) if format in SECONDS else None
    if rule.seconds and plays and plays > rule.seconds:
        return f"The file plays for {plays:.1f} seconds; {called} may have {rule.seconds}."
    return None
