"""Cells as they stand in people's sheets: phone numbers that Excel ate or that come from anywhere, and errors."""

import re
import unicodedata
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumber

from parley.model.address import DIALLED
from parley.model.plain_numbers import is_plain

SENTENCES = {
    "number_missing": "There is no phone number in this row.",
    "invalid_number": "This is not a phone number with its country code, like +34600111222.",
    "number_rounded": "Excel has rounded the number (5.5E+12) and its last digits are lost; type it again, as text.",
    "number_ambiguous": "This can be a number of two countries; write it with its country code, like +34600111222.",
    "country_code_missing": "The number has no country code; write it like +34600111222 or choose a default country.",
}
_ROUNDED = re.compile(r"([1-9])(?:[.,](\d*))?[eE]\+?(\d{1,2})")
_FRACTION = re.compile(r"(\+?\d+)[.,]0+")
_INVISIBLE = dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065), 0xFEFF, 0xAD])
_BETWEEN = re.compile(r"[\s()./\u2010-\u2015\u2212-]+")
_ERROR = re.compile(r"#(?:N/A|N/D|NV|[¡¿]?[A-ZÁÉÍÓÚÜ_]+(?:/0)?[!?]|GETTING_DATA|#{2,})|Err:\d{3}")
_MOBILE = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
_QUOTES = "'\"`\u00b4\u2018\u2019\u201c\u201d"


class NotDialled(ValueError):
    """`code` is number_missing, invalid_number, number_rounded, number_ambiguous or country_code_missing; `reason` says
    it in words."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
        self.reason = SENTENCES[code]


def is_error(text: str) -> bool:
    """Whether a spreadsheet could not compute the cell (#N/A, #REF!, #¡VALOR!, Err:508) or show it (########): such a
    text is never meant for a person."""
    return text[:1] in ("#", "E") and bool(_ERROR.fullmatch(text))


def dialled(text: str, default_country: str | None = None) -> str:
    """E.164 with its plus. `default_country` ("ES") reads what has no country code. Raises NotDialled.

    What `address.read_phone` reads, this reads to the same number, unless the digits can be of the default country, or
    end in the ".0" of a number that was once a float. Most cells cost no parse, or one."""
    plain = text.strip()
    if is_plain(plain):
        return plain
    if plain[-2:] not in (".0", ",0") and (default_country is None or plain[:1] == "+"):
        found = _international(plain)
        if found:
            return found
    return _mended(plain, default_country)


def _international(text: str) -> str | None:
    """As `address.read_phone` reads."""
    if not DIALLED.fullmatch(text):
        return None
    number = _parsed(text if text[0] == "+" else "+" + text.removeprefix("00"), None)
    return _shown(number) if number and _is_possible(number) else None


def _mended(text: str, country: str | None) -> str:
    cleaned = unicodedata.normalize("NFKC", text).translate(_INVISIBLE).strip().strip(_QUOTES).strip()
    if not cleaned:
        raise NotDialled("number_missing")
    digits = _BETWEEN.sub("", _whole(cleaned))
    if not re.fullmatch(r"\+?\d+", digits):
        raise NotDialled("invalid_number")
    digits = re.sub(r"^\+?00", "+", digits)
    found = _national(digits, country) if country and digits[0] != "+" else _international(digits)
    if found is None:
        cut_off = country is None and digits[0] != "+" and 6 <= len(digits) <= 12
        raise NotDialled("country_code_missing" if cut_off else "invalid_number")
    return found


def _whole(text: str) -> str:
    """The digits of a number that was written as a float, if all of them are there."""
    match = _ROUNDED.fullmatch(text)
    if match:
        first, rest, exponent = match[1], match[2] or "", int(match[3])
        rest = rest.rstrip("0") if len(rest) > exponent else rest
        if len(rest) != exponent:
            raise NotDialled("number_rounded" if len(rest) < exponent else "invalid_number")
        return first + rest
    fraction = _FRACTION.fullmatch(text)
    return fraction[1] if fraction else text


def _national(digits: str, country: str) -> str | None:
    """A mobile of the country first: nearly every cell. What else is valid there (with the leading zero that Excel took
    away, too) or abroad must be so in one way only; then what has a possible length."""
    home = _parsed(digits, country)
    if home and phonenumbers.number_type(home) in _MOBILE:
        return _shown(home)
    others = [] if digits[0] == "0" else [_parsed("0" + digits, country), _parsed("+" + digits, None)]
    found = [each for each in (home, *others) if each]
    valid = [each for each in found if phonenumbers.is_valid_number(each)]
    own = phonenumbers.country_code_for_region(country)
    if len({each.country_code == own for each in valid}) > 1 and not _is_own_mobile(valid, own):
        raise NotDialled("number_ambiguous")
    valid.sort(key=lambda each: (each.country_code != own, phonenumbers.number_type(each) not in _MOBILE))
    possible = [each for each in found if _is_possible(each)]
    return _shown([*valid, *possible][0]) if valid or possible else None


def _is_own_mobile(numbers: list[PhoneNumber], own: int) -> bool:
    return any(each.country_code == own and phonenumbers.number_type(each) in _MOBILE for each in numbers)


def _parsed(text: str, country: str | None) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None


def _is_possible(number: PhoneNumber) -> bool:
    return _has_length(number.country_code, len(phonenumbers.national_significant_number(number)))


@lru_cache(maxsize=4096)
def _has_length(country_code: int, length: int) -> bool:
    """Only the length says whether a number is possible in a country."""
    like = PhoneNumber(country_code=country_code, national_number=int("1" * length))
    return phonenumbers.is_possible_number_with_reason(like) == phonenumbers.ValidationResult.IS_POSSIBLE


def _shown(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
