"""Handing out rows: at the pace of the sender, in time, never before or after it may be, and never too many."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parley.model import feeding
from parley.model.feeding import AHEAD, MOST_AT_ONCE, Portion, portion, rate, room, sampled

NOW = 1_772_357_400_000
PLENTY = 1_000_000
RATES = st.floats(0.01, 1000)
PAUSES = st.lists(st.integers(0, 60_000), min_size=1, max_size=12)


def slots(made: Portion, per_second: float) -> list[float]:
    """When each row of a portion goes out, to the millisecond; the queue takes whole seconds."""
    step, count = 1000 / per_second, len(made.delays)
    return [made.next_at - (count - index) * step for index in range(count)]


def released(made: Portion, now: int) -> list[int]:
    """When each row of a portion comes off the queue."""
    return [now + delay * 1000 for delay in made.delays]


# ---- the pace


@given(RATES, PAUSES)
def test_no_window_has_more_rows_than_the_rate(per_second: float, pauses: list[int]) -> None:
    """However the steps come; a row is late by less than a second, since the queue waits for whole ones."""
    now, next_at, exact, seen = NOW, 0.0, list[float](), list[int]()
    for pause in pauses:
        made = portion(PLENTY, PLENTY, next_at, per_second, now, NOW, None)
        exact += slots(made, per_second)
        seen += released(made, now)
        now, next_at = now + pause, made.next_at
    step = 1000 / per_second
    assert all(later - earlier >= step * 0.999 for earlier, later in pairwise(exact))
    assert all(slot <= when + 0.01 and when < slot + 1000.01 for slot, when in zip(exact, seen, strict=True))
    for window in (1000, 10_000, 60_000):
        most = math.ceil((window + 1000) / step) + 1
        assert all(seen[index + most] - seen[index] >= window for index in range(len(seen) - most))


@given(RATES, st.integers(1, 3000))
def test_a_run_whose_steps_come_in_time_uses_its_whole_rate(per_second: float, cadence: int) -> None:
    now, next_at, handed = NOW, 0.0, 0
    for _ in range(40):
        made = portion(PLENTY, PLENTY, next_at, per_second, now, NOW, None)
        handed, next_at, now = handed + len(made.delays), made.next_at, now + cadence
    seconds = (now - cadence + AHEAD - NOW) / 1000
    assert handed >= min(seconds * per_second, 40 * MOST_AT_ONCE) * 0.999 - 1


@given(RATES, RATES, st.integers(0, 20_000))
def test_another_speed_counts_within_seconds(before: float, after: float, pause: int) -> None:
    """Also when the next row of the old one was to go out in a year."""
    first = portion(PLENTY, PLENTY, 0.0, before, NOW, NOW, None)
    now = NOW + pause
    again = portion(PLENTY, PLENTY, first.next_at, after, now, NOW, None)
    [*_, last] = [*slots(first, before), float(NOW)]
    next_one = (slots(again, after) or [again.next_at])[0]
    assert next_one <= max(last, now + AHEAD) + max(1000 / after, 0) + 1
    assert next_one >= min(last + 1000 / after, first.next_at) - 1


@given(RATES, PAUSES)
def test_the_next_row_never_moves_back(per_second: float, pauses: list[int]) -> None:
    now, next_at = NOW, 0.0
    for pause in pauses:
        made = portion(PLENTY, PLENTY, next_at, per_second, now, NOW, None)
        assert made.next_at >= next_at
        now, next_at = now + pause, made.next_at


def test_a_run_that_rested_does_not_make_up_for_it() -> None:
    made = portion(PLENTY, PLENTY, NOW - 3_600_000.0, 10, NOW, NOW, None)
    assert (len(made.delays), made.delays[:3]) == (100, [0, 1, 1])


# ---- its limits


@given(
    left=st.integers(0, 5000),
    most=st.integers(0, 5000),
    next_at=st.floats(NOW - 60_000, NOW + 60_000),
    per_second=RATES,
    starts=st.integers(NOW - 20_000, NOW + 20_000),
    stops=st.none() | st.integers(NOW - 20_000, NOW + 20_000),
)
def test_nothing_goes_out_too_early_too_late_or_too_often(
    left: int, most: int, next_at: float, per_second: float, starts: int, stops: int | None
) -> None:
    made = portion(left, most, next_at, per_second, NOW, starts, stops)
    assert len(made.delays) <= min(left, most, MOST_AT_ONCE)
    assert made.delays == sorted(made.delays)
    assert all(when >= starts for when in released(made, NOW))
    assert all(0 <= delay <= AHEAD // 1000 for delay in made.delays)
    for slot in slots(made, per_second):
        assert slot >= max(NOW, starts) - 0.01
        assert slot < NOW + AHEAD + 0.01
        assert stops is None or slot < stops + 0.01


@pytest.mark.parametrize(
    ("stops", "count"), [(NOW + 1000, 10), (NOW + 1, 1), (NOW, 0), (NOW - 1, 0), (NOW + 3_600_000, 100), (None, 100)]
)
def test_none_goes_out_when_the_window_closes(stops: int | None, count: int) -> None:
    assert len(portion(PLENTY, PLENTY, 0.0, 10, NOW, NOW, stops).delays) == count


def test_a_wave_begins_at_its_second() -> None:
    made = portion(5, PLENTY, 0.0, 1, NOW, NOW + 7001, None)
    assert made.delays == [8, 9, 10]
    assert made.next_at == NOW + 10_001


def test_without_rows_or_room_nothing_moves() -> None:
    for left, most in ((0, 10), (10, 0)):
        assert portion(left, most, NOW + 5.0, 10, NOW, NOW, None) == Portion([], NOW + 5.0)


@given(st.integers(0, 100_000), RATES)
def test_what_is_on_its_way_leaves_less_room(in_flight: int, per_second: float) -> None:
    free = room(in_flight, per_second)
    assert free >= 0
    assert free + in_flight <= max(in_flight, per_second * feeding.IN_FLIGHT / 1000 + feeding.LEAST_IN_FLIGHT)
    assert room(0, per_second) >= feeding.LEAST_IN_FLIGHT


# ---- how fast it is


@given(st.lists(st.tuples(st.integers(0, 30_000), st.integers(0, 500)), max_size=80))
def test_samples_stay_few_and_reach_back_a_minute(steps: list[tuple[int, int]]) -> None:
    samples, now, seen = list[list[int]](), NOW, 0
    for pause, more in steps:
        now, seen = now + pause, seen + more
        samples = sampled(samples, now, seen)
        assert len(samples) <= 31
        assert samples[-1] == [now, seen]
        assert samples == sorted(samples)
        assert all(at > now - feeding.RATE_SAMPLES for at, _ in samples[1:])
    assert (rate(samples) or 0) >= 0


def test_the_rate_is_that_of_the_last_minute() -> None:
    samples: list[list[int]] = []
    for step in range(100):
        samples = sampled(samples, NOW + step * 3000, step * (30 if step < 50 else 60))
    assert rate(samples) == pytest.approx(20, rel=0.01)


@pytest.mark.parametrize("samples", [[], [[NOW, 5]], [[NOW, 5], [NOW, 9]]])
def test_of_no_time_there_is_no_rate(samples: list[list[int]]) -> None:
    assert rate(samples) is None
