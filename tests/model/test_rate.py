"""Pacing: what one message occupies, and what bulk may take."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parley.model.rate import BULK_SHARE, horizon, interval

RATES = st.floats(0.01, 1000)


@pytest.mark.parametrize(
    ("rate", "bulk", "milliseconds"), [(80, False, 12.5), (80, True, 15.625), (1, False, 1000), (1000, True, 1.25)]
)
def test_intervals(rate: float, bulk: bool, milliseconds: float) -> None:
    assert interval(rate, bulk=bulk) == pytest.approx(milliseconds)


@given(RATES)
def test_bulk_leaves_single_sends_their_share(rate: float) -> None:
    a_second_of_bulk = 1000 / interval(rate, bulk=True)
    assert a_second_of_bulk == pytest.approx(rate * BULK_SHARE)
    assert interval(rate, bulk=True) == pytest.approx(interval(rate, bulk=False) / 0.8)


def test_bulk_may_fill_half_of_the_burst() -> None:
    assert horizon(2000, bulk=False) == 2000
    assert horizon(2000, bulk=True) == 1000
