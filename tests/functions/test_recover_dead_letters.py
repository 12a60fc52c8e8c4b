"""recover_dead_letters: what nobody had claimed goes back, what somebody had claimed is unknown."""

from typing import Any

import pytest
from parley.model.lane import Lane
from parley.model.status import Status
from parley.operations import row_files, rows
from parley.store import groups

from tests.support import audience, builders, kept, runs
from tests.support.builders import MESSAGE, ORGANIZATION
from tests.support.events import records, sample
from tests.support.invoke import invoke
from tests.support.metrics import counted
from tests.support.time import NOW

DONE: dict[str, Any] = {"batchItemFailures": []}


def recover() -> Any:
    return invoke("recover_dead_letters", sample("recover_dead_letters"))


def test_an_unclaimed_message_goes_back_to_its_lane_later(capsys: pytest.CaptureFixture[str]) -> None:
    builders.message()
    assert recover() == DONE
    assert kept.queued("TransactionalQueue") == [
        {"organization": ORGANIZATION, "message": MESSAGE, "lane": "transactional"}
    ]
    assert kept.delays("TransactionalQueue") == [300]
    assert counted(capsys) == {"DeadLetter": 1}


def test_a_one_time_code_cannot_wait_that_long() -> None:
    builders.message(lane=Lane.OTP)
    recover()
    assert 0 < kept.delays("OtpQueue")[0] < 60


def test_its_time_to_live_is_the_end_of_that() -> None:
    builders.message(expires_at=NOW)
    assert recover() == DONE
    assert (kept.states()[0]["status"], kept.queued("TransactionalQueue")) == ("expired", [])


def test_a_claimed_message_is_unknown_and_never_sent_again() -> None:
    builders.message(status=Status.SENDING, attempt=1, lease_until=NOW - 1, claimed_by="dead")
    assert recover() == DONE
    assert (kept.states()[0]["status"], kept.queued("TransactionalQueue")) == ("unknown", [])
    assert [timer["kind"] for timer in kept.queued("TimersQueue")] == ["settle"]


def test_an_accepted_message_gets_its_timer() -> None:
    builders.message(status=Status.ACCEPTED, trigger="undelivered", wait=600, times={"accepted": NOW})
    recover()
    assert [timer["kind"] for timer in kept.queued("TimersQueue")] == ["fallback"]


def test_a_failed_message_gets_its_fallback() -> None:
    builders.story()
    builders.message(status=Status.FAILED, trigger="undelivered", fallback=builders.sms_instead())
    recover()
    assert [state["status"] for state in kept.states() if state.get("copy_of")] == ["queued"]


def test_a_message_that_does_not_exist_is_let_go() -> None:
    with kept.nothing_changes():
        assert recover() == DONE


def test_a_row_that_nobody_could_write_is_written_and_goes_back() -> None:
    builders.story()
    run = runs.broadcast()
    row = rows.body(run, 1, row_files.row(run.folder, 1))
    assert invoke("recover_dead_letters", records(row)) == DONE
    [state] = kept.states()
    assert (state["status"], state["row"]) == ("queued", 1)
    assert [body["message"] for body in kept.queued("MarketingQueue")] == [state["id"]]
    assert kept.delays("MarketingQueue") == [300]


def test_unless_its_broadcast_was_cancelled() -> None:
    builders.story()
    run = runs.broadcast(status="cancelled")
    row = rows.body(run, 1, row_files.row(run.folder, 1))
    with kept.nothing_changes():
        assert invoke("recover_dead_letters", records(row)) == DONE


def test_a_check_that_fails_again_and_again_refuses_its_broadcast() -> None:
    builders.story()
    runs.broadcast(status="checking")
    body = {"kind": "check", "organization": ORGANIZATION, "broadcast": runs.BROADCAST}
    for _ in range(2):
        assert invoke("recover_dead_letters", records(body)) == DONE
        shown = runs.shown()
        assert (shown["status"], [each["code"] for each in shown["errors"]]) == ("refused", ["check_failed"])


def test_a_group_that_could_not_be_ended_is_ended_later() -> None:
    builders.organization()
    ended = audience.group()
    body = {"kind": "end_group", "organization": ORGANIZATION, "group": ended.id}
    with kept.nothing_changes():
        assert invoke("recover_dead_letters", records(body)) == DONE
    assert groups.close(ended)
    assert invoke("recover_dead_letters", records(body)) == DONE
    assert (kept.queued("JobsQueue"), kept.delays("JobsQueue")) == ([body], [900])
    groups.remove(ORGANIZATION, ended.id)
    with kept.nothing_changes():
        assert invoke("recover_dead_letters", records(body)) == DONE


def test_a_replay_that_fails_again_and_again_goes_on_for_a_day() -> None:
    job = {"kind": "replay_receipts", "organization": ORGANIZATION, "target": "t", "replay": "r", "from": NOW}
    invoke("recover_dead_letters", records(job))
    assert kept.queued("JobsQueue") == [{**job, "hops": 1}]
    assert kept.delays("JobsQueue") == [900]
    invoke("recover_dead_letters", records({**job, "hops": 96}))
    assert len(kept.queued("JobsQueue")) == 1


@pytest.mark.parametrize("kind", ["check", "recount"])
def test_a_job_of_a_run_that_goes_on_changes_nothing(kind: str) -> None:
    builders.story()
    runs.broadcast()
    with kept.nothing_changes():
        body = {"kind": kind, "organization": ORGANIZATION, "broadcast": runs.BROADCAST}
        assert invoke("recover_dead_letters", records(body)) == DONE


def test_the_step_of_a_run_is_left_to_the_minute_job() -> None:
    builders.story()
    runs.broadcast()
    with kept.nothing_changes():
        body = {"organization": ORGANIZATION, "broadcast": runs.BROADCAST, "turn": 3}
        assert invoke("recover_dead_letters", records(body)) == DONE


def test_a_timer_goes_back_twelve_times() -> None:
    timer = {"kind": "settle", "organization": ORGANIZATION, "message": MESSAGE, "attempt": 1, "due": NOW - 60_000}
    invoke("recover_dead_letters", records(timer))
    assert kept.queued("TimersQueue") == [timer | {"hops": 1, "due": NOW + 300_000}]
    with kept.nothing_changes():
        assert invoke("recover_dead_letters", records(timer | {"hops": 12})) == DONE
