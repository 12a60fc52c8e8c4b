"""What the boxes of an MP4 say: which tracks it has, and how long it plays."""

import re
import struct

UNKNOWN = {0, 0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF}
"""A live or fragmented recording has one of these as its duration."""


def has_track(body: bytes, handler: bytes) -> bool:
    """`vide` or `soun`."""
    return re.search(rb"hdlr.{8}" + handler, _box(body, b"moov"), re.DOTALL) is not None


def seconds(body: bytes) -> float | None:
    """How long it plays, as its movie header says; None where that says nothing."""
    header = _box(_box(body, b"moov"), b"mvhd")
    layout, at = (">IQ", 20) if header[:1] == b"\x01" else (">II", 12)
    if len(header) < at + struct.calcsize(layout):
        return None
    per_second, duration = struct.unpack_from(layout, header, at)
    return duration / per_second if per_second and duration not in UNKNOWN else None


def _box(body: bytes, name: bytes) -> bytes:
    """The content of the first box of this name; nothing where there is none or the boxes are broken."""
    at = 0
    while at + 8 <= len(body):
        size, kind = struct.unpack_from(">I4s", body, at)
        head = 16 if size == 1 else 8
        if size == 1:
            size = int.from_bytes(body[at + 8 : at + 16], "big")
        elif size == 0:
            size = len(body) - at  # up to the end
        if kind == name or size < head:
            return body[at + head : at + size]
        at += size
    return b""
