"""SMS pumping: somebody lets a form send codes to a range of numbers. It is stopped; everybody else gets theirs."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import count as serials
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from parley.errors import TooMany
from parley.model import ids
from parley.model.address import Address, AddressKind
from parley.model.channel import ServiceSettingsChanges
from parley.model.lane import Category
from parley.model.message import NewMessage
from parley.model.otp_guard import OtpGuard, Velocity
from parley.model.pumping import NewOtpResult, windows
from parley.model.status import Status
from parley.operations import channels, messages, otp_results, pumping
from parley.store import channels as channel_store

from tests.support.world import World

CODE = "Your code is 482913."
PUMPED = "+3460011"
SHOPPERS = [f"+34{600 + i}{i:02}{i:04}" for i in range(20, 90)]
HOUR = 3600
_names = serials()


def _guard(world: World, **rules: Any) -> None:
    changes = ServiceSettingsChanges.model_validate({"otp_guard": rules})
    channels.update_service_settings(world.organization, world.gateway, changes)


def _code(world: World, to: str) -> str:
    """The message's id. Raises TooMany."""
    body = {"channel_id": world.gateway, "to": to, "type": "text", "text": CODE, "category": "AUTHENTICATION"}
    return messages.send(world.organization, NewMessage.model_validate(body), None).id


def _goes_out(world: World, to: str) -> bool:
    """Whether a code went out."""
    try:
        return bool(_code(world, to))
    except TooMany:
        return False


def _logs_in(world: World, to: str, tells: bool) -> bool:
    """Somebody types their code in, and the business may tell."""
    message = _code(world, to)
    if tells:
        otp_results.report(world.organization, message, NewOtpResult(converted=True))
    return True


def _everybody(world: World, pumped: int, minutes: int, results: bool = False) -> Counter[str]:
    """So many pumped numbers, and after each ten of them one person who wants to log in and must get a code."""
    found: Counter[str] = Counter()
    for i in range(pumped):
        found["pumped"] += _goes_out(world, f"{PUMPED}{i:04}")
        if i % 10 == 9:
            found["others"] += _logs_in(world, SHOPPERS[i // 10 % len(SHOPPERS)], results)
            world.run()
        world.time.forward(minutes * 60 / pumped)
    return found


def _at_the_full_hour(world: World) -> None:
    world.time.forward(HOUR - world.time() / 1000 % HOUR)


def test_a_thousand_numbers_of_one_prefix_get_no_more_than_the_velocity_and_others_get_theirs(quick: World) -> None:
    _at_the_full_hour(quick)
    assert _everybody(quick, 1000, minutes=50) == {"pumped": 100, "others": 100}
    quick.run(60)
    arrived = Counter(sent.to.startswith(PUMPED) for sent in quick.sms.accepted)
    assert arrived == {True: 100, False: 100}


def test_where_results_are_reported_they_get_less(quick: World) -> None:
    _at_the_full_hour(quick)
    assert _everybody(quick, 200, minutes=50, results=True) == {"pumped": 50, "others": 20}


def test_over_hours_they_get_the_velocity_of_each_hour(quick: World) -> None:
    _at_the_full_hour(quick)
    _guard(quick, per_prefix={"most": 20, "seconds": HOUR})
    assert _everybody(quick, 150, minutes=180) == {"pumped": 60, "others": 15}


def test_many_prefixes_meet_the_cap_of_the_day_and_it_opens_at_midnight(quick: World) -> None:
    _guard(quick, daily_cap=30)
    sent = [_goes_out(quick, number) for number in SHOPPERS]
    assert sent == [True] * 30 + [False] * 40
    quick.time.forward(24 * HOUR - quick.time() / 1000 % (24 * HOUR))
    assert _goes_out(quick, SHOPPERS[-1])


def test_a_code_that_passed_goes_its_way(world: World) -> None:
    message = _code(world, f"{PUMPED}0001")
    world.run(10)
    assert world.status(message) is Status.ACCEPTED


VELOCITIES = st.none() | st.builds(Velocity, most=st.integers(1, 4), seconds=st.sampled_from([10, 60, 3600]))
GUARDS = st.builds(
    OtpGuard,
    per_number=VELOCITIES,
    per_prefix=VELOCITIES,
    per_organization=VELOCITIES,
    daily_cap=st.none() | st.integers(1, 12),
)
ATTEMPTS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2), st.sampled_from([0, 1, 9, 61])), max_size=25)


@given(guard=GUARDS, attempts=ATTEMPTS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_window_ever_grants_more_than_its_most_and_counts_what_it_granted(
    quick: World, guard: OtpGuard, attempts: list[tuple[int, int, int]]
) -> None:
    channel = channel_store.get(quick.organization, quick.gateway)
    assert channel is not None
    name = f"channel-{next(_names)}"  # new counters for each example
    service = {"otp_guard": guard.model_dump()}
    guarded = channel.model_copy(update={"id": name, "organization_id": name, "service": service})
    granted: Counter[Any] = Counter()
    for prefix, person, seconds in attempts:
        quick.time.forward(seconds)
        number = f"+346{prefix}0000{person:03}"
        refused = pumping.refusal(guarded, _to(number), Category.AUTHENTICATION, quick.time())
        wanted = windows(guard, number, quick.time())
        full = [window for window in wanted if window.most and granted[window] >= window.most]
        assert (refused.code if refused else None) == (full[0].rule if full else None)
        granted.update([] if refused else wanted)


def _to(number: str) -> Address:
    return Address(type=AddressKind.PHONE, value=number)


def test_codes_at_the_same_moment_share_one_limit(quick: World) -> None:
    """The condition is in the write, so nobody counts on what was read before."""
    _guard(quick, per_number={"most": 3, "seconds": HOUR})
    with ThreadPoolExecutor(8) as pool:
        sent = list(pool.map(lambda _: _goes_out(quick, SHOPPERS[0]), range(24)))
    assert Counter(sent) == {True: 3, False: 21}


def test_the_guard_of_its_own_channel_refuses_a_copy_and_the_next_step_goes_out(world: World) -> None:
    """The first gateway sends codes to France only; the message itself is silent."""
    world.approved("code", "AUTHENTICATION")
    _guard(world, countries=["FR"])
    step = {"trigger": "undelivered", "wait": 60, "text": CODE}
    channels_of_steps = (world.gateway, world.other_gateway)
    message = world.say(template="code", fallbacks=[{**step, "channel_id": each} for each in channels_of_steps])
    world.run(65)
    first, second = (world.shown(ids.copy_of(message, number)) for number in (1, 2))
    assert (first.status, first.error and first.error.code) == (Status.FAILED, "otp_country_not_allowed")
    assert (second.status, world.copies()) == (Status.ACCEPTED, [CODE])
