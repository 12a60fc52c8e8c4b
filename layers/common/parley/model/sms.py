"""How a text becomes SMS parts (3GPP TS 23.038): what each costs is decided here, after variables are filled in."""

from typing import NamedTuple

GSM_7BIT = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("\f^{}\\[~]|€")
"""Each of these is an escape and a character: two septets that never straddle two parts."""

MAX_CHARACTERS = 1600


class Segments(NamedTuple):
    """`units` are septets (GSM 7-bit) or UTF-16 units (UCS-2); `parts` is what a carrier bills."""

    encoding: str
    units: int
    parts: int


def segments(text: str) -> Segments:
    """Counts exactly: 160/153 septets, 70/67 UTF-16 units; a pair is never split between two parts."""
    if all(character in GSM_7BIT or character in EXTENSION for character in text):
        return _count("GSM_7BIT", [2 if character in EXTENSION else 1 for character in text], 160, 153)
    return _count("UCS2", [2 if ord(character) > 0xFFFF else 1 for character in text], 70, 67)


def _count(encoding: str, widths: list[int], single: int, multi: int) -> Segments:
    total = sum(widths)
    if total <= single:
        return Segments(encoding, total, 1 if widths else 0)
    parts, used = 1, 0
    for width in widths:
        if used + width > multi:
            parts, used = parts + 1, 0
        used += width
    return Segments(encoding, total, parts)
