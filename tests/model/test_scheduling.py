"""Which number of the pool a code goes out from: a pure rule."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parley.model import countries
from parley.model.address import Address, AddressKind
from parley.model.lane import Category
from parley.model.otp_scheduling import OtpScheduling, check
from parley.model.scheduling import Candidate, Load, Patience, SchedulingResource, choose

from tests.support.make import CREATED, NOW, ORGANIZATION

PATIENCE = Patience(failures=3, misses=20, rest=180_000)
SPAIN, FRANCE = frozenset({"ES"}), frozenset({"FR"})
IDS = "abcdefgh"

loads = st.builds(
    Load,
    used=st.integers(0, 12),
    failures=st.integers(0, 5),
    misses=st.integers(0, 30),
    troubled_at=st.integers(NOW - 400_000, NOW),
    rests_until=st.sampled_from([0, NOW - 1, NOW, NOW + 1, NOW + 60_000]),
)


def resource(id: str = "a", *, serves: str = "ES", enabled: bool = True) -> SchedulingResource:
    known = {"id": id, "organization_id": ORGANIZATION, "channel_id": "c", "countries": serves.split()}
    return SchedulingResource.model_validate(
        {**known, "enabled": enabled, "created_at": CREATED, "updated_at": CREATED}
    )


def candidate(id: str = "a", load: Load = Load(), most: int = 10, **fields: object) -> Candidate:  # noqa: B008
    return Candidate(resource(id, **fields), load, most)  # type: ignore[arg-type]


@st.composite
def pools(draw: st.DrawFn) -> list[Candidate]:
    ids = draw(st.lists(st.sampled_from(IDS), unique=True))
    serves = st.sampled_from(["ES", "FR", "ES FR"])
    return [
        candidate(id, draw(loads), draw(st.integers(1, 12)), serves=draw(serves), enabled=draw(st.booleans()))
        for id in ids
    ]


def chosen(pool: list[Candidate], to: frozenset[str] = SPAIN, before: str | None = None) -> str | None:
    found = choose(pool, to, PATIENCE, NOW, before)
    return found.resource.id if found else None


def usable(each: Candidate) -> bool:
    load = each.load
    worn = (load.failures >= 3 or load.misses >= 20) and load.troubled_at + 180_000 > NOW
    return (
        each.resource.enabled
        and "ES" in each.resource.countries
        and load.used < each.most
        and load.rests_until <= NOW
        and not worn
    )


@given(pools())
def test_one_is_chosen_if_one_can_be_and_never_another(pool: list[Candidate]) -> None:
    fit = {each.resource.id for each in pool if usable(each)}
    found = chosen(pool)
    assert found in fit if fit else found is None


@given(pools(), st.sampled_from(IDS))
def test_the_one_before_is_kept_while_it_can_be(pool: list[Candidate], before: str) -> None:
    fit = {each.resource.id for each in pool if usable(each)}
    assert chosen(pool, before=before) == (before if before in fit else chosen(pool))


@given(pools())
def test_no_better_one_is_passed_over(pool: list[Candidate]) -> None:
    found = choose(pool, SPAIN, PATIENCE, NOW)
    for each in filter(usable, pool):
        assert found
        sound, mine = each.load.failures == 0 and each.load.misses < 10, found.load
        assert not sound or (mine.failures == 0 and mine.misses < 10)
        same = sound == (mine.failures == 0 and mine.misses < 10)
        assert not same or mine.used / found.most <= each.load.used / each.most


@given(pools(), st.randoms(use_true_random=False))
def test_the_order_in_which_they_are_read_says_nothing(pool: list[Candidate], dice: object) -> None:
    shuffled = list(pool)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    assert chosen(shuffled) == chosen(pool)


@given(st.lists(st.integers(1, 9), min_size=1, max_size=5), st.integers(0, 60))
def test_capacity_is_never_overrun_and_never_left(most: list[int], codes: int) -> None:
    used = dict.fromkeys(IDS[: len(most)], 0)
    sent = 0
    for _ in range(codes):
        pool = [candidate(id, Load(used=used[id]), limit) for id, limit in zip(used, most, strict=True)]
        found = chosen(pool)
        if found:
            used[found] += 1
            sent += 1
    assert sent == min(codes, sum(most))
    assert all(count <= limit for count, limit in zip(used.values(), most, strict=True))


def test_a_country_that_nobody_knows_yet_is_each_that_shares_its_code() -> None:
    assert chosen([candidate(serves="CA")], frozenset({"US", "CA"})) == "a"
    assert chosen([candidate(serves="CA")], FRANCE) is None


@pytest.mark.parametrize(
    ("load", "rests"),
    [
        (Load(failures=2, troubled_at=NOW), False),
        (Load(failures=3, troubled_at=NOW), True),
        (Load(failures=3, troubled_at=NOW - 180_000), False),
        (Load(misses=19, troubled_at=NOW), False),
        (Load(misses=20, troubled_at=NOW), True),
        (Load(rests_until=NOW + 1), True),
        (Load(rests_until=NOW), False),
    ],
)
def test_when_it_rests(load: Load, rests: bool) -> None:
    assert (chosen([candidate(load=load)]) is None) == rests


NUMBER = Address(type=AddressKind.PHONE, value="+34600111222")
SCHEDULING = OtpScheduling(enabled=True, countries=["ES"])


@pytest.mark.parametrize(
    ("scheduling", "to", "category", "wanted"),
    [
        (SCHEDULING, NUMBER, Category.AUTHENTICATION, True),
        (SCHEDULING, NUMBER, Category.UTILITY, False),
        (SCHEDULING, NUMBER, None, False),
        (SCHEDULING, Address(type=AddressKind.PHONE, value="+33612345678"), Category.AUTHENTICATION, False),
        (SCHEDULING, Address(type=AddressKind.BSUID, value="ES.1349"), Category.AUTHENTICATION, False),
        (OtpScheduling(countries=["ES"]), NUMBER, Category.AUTHENTICATION, False),
    ],
)
def test_what_is_scheduled(scheduling: OtpScheduling, to: Address, category: Category | None, wanted: bool) -> None:
    assert scheduling.schedules(to, category) == wanted


@pytest.mark.parametrize(
    ("scheduling", "possible", "faults"),
    [
        ({"enabled": True, "countries": ["es", "PT"]}, True, []),
        ({"enabled": False}, True, []),
        ({"enabled": True}, True, [("otp_scheduling.countries", "countries_missing")]),
        ({"countries": ["ES", "XX"]}, True, [("otp_scheduling.countries.1", "unknown_country")]),
        ({"enabled": True, "countries": ["ES"]}, False, [("otp_scheduling", "otp_scheduling_not_available")]),
    ],
)
def test_what_may_be_set(scheduling: dict[str, object], possible: bool, faults: list[tuple[str, str]]) -> None:
    found = check(OtpScheduling.model_validate(scheduling), possible=possible)
    assert [(each.field, each.code) for each in found] == faults


@pytest.mark.parametrize(
    ("number", "wanted"),
    [("+34600111222", {"ES"}), ("+12125550123", {"US"}), ("+77010000000", {"KZ"}), ("+999123456789", set())],
)
def test_where_a_number_is_at_home(number: str, wanted: set[str]) -> None:
    assert wanted <= countries.of_number(number)


def test_a_range_that_nobody_knows_is_of_all_countries_of_its_code() -> None:
    assert {"US", "CA"} <= countries.of_number("+19990000000")
