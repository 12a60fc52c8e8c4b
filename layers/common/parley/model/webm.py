"""How long a WebM plays, as its Segment Information says (RFC 9559)."""

import struct
from collections.abc import Iterator

SEGMENT, INFO, SCALE, DURATION = b"\x18\x53\x80\x67", b"\x15\x49\xa9\x66", b"\x2a\xd7\xb1", b"\x44\x89"
NANOSECONDS = 1_000_000_000
EACH = 1_000_000
"""Nanoseconds in a tick where nothing else is said."""
FLOATS = {4: ">f", 8: ">d"}


def seconds(body: bytes) -> float | None:
    """None where nothing is said, as in what a browser recorded."""
    info = _child(_child(body, SEGMENT), INFO)
    ticks, scale = _child(info, DURATION), int.from_bytes(_child(info, SCALE), "big") or EACH
    if len(ticks) not in FLOATS:
        return None
    (count,) = struct.unpack(FLOATS[len(ticks)], ticks)
    return float(count) * scale / NANOSECONDS if count > 0 else None


def _child(body: bytes, name: bytes) -> bytes:
    """The content of the first element of this name; nothing where there is none or the elements are broken."""
    return next((content for kind, content in _elements(body) if kind == name), b"")


def _elements(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    """An element of unknown size, as in a live recording, goes up to the end."""
    at = 0
    while at < len(body):
        kind, at = _kind(body, at)
        size, at = _size(body, at)
        end = len(body) if size is None else at + size
        yield kind, body[at:end]
        at = end


def _kind(body: bytes, at: int) -> tuple[bytes, int]:
    width = _width(body, at)
    return body[at : at + width], at + width


def _size(body: bytes, at: int) -> tuple[int | None, int]:
    width = _width(body, at)
    most = (1 << 7 * width) - 1
    size = int.from_bytes(body[at : at + width], "big") & most
    return None if size == most else size, at + width


def _width(body: bytes, at: int) -> int:
    """The leading zero bits of a number tell how many bytes it has."""
    first = body[at] if at < len(body) else 0
    return 9 - first.bit_length()
