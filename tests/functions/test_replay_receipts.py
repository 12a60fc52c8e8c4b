"""replay_receipts: everything of a period goes out again, nothing else, and nothing twice; by a job that may die."""

from contextlib import suppress
from typing import Any

import pytest
from parley.model.receipt_delivery import DeliveryStatus
from parley.store import receipt_deliveries, receipt_endpoints
from parley.store.receipt_deliveries import Stored

from tests.support import builders, endpoints, kept
from tests.support.builders import ORGANIZATION, STRANGER
from tests.support.endpoints import ENDPOINT
from tests.support.events import Answer, Json, call, records, refused
from tests.support.faults import Faults, Killed
from tests.support.invoke import invoke
from tests.support.time import NOW, Clock

WAITING, DELIVERED = DeliveryStatus.WAITING, DeliveryStatus.DELIVERED
HOUR = 3_600_000
DONE: Json = {"batchItemFailures": []}


@pytest.fixture(autouse=True)
def _cast() -> None:
    builders.organization()
    endpoints.endpoint()


def made(*hours: float) -> list[Stored]:
    """Deliveries that were made so many hours before now, and are over."""
    found = [endpoints.made_at(NOW - round(each * HOUR), str(each)) for each in hours]
    for one in found:
        endpoints.tried(one)
    return found


def ask(**body: Any) -> Answer:
    return call("replay_receipts", body, headers={"idempotency-key": body.pop("key", "replay-1")})


def work(left: int = 900_000) -> list[Json]:
    """Runs the jobs that wait, and answers what they put on their queue."""
    jobs = kept.queued("JobsQueue")
    assert invoke("run_jobs", records(*jobs), left) == DONE
    return kept.queued("JobsQueue")[len(jobs) :]


def again(several: list[Stored]) -> list[bool]:
    return [endpoints.state(one)[2] is not None for one in several]


def test_the_period_is_told_and_a_job_does_the_rest(time: Clock) -> None:
    answer = ask(since="2026-03-01T09:00:00+01:00")
    assert (answer.status, answer.body) == (202, {"since": "2026-03-01T08:00:00.000Z", "until": time.text(0.001)})
    [job] = kept.queued("JobsQueue")
    assert job.items() >= {"kind": "replay_receipts", "organization": ORGANIZATION, "target": ENDPOINT}.items()
    assert work() == []


def test_exactly_what_was_made_in_the_period_goes_out_again(time: Clock) -> None:
    before = made(2, 1.50001)
    inside = made(1.5, 1, 0.5, 0)
    ask()
    time.forward(1)
    after = made(-0.0001)
    assert work() == []
    assert (again(before), again(inside), again(after)) == ([False] * 2, [True] * 4, [False])
    assert {endpoints.state(one)[:2] for one in inside} == {(WAITING, 0)}
    tickets = [each.id for each in receipt_deliveries.tickets(ORGANIZATION, ENDPOINT, time())]
    assert sorted(tickets) == sorted(one.id for one in inside)
    assert kept.queued("ReceiptsQueue")[0] == {"organization": ORGANIZATION, "target": ENDPOINT}
    assert endpoints.marks() == [(ORGANIZATION, ENDPOINT)]


def test_the_end_is_not_part_of_it() -> None:
    several = made(1.25, 1, 0.75)
    ask(until="2026-03-01T08:30:00Z")
    work()
    assert again(several) == [True, False, False]


def test_only_what_failed(time: Clock) -> None:
    several = made(1, 0.9)
    failed, waits = endpoints.made_at(NOW - 1000, "failed"), endpoints.made_at(NOW - 500, "waits")
    endpoints.tried(failed, "refused", last=True)
    endpoints.tried(waits, "refused")
    ask(only_failed=True)
    work()
    assert again([*several, failed, waits]) == [False, False, True, False]


def test_what_waits_for_a_late_try_is_due_at_once(time: Clock) -> None:
    waits = endpoints.made_at(NOW - 1000)
    endpoints.tried(waits, "timed_out")
    ask()
    work()
    assert endpoints.state(waits) == (WAITING, 0, time.text())


def test_a_job_that_runs_twice_replays_nothing_twice(time: Clock) -> None:
    several = made(1, 0.5)
    ask()
    work()
    for one in several:
        endpoints.tried(one)
    time.forward(60)
    assert work() == []
    assert [endpoints.state(one)[0] for one in several] == [DELIVERED] * 2


def test_a_repeat_of_the_request_does_neither(time: Clock) -> None:
    several = made(1, 0.5)
    first = ask()
    work()
    for one in several:
        endpoints.tried(one)
    time.forward(60)
    assert ask().body == first.body
    work()
    assert [endpoints.state(one)[0] for one in several] == [DELIVERED] * 2
    assert refused(ask(only_failed=True))[:2] == (409, "idempotency_key_reused")
    ask(key="another")
    work()
    assert [endpoints.state(one)[0] for one in several] == [WAITING] * 2


