"""Phone numbers out of sheets: mended where all digits are there, refused with the reason where they are not."""

import phonenumbers
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from parley.errors import Invalid
from parley.model.address import read_phone
from parley.model.cells import SENTENCES, NotDialled, dialled, is_error

REGIONS = [r for r in sorted(phonenumbers.SUPPORTED_REGIONS) if phonenumbers.example_number_for_type(r, 1)]


def refused(text: str, country: str | None = None) -> str:
    with pytest.raises(NotDialled) as caught:
        dialled(text, country)
    assert caught.value.reason == SENTENCES[caught.value.code]
    return caught.value.code


@pytest.mark.parametrize(
    "text",
    [
        "+34600111222",
        "34600111222",
        "0034600111222",
        "+0034600111222",
        "+34 600-111-222",
        "+34 600 111 222 ",
        "(+34) 600 111 222",
        "+34\u00a0600\u202f111\u2011222",
        "'+34600111222",
        "\u2019+34600111222",
        '"+34600111222"',
        "\u202a+34 600 111 222\u202c",
        "\ufeff+34600111222",
        "\uff0b\uff13\uff14\uff16\uff10\uff10\uff11\uff11\uff11\uff12\uff12\uff12",
        "+٣٤٦٠٠١١١٢٢٢",
        "34600111222.0",
        "+34600111222.00",
        "34600111222,0",
        "3.4600111222E+10",
        "3,4600111222E+10",
        "3.4600111222e10",
        "3.46001112220E+10",
    ],
)
@pytest.mark.parametrize("country", [None, "ES", "FR"])
def test_reads_what_excel_and_people_make_of_a_number(text: str, country: str | None) -> None:
    assert dialled(text, country) == "+34600111222"


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        ("600111222", "ES", "+34600111222"),
        ("600 11 12 22", "ES", "+34600111222"),
        ("0151 12345678", "DE", "+4915112345678"),
        ("15112345678", "DE", "+4915112345678"),
        ("015112345678", "DE", "+4915112345678"),
        ("4915112345678", "DE", "+4915112345678"),
        ("034600111222", "DE", "+4934600111222"),
        ("55991234567", "BR", "+5555991234567"),
        ("0612345678", "IT", "+390612345678"),
        ("612345678", "IT", "+390612345678"),
        ("712345678", "CI", "+2250712345678"),
        ("11 98765-4321", "BR", "+5511987654321"),
        ("2025550123", "US", "+12025550123"),
        ("011 34 600111222", "US", "+34600111222"),
        ("447911123456", "ES", "+447911123456"),
        ("+447911123456", "ES", "+447911123456"),
        ("00447911123456", "ES", "+447911123456"),
        ("600111222.0", "ES", "+34600111222"),
        ("6.00111222E+8", "ES", "+34600111222"),
        ("4915112345678.0", None, "+4915112345678"),
        ("+44 (0)20 7946 0958", None, "+442079460958"),
    ],
)
def test_reads_by_the_default_country(text: str, country: str | None, number: str) -> None:
    assert dialled(text, country) == number


@pytest.mark.parametrize(
    ("text", "country", "code"),
    [
        ("", None, "number_missing"),
        (" ' ", "ES", "number_missing"),
        ("5.51199998888E+12", None, "number_rounded"),
        ("5.5E+12", "BR", "number_rounded"),
        ("5,5119E12", None, "number_rounded"),
        ("5.5E+30", None, "number_rounded"),
        ("5.51199998888123E+12", None, "invalid_number"),
        ("600111222", None, "country_code_missing"),
        ("0600111222", None, "country_code_missing"),
        ("600-111-222", None, "country_code_missing"),
        ("hello", None, "invalid_number"),
        ("+1555CALLNOW", "US", "invalid_number"),
        ("+34", None, "invalid_number"),
        ("12", None, "invalid_number"),
        ("+999123456789", "ES", "invalid_number"),
        ("600111222 or 600111333", "ES", "invalid_number"),
        ("600111222/600111333", "ES", "invalid_number"),
        ("+34600111222+34600111333", None, "invalid_number"),
        ("#N/A", None, "invalid_number"),
        ("TRUE", None, "invalid_number"),
        ("ana@example.com", "ES", "invalid_number"),
        ("600111222", "XX", "invalid_number"),
        ("9" * 300, "ES", "invalid_number"),
        ("1E" + "9" * 5000, None, "invalid_number"),
        ("34600111222", "DE", "number_ambiguous"),
        ("3.4600111222E+10", "DE", "number_ambiguous"),
    ],
)
def test_says_why_it_cannot_be_dialled(text: str, country: str | None, code: str) -> None:
    assert refused(text, country) == code


written = st.text("0123456789+ ()-./\u2013\uff11٣\u00a0", max_size=24)


def mobile(region: str, form: int) -> str:
    return phonenumbers.format_number(phonenumbers.example_number_for_type(region, 1), form)


@given(written | st.text(max_size=30) | st.builds(mobile, st.sampled_from(REGIONS), st.sampled_from([0, 1])))
@example("49151123456780")
def test_reads_what_a_request_reads(text: str) -> None:
    """The same number, but for the ".0" of a number that was once a float."""
    assume(not text.strip().endswith((".0", ",0")))
    try:
        number = read_phone(text)
    except Invalid:
        return
    assert dialled(text) == number
    if text.strip().startswith("+"):
        assert dialled(text, "DE") == number


@given(written | st.text(max_size=30), st.none() | st.sampled_from([*REGIONS, "XX"]))
def test_any_cell_is_a_number_or_is_refused(text: str, country: str | None) -> None:
    try:
        number = dialled(text, country)
    except NotDialled:
        return
    assert phonenumbers.is_possible_number(phonenumbers.parse(number))
    assert phonenumbers.format_number(phonenumbers.parse(number), 0).startswith("+")


@pytest.mark.parametrize("region", REGIONS)
def test_mobiles_of_every_country_are_read_in_each_way_to_write_them(region: str) -> None:
    number = mobile(region, 0)
    assert {dialled(mobile(region, form), region) for form in (0, 1, 2)} == {number}
    assert dialled(number[1:], region) == number
    exact = f"{number[1]}.{number[2:]}E+{len(number) - 2}"
    assert dialled(exact) == number


@given(st.integers(10**9, 10**14))
def test_a_rounded_number_is_never_guessed(number: int) -> None:
    text = f"{number:.5E}"
    assume(int(float(text)) != number)
    assert refused(text) in ("number_rounded", "invalid_number", "country_code_missing")


@pytest.mark.parametrize(
    "text",
    ["#N/A", "#REF!", "#DIV/0!", "#NAME?", "#NV", "#WERT!", "#¡REF!", "#¿NOMBRE?", "#VALEUR!", "#####", "Err:508"],
)
def test_errors_are_known_in_the_languages_of_their_makers(text: str) -> None:
    assert is_error(text)


@pytest.mark.parametrize("text", ["", "#", "#1", "#SALE", "#SALE now!", "Err", "E", "+34600111222", "# N/A", "N/A"])
def test_other_texts_are_no_errors(text: str) -> None:
    assert not is_error(text)
