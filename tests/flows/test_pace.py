"""Pacing on the real table: slots never crowd, bulk leaves room, nothing is lost while it waits (rules §6)."""

from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from parley.model.channel import ServiceSettingsChanges
from parley.model.rate import Slots, horizon, interval
from parley.model.status import Status
from parley.operations import channels
from parley.store import rates

from tests.support.world import World

AHEAD = 2000.0


def pace(world: World, per_second: float) -> None:
    changes = ServiceSettingsChanges(messages_per_second=per_second)
    channels.update_service_settings(world.organization, world.whatsapp, changes)


ASKS = st.lists(
    st.tuples(st.integers(0, 1500), st.integers(1, 10), st.booleans(), st.booleans()), min_size=1, max_size=25
)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asks=ASKS, per_second=st.sampled_from([0.5, 5.0, 80.0, 500.0]))
def test_no_two_slots_are_closer_than_the_rate_allows(
    world: World, asks: list[tuple[int, int, bool, bool]], per_second: float
) -> None:
    """Workers of several processes, each with its own memory of the sender, ask at any time for any number."""
    world.counter = getattr(world, "counter", 0) + 1  # type: ignore[attr-defined]
    sender, now, granted = f"c{world.counter}", world.time(), []  # type: ignore[attr-defined]
    for gap, wanted, bulk, forgetful in asks:
        now += gap
        if forgetful:
            rates._seen.clear()
        step = interval(per_second, bulk=bulk)
        taken = rates.take("o", sender, wanted, step, horizon(AHEAD, bulk=bulk), now)
        if isinstance(taken, Slots):
            last = taken.first + (wanted - 1) * step
            assert taken.first == now or now < last <= now + horizon(AHEAD, bulk=bulk) + 0.01
            granted += [taken.first + index * step for index in range(wanted)]
        else:
            assert taken > 0
    gaps = [later - earlier for earlier, later in pairwise(sorted(granted))]
    assert all(gap >= 1000 / per_second - 0.01 for gap in gaps)


def test_a_platform_that_asks_to_wait_is_not_asked_before(world: World) -> None:
    now = world.time()
    rates.push_back("o", "pushed", now + 5000)
    rates.push_back("o", "pushed", now + 1000)
    taken = rates.take("o", "pushed", 1, 12.5, AHEAD, now)
    assert not isinstance(taken, Slots)
    assert 0 < taken <= 5000
    later = rates.take("o", "pushed", 1, 12.5, AHEAD, now + 5000)
    assert isinstance(later, Slots)


def test_a_slow_sender_gets_everything_out_in_its_time(world: World) -> None:
    pace(world, 0.5)
    said = [world.say(f"+346007700{number:02}") for number in range(20)]
    world.run(20)
    assert 5 <= len(world.meta.accepted) <= 12
    world.run(120)
    assert {world.status(message) for message in said} == {Status.ACCEPTED}
    assert world.meta.asked == 20


def test_at_least_nine_tenths_of_the_rate_are_used(world: World) -> None:
    pace(world, 10)
    for number in range(50):
        world.say(f"+34600880{number:03}")
    world.run(5.5)
    assert len(world.meta.accepted) >= 45


def test_what_is_put_off_is_put_off_once(world: World) -> None:
    """A batch of a busy sender goes round the queue as it is, and not once for each of its messages."""
    said = [world.say(f"+346008810{number:02}") for number in range(10)]
    rates.push_back(world.organization, world.whatsapp, world.time() + 60_000)
    world.pump.step()
    assert sorted(each["message"] for each in world.pump.waiting("transactional")) == sorted(said)
    assert world.meta.asked == 0


def test_a_worker_never_sleeps_longer_than_it_may_run(world: World) -> None:
    """Ten messages of a sender with a slot every ten seconds are not a batch for one worker."""
    from types import SimpleNamespace

    from parley.operations import delivery

    slept: list[float] = []
    delivery.time.sleep = slept.append  # type: ignore[attr-defined]
    assert isinstance(delivery.time, SimpleNamespace)
    pace(world, 0.1)
    for number in range(10):
        world.say(f"+346009900{number:02}")
    world.run(1)
    assert max(slept) <= AHEAD / 1000
    world.run(300)
    assert len(world.meta.accepted) == 10


def test_without_time_for_a_call_nothing_is_claimed(world: World, monkeypatch: object) -> None:
    import json

    from tests.support.invoke import invoke

    message = world.say()
    [record] = world.pump.records
    world.pump.records.clear()
    answer = invoke("deliver_messages", {"Records": [{"messageId": "1", "body": record.body}]}, left=5000)
    assert (answer, world.meta.asked) == ({"batchItemFailures": []}, 0)
    assert world.status(message) is Status.QUEUED
    assert [each["message"] for each in world.pump.waiting("transactional")] == [json.loads(record.body)["message"]]
