"""The rules of the guard: in which windows a code counts, what is too little conversion, and where codes may go."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parley.errors import Invalid
from parley.model.address import Address, AddressKind
from parley.model.lane import Category
from parley.model.otp_guard import BEGINNING, Conversion, OtpGuard, Velocity, changed
from parley.model.pumping import REASONS, Counts, Rule, country_allowed, is_low, learning, today, windows
from parley.model.times import DAY, HOUR, MINUTE

from tests.support.time import NOW

ANA = "+34600111222"
LIMITS = st.builds(Velocity, most=st.integers(1, 5), seconds=st.sampled_from([10, 60, 7000, 86_400]))
TIMES = st.lists(st.integers(NOW, NOW + 2 * DAY), max_size=60)


def test_a_code_counts_from_the_person_outwards() -> None:
    found = [(each.rule, each.whose, each.end - each.start, each.most) for each in windows(BEGINNING, ANA, NOW)]
    assert found == [
        (Rule.NUMBER, ANA, 10 * MINUTE, 5),
        (Rule.PREFIX, "+3460011", HOUR, 100),
        (Rule.ORGANIZATION, "", HOUR, 10_000),
        (Rule.DAY, "", DAY, None),
    ]


def test_a_rule_that_was_taken_away_counts_nothing_but_a_day_always_counts() -> None:
    assert windows(OtpGuard(), ANA, NOW) == [today(NOW)]
    assert windows(OtpGuard(daily_cap=7), ANA, NOW) == [today(NOW)._replace(most=7)]


def test_results_count_where_the_code_did() -> None:
    sent = windows(BEGINNING, ANA, NOW)
    assert learning(BEGINNING, ANA, NOW) == [sent[1], sent[3]]
    assert learning(OtpGuard(), ANA, NOW) == [today(NOW)]


@given(LIMITS, TIMES)
def test_windows_of_a_rule_lie_side_by_side(limit: Velocity, times: list[int]) -> None:
    for now in times:
        window, _ = windows(OtpGuard(per_number=limit), ANA, now)
        assert window.start <= now < window.end
        assert windows(OtpGuard(per_number=limit), ANA, window.end)[0].start == window.end
        assert windows(OtpGuard(per_number=limit), ANA, window.start)[0] == window


@given(LIMITS, TIMES)
def test_nobody_gets_more_than_the_most_in_a_window_in_whatever_order_codes_come(
    limit: Velocity, times: list[int]
) -> None:
    counters: Counter[int] = Counter()
    granted = []
    for now in times:
        window = windows(OtpGuard(per_number=limit), ANA, now)[0]
        if counters[window.start] < limit.most:
            counters[window.start] += 1
            granted.append(now)
    length = limit.seconds * 1000
    assert all(sum(at // length == each // length for each in granted) <= limit.most for at in granted)
    wide = [sum(at <= each < at + length for each in granted) for at in granted]
    assert all(found <= 2 * limit.most for found in wide)  # wherever a span of that length begins


@pytest.mark.parametrize(("digits", "prefix"), [(2, "+346001112"), (4, "+3460011"), (7, "+3460")])
def test_a_prefix_is_a_number_without_its_last_digits(digits: int, prefix: str) -> None:
    assert OtpGuard(range_digits=digits).prefix_of(ANA) == prefix


@pytest.mark.parametrize(
    ("codes", "converted", "low"),
    [(0, 0, False), (49, 0, False), (50, 0, True), (50, 4, True), (50, 5, False), (100, 9, True), (100, 10, False)],
)
def test_conversion_is_low_below_its_share_once_enough_codes_went_out(codes: int, converted: int, low: bool) -> None:
    assert is_low(Conversion(least=0.1, after=50), Counts(codes=codes, converted=converted)) is low


@pytest.mark.parametrize(
    ("number", "country"),
    [
        (ANA, "ES"),
        ("+4915112345678", "DE"),
        ("+12025550123", "US"),
        ("+14165550123", "CA"),
        ("+18765550123", "JM"),
        ("+447400123456", "GB"),
        ("+77011234567", "KZ"),
    ],
)
def test_where_a_code_goes(number: str, country: str) -> None:
    assert country_allowed(OtpGuard(countries=[country]), number)
    assert country_allowed(OtpGuard(), number)
    assert not country_allowed(OtpGuard(countries=["FR"]), number)


def test_a_range_that_nobody_knows_yet_is_of_all_countries_that_share_the_code() -> None:
    unknown = "+19992345678"
    assert country_allowed(OtpGuard(countries=["US"]), unknown)
    assert not country_allowed(OtpGuard(countries=["DE"]), unknown)


def test_a_number_of_no_country_is_allowed_where_all_are() -> None:
    satellite = "+881612345678"
    assert country_allowed(OtpGuard(), satellite)
    assert not country_allowed(OtpGuard(countries=["US"]), satellite)


def _to(value: str, kind: AddressKind = AddressKind.PHONE) -> Address:
    return Address(type=kind, value=value)


def test_only_codes_to_phones_are_guarded() -> None:
    assert BEGINNING.guards(_to(ANA), Category.AUTHENTICATION)
    assert not BEGINNING.guards(_to(ANA), Category.UTILITY)
    assert not BEGINNING.guards(_to(ANA), None)
    assert not BEGINNING.guards(_to("4211", AddressKind.CHAT), Category.AUTHENTICATION)


def test_the_operator_lets_numbers_and_prefixes_through() -> None:
    for guard in (OtpGuard(allowed_numbers=[ANA]), OtpGuard(allowed_prefixes=["+1", "+346001"])):
        assert not guard.guards(_to(ANA), Category.AUTHENTICATION)
        assert guard.guards(_to("+34700111222"), Category.AUTHENTICATION)


def test_a_change_replaces_what_it_names_and_null_takes_away() -> None:
    guard = changed(BEGINNING, OtpGuard.model_validate({"per_number": None, "countries": ["es", "DE"]}))
    assert (guard.per_number, guard.countries) == (None, ["ES", "DE"])
    assert guard.model_copy(update={"per_number": BEGINNING.per_number, "countries": None}) == BEGINNING
    assert changed(guard, OtpGuard()) == guard


def test_everything_that_is_wrong_is_named() -> None:
    change = OtpGuard.model_validate({"countries": ["DE", "XX", "UK"], "per_prefix": None})
    with pytest.raises(Invalid) as caught:
        changed(BEGINNING, change)
    assert [(each.field, each.code) for each in caught.value.problems] == [
        ("otp_guard.countries.1", "unknown_country"),
        ("otp_guard.countries.2", "unknown_country"),
        ("otp_guard.conversion", "prefixes_not_counted"),
    ]


def test_every_rule_has_its_words() -> None:
    assert set(REASONS) == set(Rule)
