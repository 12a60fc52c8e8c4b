"""Our own faults never end a healthy message: what a queue gave up on comes back (sending rules §4.6)."""

import pytest
from parley.cloud import credentials
from parley.model.status import Status

from tests.support.faults import Killed
from tests.support.world import ANA, TEXT, World

ROUND = 6 * 360


def broken_key(*_: object) -> None:
    raise RuntimeError("KMS is away")


def test_a_message_outlives_an_outage_of_ours(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    message = world.say(**world.instead())
    with monkeypatch.context() as patch:
        patch.setattr(credentials, "unseal", broken_key)
        world.run(3 * ROUND)
        assert (world.status(message), world.meta.asked, world.copies()) == (Status.QUEUED, 0, [])
    world.run(ROUND)
    assert (world.status(message), world.meta.asked) == (Status.ACCEPTED, 1)


def test_its_time_to_live_is_the_end_of_that(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    message = world.say(ttl=3600, **world.instead())
    with monkeypatch.context() as patch:
        patch.setattr(credentials, "unseal", broken_key)
        world.run(3600 + 2 * ROUND)
    assert (world.status(message), world.copies()) == (Status.EXPIRED, [])
    world.run(ROUND)
    assert (world.status(message), world.copies()) == (Status.EXPIRED, [TEXT])


def test_one_poisoned_message_leaves_its_batch_alone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from parley.operations import calls

    people = [f"+3460055000{number}" for number in range(5)]
    said = {to: world.say(to) for to in people}
    bad, real = said[people[2]], calls.prepare

    def poisoned(state: object, *rest: object) -> object:
        if getattr(state, "id", "") == bad:
            raise RuntimeError("poison")
        return real(state, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(calls, "prepare", poisoned)
    world.run(ROUND)
    assert {to: world.status(message) for to, message in said.items()} == {
        to: Status.QUEUED if message == bad else Status.ACCEPTED for to, message in said.items()
    }
    assert len(world.meta.accepted) == 4


def test_a_worker_that_dies_again_and_again_leaves_an_unknown(world: World) -> None:
    message = world.say(**world.instead("undelivered", 3600))
    world.faults.arm(1, "after", "provider")
    world.run(1)
    assert world.status(message) is Status.SENDING
    [record] = [each for each in world.pump.records if each.queue == "transactional"]
    record.queue = "dead"
    world.run(400)
    assert world.status(message) is Status.UNKNOWN
    world.run(3600)
    assert (world.status(message), world.meta.asked, world.copies()) == (Status.FAILED, 1, [TEXT])


def test_a_dead_letter_under_a_live_lease_is_left_to_its_worker(world: World) -> None:
    message = world.say()
    world.faults.arm(1, "after", "provider")
    world.run(1)
    record = world.pump.records[0]
    record.queue, record.due = "dead", world.time()
    world.run(1)
    assert world.status(message) is Status.SENDING
    world.run(400)
    assert world.status(message) is Status.UNKNOWN


@pytest.mark.parametrize("status", ["accepted", "failed"])
def test_a_dead_letter_of_something_recorded_finishes_its_work(world: World, status: str) -> None:
    """The worker recorded the outcome, and died before its timer or its copy."""
    world.meta.happens(ANA, "take" if status == "accepted" else "131026")
    message = world.say(**world.instead("undelivered", 60))
    world.pump.step()
    world.pump.records = []
    world.sms.accepted.clear()
    world.pump._put("dead", lane_record(world, message), world.time())
    world.run(120)
    assert world.copies() == [TEXT]


def lane_record(world: World, message: str) -> str:
    import json

    return json.dumps({"organization": world.organization, "message": message, "lane": "transactional"})


def test_a_timer_that_fails_for_a_while_still_fires(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from parley.operations import fallback

    world.say(**world.instead("undelivered", 60))
    world.run(1)
    with monkeypatch.context() as patch:
        patch.setattr(fallback, "fire_if_due", broken_key)
        world.run(2 * ROUND)
    assert world.copies() == []
    world.run(ROUND)
    assert world.copies() == [TEXT]


def test_a_webhook_of_which_a_part_fails_comes_back_whole(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from parley.operations import receipts

    one, other = world.say(ANA), world.say("+34600555777")
    world.run(1)
    bad, real = other, receipts.apply

    def poisoned(report: object, *rest: object) -> object:
        if bad in str(getattr(report, "echo", "")):
            raise RuntimeError("poison")
        return real(report, *rest)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(receipts, "apply", poisoned)
        reports = [world.meta.report(world.sent(each), "delivered") for each in (other, one)]
        world.meta.says(*reports)
        world.run(1)
        assert (world.status(one), world.status(other)) == (Status.DELIVERED, Status.ACCEPTED)
    world.run(400)
    assert world.status(other) is Status.DELIVERED


def test_a_killed_worker_is_no_ordinary_error() -> None:
    assert not issubclass(Killed, Exception)
