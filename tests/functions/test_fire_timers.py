"""fire_timers: each kind of timer, early, in time and twice."""

from typing import Any

import pytest
from parley.model.lane import Lane
from parley.model.status import Status

from tests.support import builders, kept
from tests.support.builders import MESSAGE, ORGANIZATION, SMS
from tests.support.events import records, sample
from tests.support.invoke import invoke
from tests.support.time import NOW, Clock

DONE: dict[str, Any] = {"batchItemFailures": []}
WAITS = {"trigger": "undelivered", "wait": 600, "times": {"accepted": NOW - 600_000}}


def fire(kind: str = "send", due: int = NOW, **more: Any) -> Any:
    timer = {"kind": kind, "organization": ORGANIZATION, "message": MESSAGE, "due": due, **more}
    return invoke("fire_timers", records(timer))


def state(id: str = MESSAGE) -> dict[str, Any]:
    return next(each for each in kept.states() if each["id"] == id)


def copies() -> list[dict[str, Any]]:
    return [each for each in kept.states() if each.get("copy_of")]


@pytest.fixture(autouse=True)
def _cast() -> None:
    builders.story()


def test_a_scheduled_message_is_queued_at_its_time() -> None:
    builders.message(status=Status.SCHEDULED)
    assert invoke("fire_timers", sample("fire_timers")) == DONE
    assert (state()["status"], "held_by" in state()) == ("queued", False)
    assert kept.queued("TransactionalQueue") == [
        {"organization": ORGANIZATION, "message": MESSAGE, "lane": "transactional"}
    ]


def test_an_early_timer_waits_for_the_rest() -> None:
    builders.message(status=Status.SCHEDULED)
    fire(due=NOW + 30_000, send_at=NOW)
    assert (state()["status"], kept.delays("TimersQueue")) == ("scheduled", [30])
    assert kept.queued("TimersQueue")[0]["due"] == NOW + 30_000


def test_the_timer_of_a_time_that_was_moved_away_from_does_nothing() -> None:
    builders.message(status=Status.SCHEDULED, send_at=NOW + 3_600_000)
    with kept.nothing_changes():
        assert fire(send_at=NOW) == DONE


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.ACCEPTED, Status.SENDING])
def test_a_message_that_went_on_is_left_alone(status: Status) -> None:
    builders.message(status=status)
    with kept.nothing_changes():
        assert fire(send_at=NOW) == DONE


def test_a_message_that_does_not_exist_is_left_alone() -> None:
    with kept.nothing_changes():
        assert [fire(kind, send_at=NOW, attempt=1) for kind in ("send", "fallback", "settle")] == [DONE] * 3


def test_a_wait_that_ran_out_sends_one_copy_by_sms() -> None:
    builders.message(status=Status.ACCEPTED, fallback=builders.sms_instead("Ready."), **WAITS)
    assert [fire("fallback"), fire("fallback")] == [DONE, DONE]
    (copy,) = copies()
    assert (copy["channel"], copy["to"], copy["copy_step"]) == (SMS, f"phone:{builders.PERSON}", 1)
    assert (state()["step"], state()["fired_for"]) == (1, "undelivered")
    assert {body["message"] for body in kept.queued("TransactionalQueue")} == {copy["id"]}


@pytest.mark.parametrize("status", [Status.DELIVERED, Status.READ, Status.CANCELLED])
def test_what_arrived_or_was_cancelled_sends_no_copy(status: Status) -> None:
    builders.message(status=status, fallback=builders.sms_instead(), **WAITS)
    with kept.nothing_changes():
        assert fire("fallback") == DONE


def test_delivered_is_not_enough_where_it_should_be_read() -> None:
    waits = WAITS | {"trigger": "unread"}
    builders.message(status=Status.DELIVERED, fallback=builders.sms_instead(), **waits)
    fire("fallback")
    assert len(copies()) == 1


def test_an_outcome_without_evidence_is_settled_as_unknown() -> None:
    builders.message(status=Status.UNKNOWN, attempt=1)
    assert fire("settle", attempt=1) == DONE
    assert (state()["status"], state()["settled"], state()["error"]["code"]) == ("unknown", True, "outcome_unknown")
    assert kept.queued("TransactionalQueue") == []


def test_the_timer_of_an_earlier_attempt_settles_nothing() -> None:
    builders.message(status=Status.UNKNOWN, attempt=2)
    with kept.nothing_changes():
        assert fire("settle", attempt=1) == DONE


def test_a_one_time_code_goes_once_more() -> None:
    builders.message(status=Status.UNKNOWN, attempt=1, lane=Lane.OTP)
    fire("settle", attempt=1)
    assert (state()["status"], len(kept.queued("OtpQueue"))) == ("queued", 1)


def test_but_not_a_third_time() -> None:
    builders.message(status=Status.UNKNOWN, attempt=2, lane=Lane.OTP, resent=True)
    fire("settle", attempt=2)
    assert (state()["status"], state()["settled"], kept.queued("OtpQueue")) == ("unknown", True, [])


def test_a_fault_gives_the_record_back_and_only_that(time: Clock) -> None:
    builders.message(status=Status.SCHEDULED)
    good = {"kind": "send", "organization": ORGANIZATION, "message": MESSAGE, "due": NOW, "send_at": NOW}
    assert invoke("fire_timers", records({"kind": "unheard of", "due": NOW}, good)) == {
        "batchItemFailures": [{"itemIdentifier": "record-0"}]
    }
    assert state()["status"] == "queued"
