"""reconcile_messages: whatever a crash left behind is put on its way again, or ended."""

from typing import Any

import pytest
from parley.model.status import Status
from parley.model.times import DAY, HOUR

from tests.support import builders, kept
from tests.support.builders import MESSAGE
from tests.support.events import sample
from tests.support.invoke import invoke
from tests.support.time import NOW

OLD = {"created_at": NOW - 2 * HOUR, "times": {"queued": NOW - 2 * HOUR}}


def reconcile(left: int = 900_000) -> Any:
    return invoke("reconcile_messages", sample("reconcile_messages"), left)


@pytest.fixture(autouse=True)
def _cast() -> None:
    builders.story()


def test_a_message_that_fell_off_its_queue_is_queued_again() -> None:
    builders.message(**OLD)
    assert reconcile() == {"looked_at": 1, "mended": 1}
    assert [body["message"] for body in kept.queued("TransactionalQueue")] == [MESSAGE]


def test_a_fresh_one_is_left_to_its_queue() -> None:
    builders.message()
    reconcile()
    assert kept.queued("TransactionalQueue") == []


@pytest.mark.parametrize(
    ("status", "changes", "after"),
    [
        (Status.QUEUED, {"expires_at": NOW}, "expired"),
        (Status.SENDING, {"lease_until": NOW - 1, "attempt": 1}, "unknown"),
        (Status.UNKNOWN, {"attempt": 1}, "unknown"),
        (Status.READ, {}, "read"),
    ],
)
def test_each_state_gets_what_it_needs(status: Status, changes: dict[str, Any], after: str) -> None:
    builders.message(status=status, **(OLD | changes))
    reconcile()
    assert kept.states()[0]["status"] == after
    assert status is not Status.UNKNOWN or kept.states()[0]["settled"]


def test_a_schedule_that_never_fired_fires() -> None:
    builders.message(status=Status.SCHEDULED, send_at=NOW - 1, created_at=NOW - 30 * DAY)
    reconcile()
    assert [timer["kind"] for timer in kept.queued("TimersQueue")] == ["send"]


def test_an_end_without_its_fallback_gets_it() -> None:
    builders.message(status=Status.FAILED, trigger="undelivered", fallback=builders.sms_instead(), **OLD)
    reconcile()
    assert [state["channel"] for state in kept.states() if state.get("copy_of")] == [builders.SMS]


def test_it_stops_when_its_time_is_over() -> None:
    builders.message(**OLD)
    assert reconcile(left=10_000) == {"looked_at": 0, "mended": 0}
    assert kept.queued("TransactionalQueue") == []
