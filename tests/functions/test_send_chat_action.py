"""send_chat_action: one call, nothing kept."""

import json

import pytest
from parley.store import people

from tests.support import builders, kept
from tests.support.builders import BOT_TOKEN, CHAT, ORGANIZATION, TELEGRAM
from tests.support.events import Json, call, refused
from tests.support.wire import Wire, telegram_refusal


@pytest.fixture(autouse=True)
def _cast() -> None:
    builders.organization()
    builders.telegram()


def test_the_person_sees_that_somebody_types(wire: Wire) -> None:
    with kept.nothing_changes():
        assert call("send_chat_action").status == 204
    assert wire.calls == ["POST sendChatAction"]
    assert json.loads(wire.requests[0].content) == {"chat_id": CHAT, "action": "typing"}


def test_it_goes_where_the_chat_is_now(wire: Wire) -> None:
    old, new = (builders.address(value) for value in ("-77", "-100123"))
    people.move(ORGANIZATION, TELEGRAM, old, new)
    assert call("send_chat_action", {"to": "-77"}).status == 204
    assert json.loads(wire.requests[0].content)["chat_id"] == "-100123"


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"action": "dance"}, "unknown_action", "action"),
        ({"action": "x" * 33}, "string_too_long", "action"),
        ({"to": "0"}, "invalid_address", "to"),
        ({"to": {"type": "phone", "value": "+34600111222"}}, "address_kind", "to"),
    ],
)
def test_bad_actions(wire: Wire, change: Json, code: str, field: str) -> None:
    with kept.nothing_changes():
        assert refused(call("send_chat_action", change)) == (422, code, [field])
    assert wire.requests == []


def test_a_channel_without_actions_knows_none(wire: Wire) -> None:
    builders.sms()
    answer = call("send_chat_action", {"to": builders.PERSON}, path={"channel_id": builders.SMS})
    assert refused(answer) == (422, "unknown_action", ["action"])


@pytest.mark.parametrize("change", [{"is_active": False}])
def test_a_channel_that_cannot_send(wire: Wire, change: Json) -> None:
    call("update_channel", change, path={"channel_id": TELEGRAM})
    assert refused(call("send_chat_action"))[:2] == (409, "channel_inactive")
    assert wire.requests == []


@pytest.mark.parametrize(
    ("code", "words", "ours"),
    [
        (400, "Bad Request: chat not found", "unknown_chat"),
        (429, "Too Many Requests", "throttled"),
        (403, "Forbidden: bot was blocked by the user", "person_blocked"),
        (401, "Unauthorized", "channel_disconnected"),
    ],
)
def test_the_platforms_refusal_is_told_without_the_token(wire: Wire, code: int, words: str, ours: str) -> None:
    wire.answers["POST sendChatAction"] = telegram_refusal(code, words)
    answer = call("send_chat_action")
    assert refused(answer)[1] == ours
    assert BOT_TOKEN not in json.dumps(answer.body)
