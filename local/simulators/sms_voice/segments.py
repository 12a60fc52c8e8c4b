"""How many parts a text has."""

BASIC = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = set("\f^{}\\[~]|€")


def segments(text: str) -> tuple[str, int]:
    """Encoding and number of parts; an escape pair or a surrogate pair never straddles two parts."""
    if all(letter in BASIC or letter in EXTENDED for letter in text):
        return "GSM", _parts([2 if letter in EXTENDED else 1 for letter in text], 160, 153)
    return "Unicode", _parts([2 if ord(letter) > 0xFFFF else 1 for letter in text], 70, 67)


def _parts(widths: list[int], single: int, multi: int) -> int:
    if sum(widths) <= single:
        return 1
    parts, used = 1, 0
    for width in widths:
        parts, used = (parts + 1, width) if used + width > multi else (parts, used + width)
    return parts