def test_a_try_that_is_under_way_is_waited_for(time: Clock) -> None:
    """It may have begun before anybody asked."""
    several = made(1, 0.5)
    busy = endpoints.made_at(NOW - 1000, "busy")
    receipt_deliveries.claim(busy, time())
    ask()
    [job] = work()
    assert again([*several, busy]) == [True, True, False]
    assert kept.delays("JobsQueue")[-1] == 31
    time.forward(31)
    assert invoke("run_jobs", records(job), 900_000) == DONE
    assert again([busy]) == [True]
    assert len(kept.queued("JobsQueue")) == 2


class Left:
    """So many deliveries until the time is over."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
        from tests.support.invoke import Context

        self.looks, self.number = 0, number
        monkeypatch.setattr(Context, "get_remaining_time_in_millis", lambda _: self())

    def __call__(self) -> int:
        self.looks += 1
        return 900_000 if self.looks <= self.number else 10_000


def test_a_job_without_time_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch, time: Clock) -> None:
    several = made(1, 0.9, 0.8, 0.7)
    ask()
    Left(monkeypatch, 3)  # the first look is the queue's
    [job] = work()
    assert again(several) == [True, True, False, False]
    monkeypatch.undo()
    monkeypatch.setattr("parley.cloud.clock.now", time)
    assert invoke("run_jobs", records(job), 900_000) == DONE
    assert again(several) == [True] * 4
    assert len(kept.queued("JobsQueue")) == 2


def test_wherever_it_dies_the_next_run_goes_on(time: Clock) -> None:
    several = made(1, 0.75, 0.5)
    faults = Faults()
    faults.install()
    for step in range(1, 100):
        time.forward(1)
        ask(key=f"step-{step}", until="2026-03-01T09:15:00Z")
        [*_, job] = kept.queued("JobsQueue")
        faults.arm(step, "after")
        with suppress(Killed):
            invoke("run_jobs", records(job), 900_000)
        faults.disarm()
        assert invoke("run_jobs", records(job), 900_000) == DONE
        assert {endpoints.state(one) for one in several} == {(WAITING, 0, time.text())}
        due = [each.id for each in receipt_deliveries.tickets(ORGANIZATION, ENDPOINT, time(), 1000)]
        assert {one.id for one in several} <= set(due)
        if not faults.fired:
            return


def test_many_are_kicked_now_and_then() -> None:
    made(*(0.5 - number / 1000 for number in range(25)))
    ask()
    work()
    assert len(kept.queued("ReceiptsQueue")) == 4


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"since": "2026-03-01T09:30:01Z"}, "since"),
        ({"until": "2026-03-01T08:00:00Z"}, "until"),
        ({"since": "2026-03-01T09:31:00Z", "until": "2026-03-02T08:00:00Z"}, "until"),
        ({"since": "2026-03-01T09:00:00"}, "since"),
        ({"until": "soon"}, "until"),
        ({"kinds": ["ChatAppStatus"]}, "kinds"),
    ],
)
def test_a_period_that_makes_no_sense_is_refused(body: Json, field: str) -> None:
    with kept.nothing_changes():
        assert refused(ask(**body))[::2] == (422, [field])


def test_an_end_in_the_future_is_now(time: Clock) -> None:
    assert ask(until="2026-03-02T00:00:00Z").body["until"] == time.text(0.001)


def test_an_endpoint_of_others_or_a_deleted_one_does_not_exist() -> None:
    builders.organization(STRANGER)
    with kept.nothing_changes():
        assert refused(call("replay_receipts", organization=STRANGER))[:2] == (404, "not_found")
    several = made(1)
    ask()
    endpoint = receipt_endpoints.get(ORGANIZATION, ENDPOINT)
    assert endpoint
    receipt_endpoints.close(endpoint)
    assert work() == []
    assert again(several) == [False]
    assert refused(ask())[:2] == (404, "not_found")


def test_a_death_before_the_ticket_is_written_loses_no_replay(time: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    [one] = made(1)
    ask(since="2026-03-01T08:00:00Z")
    with monkeypatch.context() as patch, suppress(Killed):
        patch.setattr(receipt_deliveries, "put_ticket", _die)
        work()
    assert endpoints.state(one)[0] is WAITING
    work()
    assert receipt_deliveries.tickets(ORGANIZATION, ENDPOINT, time()) == [(one.id, NOW, "http")]


def _die(*_: Any) -> None:
    raise Killed


def test_what_is_replayed_again_and_again_keeps_the_newest_tries(time: Clock) -> None:
    builders.story()
    endpoints.endpoint()
    one = endpoints.delivery()
    for _ in range(60):
        endpoints.tried(one)
        time.forward(60)
        found = receipt_deliveries.get(ORGANIZATION, one.id)
        assert found
        assert receipt_deliveries.again(found, time())
    found = receipt_deliveries.get(ORGANIZATION, one.id)
    assert found
    assert len(found.attempts) == receipt_deliveries.MOST_ATTEMPTS
    assert found.attempts[-1].at == time.text(-60)
