"""What a file is, told by its bytes; neither its name nor what somebody declared is asked."""

import re

from parley.model import mp4

CONTENT_TYPES = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
    "txt": "text/plain",
    "pdf": "application/pdf",
    "mp4": "video/mp4",
    "webm": "video/webm",
    "mp3": "audio/mpeg",
    "ogg": "audio/ogg",
    "m4a": "audio/mp4",
    "aac": "audio/aac",
}
"""Every format that is known, and its media type."""

PDF = b"%PDF-"
BEGINNINGS = {
    "jpg": rb"\xff\xd8\xff",
    "png": rb"\x89PNG\r\n\x1a\n",
    "gif": rb"GIF8[79]a",
    "webp": rb"RIFF.{4}WEBP",
    "pdf": PDF,
    "webm": rb"\x1aE\xdf\xa3.{1,60}?B\x82.{1,8}?webm",
    "mp3": rb"ID3[\x02-\x04]|\xff[\xe2\xe3\xf2\xf3\xfa\xfb][\x10-\xef]",
    "ogg": rb"OggS.{22,60}?(?:OpusHead|\x01vorbis|Speex   |\x7fFLAC)",
    "aac": rb"\xff[\xf0\xf1\xf8\xf9]",
    "mp4": rb".{4}ftyp(?:isom|iso[2-9]|mp4[12]|avc1|dash|M4[ABV] |MSNV|F4[AV] )",
}
_BEGINNINGS = {name: re.compile(pattern, re.DOTALL) for name, pattern in BEGINNINGS.items()}


def format_of(body: bytes) -> str | None:
    """One of CONTENT_TYPES; None for what is none of them. Text goes first: words may look like a beginning."""
    if is_text(body) and not body.startswith(PDF):
        return "txt"
    found = next((name for name, pattern in _BEGINNINGS.items() if pattern.match(body)), None)
    return _by_its_tracks(body) if found == "mp4" else found


def is_text(body: bytes) -> bool:
    try:
        return b"\x00" not in body and body.decode() is not None
    except UnicodeDecodeError:
        return False


def _by_its_tracks(body: bytes) -> str | None:
    """Audio alone is called M4A, whatever brand its writer chose."""
    if mp4.has_track(body, b"vide"):
        return "mp4"
    return "m4a" if mp4.has_track(body, b"soun") else None
