"""Parts of an SMS, counted exactly: what a carrier bills."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parley.model.sms import EXTENSION, GSM_7BIT, segments

GSM, UCS = "GSM_7BIT", "UCS2"
EMOJI = "😀"

CASES = [
    ("nothing", "", GSM, 0, 0),
    ("one character", "a", GSM, 1, 1),
    ("a full single part", "a" * 160, GSM, 160, 1),
    ("one more makes two", "a" * 161, GSM, 161, 2),
    ("two full parts", "a" * 306, GSM, 306, 2),
    ("one more makes three", "a" * 307, GSM, 307, 3),
    ("sixteen hundred characters", "a" * 1600, GSM, 1600, 11),
    ("the euro sign costs two", "€" * 80, GSM, 160, 1),
    ("81 euro signs", "€" * 81, GSM, 162, 2),
    ("a pair is not split at 153", "a" * 152 + "€" + "a" * 7, GSM, 161, 2),
    ("a pair that would straddle moves on", "a" * 152 + "€" + "a" * 152, GSM, 306, 3),
    ("the same units without a straddle", "a" * 151 + "€" + "a" * 153, GSM, 306, 2),
    ("every extension character", "\f^{}\\[~]|€", GSM, 20, 1),
    ("a line feed is one septet", "a\nb", GSM, 3, 1),
    ("the capital C with cedilla is in", "Ç", GSM, 1, 1),
    ("the small one is not", "ç", UCS, 1, 1),
    ("one small one turns the whole text", "a" * 160 + "ç", UCS, 161, 3),
    ("a full single part of UCS-2", "ب" * 70, UCS, 70, 1),
    ("one more", "ب" * 71, UCS, 71, 2),
    ("two full parts of UCS-2", "ب" * 134, UCS, 134, 2),
    ("one more of those", "ب" * 135, UCS, 135, 3),
    ("sixteen hundred Arabic characters", "ب" * 1600, UCS, 1600, 24),
    ("an emoji is two units", EMOJI, UCS, 2, 1),
    ("35 emoji fill one part", EMOJI * 35, UCS, 70, 1),
    ("36 emoji need two", EMOJI * 36, UCS, 72, 2),
    ("a surrogate pair is not split at 67", "ب" * 66 + EMOJI + "ب" * 66, UCS, 134, 3),
    ("curly quotes", "“hi”", UCS, 4, 1),
    ("a backtick", "`", UCS, 1, 1),
    ("a tab", "\t", UCS, 1, 1),
    ("a no-break space", "\u00a0", UCS, 1, 1),
    ("an escape is no character of its own", "\x1b", UCS, 1, 1),
]


@pytest.mark.parametrize(("text", "encoding", "units", "parts"), [pytest.param(*c[1:], id=c[0]) for c in CASES])
def test_counts(text: str, encoding: str, units: int, parts: int) -> None:
    assert segments(text) == (encoding, units, parts)


def test_the_alphabet_has_its_127_characters_and_10_extensions() -> None:
    assert (len(GSM_7BIT), len(EXTENSION)) == (127, 10)
    assert not GSM_7BIT & EXTENSION


@pytest.mark.parametrize(("before", "after"), list(product(range(150, 156), range(0, 160, 31))))
def test_a_pair_near_a_boundary(before: int, after: int) -> None:
    text = "a" * before + "€" + "b" * after
    assert segments(text).parts == reference_parts(text)


ALPHABET = st.sampled_from([*"aé\n @", *sorted(EXTENSION), "ç", "ب", EMOJI, "\U0001d518"])


@given(st.lists(ALPHABET, max_size=500).map("".join))
def test_agrees_with_an_independent_count(text: str) -> None:
    found = segments(text)
    assert found.parts == reference_parts(text)
    assert found.units == len(b"".join(_symbols(text))) // _width(text)


@given(st.text(max_size=400))
def test_any_text_is_countable_and_more_text_never_costs_less(text: str) -> None:
    assert segments(text + "a").parts >= segments(text).parts


def reference_parts(text: str) -> int:
    """Packs greedily, symbol by symbol, as a handset must read them back: by bytes, not by widths."""
    symbols, width = _symbols(text), _width(text)
    single, multi = (160, 153) if width == 1 else (140, 134)
    if len(b"".join(symbols)) <= single:
        return int(bool(text))
    parts = [b""]
    for symbol in symbols:
        parts = [*parts, symbol] if len(parts[-1] + symbol) > multi else [*parts[:-1], parts[-1] + symbol]
    return len(parts)


def _symbols(text: str) -> list[bytes]:
    if _width(text) == 2:
        return [character.encode("utf-16-be", "surrogatepass") for character in text]
    return [b"\x1bx" if character in EXTENSION else b"x" for character in text]


def _width(text: str) -> int:
    return 1 if set(text) <= GSM_7BIT | EXTENSION else 2
