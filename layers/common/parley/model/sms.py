"""How a text becomes SMS parts (3GPP TS 23.038): what each costs is decided here, after variables are filled in."""

from collections.abc import Set as AbstractSet
from typing import NamedTuple

GSM_7BIT = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("\f^{}\\[~]|€")
"""Each of these is an escape and a character: two septets that never straddle two parts."""

_GSM = GSM_7BIT | EXTENSION

MAX_CHARACTERS = 1600


class Segments(NamedTuple):
    """`units` are septets (GSM 7-bit) or UTF-16 units (UCS-2); `parts` is what a carrier bills."""

    encoding: str
    units: int
    parts: int


def segments(text: str) -> Segments:
    """Counts exactly: 160/153 septets, 70/67 UTF-16 units; a pair is never split between two parts."""
    used = set(text)
    if used <= _GSM:
        return _count("GSM_7BIT", text, used & EXTENSION, 160, 153)
    return _count("UCS2", text, {character for character in used if character > "\uffff"}, 70, 67)


def _count(encoding: str, text: str, pairs: AbstractSet[str], single: int, multi: int) -> Segments:
    """`pairs` are the characters of the text that take two units."""
    units = len(text) + (sum(character in pairs for character in text) if pairs else 0)
    if units <= single:
        return Segments(encoding, units, 1 if text else 0)
    return Segments(encoding, units, _packed(text, pairs, multi) if pairs else -(-units // multi))


def _packed(text: str, pairs: AbstractSet[str], multi: int) -> int:
    parts, used = 1, 0
    for character in text:
        width = 2 if character in pairs else 1
        if used + width > multi:
            parts, used = parts + 1, 0
        used += width
    return parts
