"""delete_message: taken back from the person's chat; our record stays."""

import json

import pytest
from parley.model.status import Status

from tests.support import builders, kept
from tests.support.builders import TELEGRAM
from tests.support.events import Json, call, refused
from tests.support.time import Clock
from tests.support.wire import Wire, telegram_refusal


@pytest.fixture(autouse=True)
def _cast() -> None:
    builders.story()
    builders.telegram()


def test_the_platform_takes_it_back_and_the_record_says_when(wire: Wire, time: Clock) -> None:
    builders.by_bot()
    answer = call("delete_message")
    assert answer.status == 200
    assert (answer.body["deleted_at"], answer.body["status"]) == (time.text(), "sent")
    assert answer.body["text"] == "Your order A-19 is ready."
    assert wire.calls == ["POST deleteMessage"]
    assert json.loads(wire.requests[0].content) == {"chat_id": "4211", "message_id": 77}
    assert call("get_message").body["deleted_at"] == time.text()


def test_a_second_time_there_is_nothing_to_take_back(wire: Wire) -> None:
    builders.by_bot()
    call("delete_message")
    with kept.nothing_changes():
        assert refused(call("delete_message"))[:2] == (409, "not_sent")
    assert len(wire.requests) == 1


def test_one_that_is_gone_already_is_taken_back(wire: Wire) -> None:
    builders.by_bot()
    wire.answers["POST deleteMessage"] = telegram_refusal(400, "Bad Request: message to delete not found")
    assert call("delete_message").status == 200


def test_every_message_of_an_album(wire: Wire) -> None:
    builders.by_bot(provider_id="4211/77,78")
    call("delete_message")
    assert [json.loads(each.content)["message_id"] for each in wire.requests] == [77, 78]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"status": Status.QUEUED, "provider_id": None}, "not_sent"),
        ({"direction": "in", "status": Status.RECEIVED}, "not_sent"),
        ({"sender": "7000000009"}, "sender_gone"),
    ],
)
def test_what_cannot_be_taken_back(wire: Wire, changes: Json, code: str) -> None:
    builders.by_bot(**changes)
    with kept.nothing_changes():
        assert refused(call("delete_message"))[:2] == (409, code)
    assert wire.requests == []


def test_a_channel_that_takes_nothing_back(wire: Wire) -> None:
    builders.message(status=Status.SENT, provider_id="wamid.1")
    with kept.nothing_changes():
        assert refused(call("delete_message"))[:2] == (409, "not_deletable")
    assert wire.requests == []


def test_one_that_is_too_old_stays(wire: Wire) -> None:
    builders.by_bot()
    wire.answers["POST deleteMessage"] = telegram_refusal(400, "Bad Request: message can't be deleted for everyone")
    with kept.nothing_changes():
        assert refused(call("delete_message"))[:2] == (409, "too_late")
    assert call("get_message").body["deleted_at"] is None


def test_of_an_unbound_channel_nothing_is_taken_back() -> None:
    builders.by_bot()
    call("unbind_channel", path={"channel_id": TELEGRAM})
    assert refused(call("delete_message"))[:2] == (409, "channel_unbound")
