"""cancel_message: until the claim, and not a moment longer."""

import pytest
from parley.model.status import Status

from tests.support import builders, kept
from tests.support.events import call, refused


@pytest.mark.parametrize("status", [Status.SCHEDULED, Status.QUEUED])
def test_what_was_not_sent_is_cancelled(status: Status) -> None:
    builders.message(status=status)
    answer = call("cancel_message")
    assert (answer.status, answer.body["status"]) == (200, "cancelled")
    (state,) = kept.states()
    assert (state["status"], state["rank"]) == ("cancelled", 40)
    assert "held_by" not in state


def test_a_repeat_changes_nothing() -> None:
    builders.message()
    first = call("cancel_message")
    with kept.nothing_changes():
        assert call("cancel_message") == first


@pytest.mark.parametrize(
    "status", [each for each in Status if each not in (Status.SCHEDULED, Status.QUEUED, Status.CANCELLED)]
)
def test_what_is_on_its_way_is_not(status: Status) -> None:
    builders.message(status=status)
    with kept.nothing_changes():
        assert refused(call("cancel_message"))[:2] == (409, "not_cancellable")
