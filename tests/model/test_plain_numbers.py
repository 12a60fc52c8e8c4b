"""A number that is told plain is one that a parse takes and leaves as it is; real ones are nearly all plain."""

import phonenumbers
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from parley.errors import Invalid
from parley.model.address import read_phone
from parley.model.plain_numbers import plain

CODES = sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)
REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
digits = st.text("0123456789", min_size=0, max_size=17)
numbers = st.builds("+{}{}".format, st.sampled_from(CODES), digits)
spaced = st.builds(
    "+{}{}".format,
    st.sampled_from(CODES),
    st.lists(st.sampled_from([*"0123456789", " 1", "-2", " 0", "  3"]), max_size=14).map("".join),
)
odd = st.text("+0123456789 -()a\u0664\uff0b\n", max_size=18)


def parsed(text: str) -> str | None:
    try:
        return read_phone(text)
    except Invalid:
        return None


@given(numbers | spaced | odd | st.builds("+{}".format, digits))
@example("+")
@example("+0")
@example("+440 7400123456")
@example("+5491123456789")
@example("+39061234567")
@example("+34 600-111 222")
@example("+3 4600111222")
@example("+1 1 4155550123")
@example("+34 600 111 222 1")
@settings(max_examples=1000, deadline=None)
def test_a_plain_number_is_taken_as_it_is(text: str) -> None:
    assert plain(text) in (None, parsed(text))


@pytest.mark.parametrize("length", range(18))
def test_no_length_of_any_country_is_taken_that_a_parse_refuses(length: int) -> None:
    for code in CODES:
        for first in "0123456789":
            text = f"+{code}{(first + '1234567890123456')[:length]}"
            assert plain(text) in (None, parsed(text))


def test_mobile_numbers_of_nearly_every_region_need_no_parse() -> None:
    known = [phonenumbers.example_number_for_type(each, phonenumbers.PhoneNumberType.MOBILE) for each in REGIONS]
    written = [phonenumbers.format_number(each, phonenumbers.PhoneNumberFormat.E164) for each in known if each]
    assert all(plain(f"{each[:3]} {each[3:5]}-{each[5:]}") in (None, each) for each in written)
    assert sum(map(bool, map(plain, written))) > 0.9 * len(written)
