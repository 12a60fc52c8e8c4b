"""release_holds: what is over goes on, what is past its time ends, what still stands waits."""

from typing import Any

import pytest
from parley.cloud.clients import client
from parley.settings import settings

from tests.support import builders, kept
from tests.support.builders import MESSAGE
from tests.support.events import call, sample
from tests.support.invoke import invoke
from tests.support.time import Clock


def release(left: int = 60_000) -> Any:
    return invoke("release_holds", sample("release_holds"), left)


@pytest.fixture(autouse=True)
def _held() -> None:
    """A message that an inactive channel holds."""
    builders.story()
    builders.message()
    call("update_channel", {"is_active": False})
    invoke("deliver_messages", sample("deliver_messages"))


def test_what_still_stands_waits() -> None:
    assert release()["holds"] == 1
    assert (call("get_message").body["held"], kept.queued("TransactionalQueue")) == ("channel", [])


def test_what_is_over_goes_on() -> None:
    call("update_channel", {"is_active": True})
    assert release()["released"] == 1
    assert [body["message"] for body in kept.queued("TransactionalQueue")] == [MESSAGE]


def test_a_worker_takes_it_up_again() -> None:
    call("update_channel", {"is_active": True})
    release()
    invoke("deliver_messages", sample("deliver_messages"))
    assert (call("get_message").body["status"], call("get_message").body["held"]) == ("accepted", None)


def test_what_is_past_its_time_ends(time: Clock) -> None:
    time.forward(25 * 3600)
    assert release()["expired"] == 1
    assert call("get_message").body["status"] == "expired"


def test_a_hold_without_messages_is_forgotten(time: Clock) -> None:
    call("cancel_message")
    time.forward(3 * 60)
    release()
    assert kept.items("HOLDS", "runtime") == []


def test_it_stops_when_its_time_is_over() -> None:
    call("update_channel", {"is_active": True})
    with kept.nothing_changes():
        assert release(left=4000)["released"] == 0


def test_one_broken_hold_does_not_stop_the_others() -> None:
    call("update_channel", {"is_active": True})
    broken = {"pk": {"S": "HOLDS"}, "sk": {"S": "A"}, "marked_at": {"N": "1"}}
    client("dynamodb").put_item(TableName=settings().runtime_table, Item=broken)
    assert release()["released"] == 1
