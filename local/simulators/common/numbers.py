"""Magic recipients: +49 151 KKKK NNNN, KKKK is the behaviour and NNNN a serial."""

import re

_MAGIC = re.compile(r"49151(\d{4})\d{4}")
_COUNTRIES = {
    "1": "US",
    "20": "EG",
    "34": "ES",
    "44": "GB",
    "49": "DE",
    "52": "MX",
    "55": "BR",
    "91": "IN",
    "971": "AE",
}


def digits(number: str) -> str:
    return re.sub(r"\D", "", number)


def behaviour_code(number: str) -> int | None:
    match = _MAGIC.fullmatch(digits(number))
    return int(match[1]) if match else None


def country(number: str) -> str:
    known = digits(number)
    return next((_COUNTRIES[known[:size]] for size in (3, 2, 1) if known[:size] in _COUNTRIES), "ZZ")
