"""edit_message: another text in a sent message, once its channel said yes."""

import json
from typing import Any

import pytest
from parley.model.content import Content, Kind, Media
from parley.model.status import Status
from parley.store import people

from tests.support import builders, kept
from tests.support.builders import BOT_TOKEN, MESSAGE, ORGANIZATION, TELEGRAM
from tests.support.events import LEFT_OUT, Json, call, refused
from tests.support.time import Clock
from tests.support.wire import Wire, telegram_refusal


@pytest.fixture(autouse=True)
def _cast() -> None:
    builders.story()
    builders.telegram()


def picture(**fields: Any) -> Content:
    return Content(type=Kind.IMAGE, media=Media.model_validate({"link": "https://a.test/f.jpg", **fields}))


def test_the_platform_is_asked_and_the_new_text_is_kept(wire: Wire, time: Clock) -> None:
    builders.by_bot()
    answer = call("edit_message")
    assert answer.status == 200
    assert (answer.body["text"], answer.body["format"]) == ("Your table is ready <b>now</b>.", "html")
    assert (answer.body["status"], answer.body["edited_at"]) == ("sent", time.text())
    assert wire.calls == ["POST editMessageText"]
    wanted = {"chat_id": "4211", "message_id": 77, "text": "Your table is ready <b>now</b>.", "parse_mode": "HTML"}
    assert json.loads(wire.requests[0].content) == wanted
    assert call("get_message").body == answer.body


def test_a_repeat_ends_the_same(wire: Wire) -> None:
    builders.by_bot()
    first = call("edit_message")
    wire.answers["POST editMessageText"] = telegram_refusal(400, "Bad Request: message is not modified: ...")
    assert call("edit_message") == first


def test_a_caption_is_edited_as_one(wire: Wire) -> None:
    builders.by_bot(content=picture(caption="Old"))
    answer = call("edit_message", {"text": LEFT_OUT, "caption": "New", "format": "plain"})
    assert (answer.status, answer.body["media"]["caption"]) == (200, "New")
    assert wire.calls == ["POST editMessageCaption"]


def test_without_buttons_there_are_none_then(wire: Wire) -> None:
    rows = [[{"text": "Yes", "payload": "y"}]]
    builders.by_bot(content=Content.model_validate({"type": "text", "text": "Old", "buttons": rows}))
    assert call("edit_message").body["buttons"] is None
    assert call("edit_message", {"buttons": rows}).body["buttons"][0][0]["text"] == "Yes"
    last = json.loads(wire.requests[-1].content)
    assert last["reply_markup"] == {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}


def test_a_template_that_was_sent_is_a_text_from_then_on() -> None:
    sent = Content(type=Kind.TEMPLATE, template=builders.TEMPLATE, language="en", variables={"name": "Ana"})
    builders.by_bot(content=sent, template=builders.TEMPLATE)
    body = call("edit_message").body
    assert (body["text"], body["language"], body["variables"]) == ("Your table is ready <b>now</b>.", None, {})
    assert call("edit_message", {"text": "Closed", "format": "plain"}).body["text"] == "Closed"


def test_it_is_edited_where_it_was_sent(wire: Wire) -> None:
    builders.by_bot(to="chat:-77", provider_id="-77/5")
    people.move(ORGANIZATION, TELEGRAM, builders.address("-77"), builders.address("-100123"))
    call("edit_message")
    assert json.loads(wire.requests[0].content)["chat_id"] == "-77"


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"text": ""}, "string_too_short", "text"),
        ({"text": LEFT_OUT}, "value_error", None),
        ({"caption": "x"}, "value_error", None),
        ({"text": "x" * 4097}, "string_too_long", "text"),
        ({"text": "😀" * 2049}, "text_too_long", "text"),
        ({"text": "<b>not ended"}, "broken_formatting", "text"),
        ({"text": "<script>x</script>"}, "broken_formatting", "text"),
        ({"text": LEFT_OUT, "caption": "x"}, "field_not_expected", "caption"),
        ({"buttons": [[{"text": "x", "payload": "ж" * 33}]]}, "payload_too_long", "buttons.0.0.payload"),
        ({"buttons": [[{"text": "x"}]]}, "value_error", "buttons.0.0"),
    ],
)
def test_bad_edits(wire: Wire, change: Json, code: str, field: str | None) -> None:
    builders.by_bot()
    with kept.nothing_changes():
        status, found, fields = refused(call("edit_message", change))
    assert (status, found) == (422, code)
    assert field is None or fields == [field]
    assert wire.requests == []


def test_a_caption_that_is_too_long_is_named_as_the_caption(wire: Wire) -> None:
    builders.by_bot(content=picture())
    answer = call("edit_message", {"text": LEFT_OUT, "caption": "x" * 1025, "format": "plain"})
    assert refused(answer) == (422, "caption_too_long", ["caption"])
    assert wire.requests == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"status": Status.QUEUED, "provider_id": None}, "not_sent"),
        ({"status": Status.FAILED, "provider_id": None}, "not_sent"),
        ({"direction": "in", "status": Status.RECEIVED}, "not_sent"),
        ({"deleted_at": 1}, "not_sent"),
        ({"sender": "7000000009"}, "sender_gone"),
        ({"content": Content.model_validate({"type": "location", "location": {"latitude": 1, "longitude": 2}})}, None),
    ],
)
def test_what_cannot_be_edited(wire: Wire, changes: Json, code: str | None) -> None:
    builders.by_bot(**changes)
    with kept.nothing_changes():
        status, found, _ = refused(call("edit_message"))
    assert (status, found) == ((409, code) if code else (422, "field_not_expected"))
    assert wire.requests == []


def test_a_channel_that_cannot_edit(wire: Wire) -> None:
    builders.message(status=Status.SENT, provider_id="wamid.1")
    with kept.nothing_changes():
        assert refused(call("edit_message"))[:2] == (409, "not_editable")
    assert wire.requests == []


@pytest.mark.parametrize(
    ("code", "words", "status", "ours"),
    [
        (400, "Bad Request: message can't be edited", 409, "too_late"),
        (400, "Bad Request: message to edit not found", 409, "message_gone"),
        (403, "Forbidden: bot was blocked by the user", 409, "person_blocked"),
        (401, "Unauthorized", 409, "channel_disconnected"),
        (500, "Internal Server Error", 502, "outcome_unknown"),
    ],
)
def test_behind_a_refusal_nothing_is_half_done(wire: Wire, code: int, words: str, status: int, ours: str) -> None:
    builders.by_bot()
    wire.answers["POST editMessageText"] = telegram_refusal(code, words)
    with kept.nothing_changes():
        answer = call("edit_message")
    assert refused(answer)[:2] == (status, ours)
    assert BOT_TOKEN not in json.dumps(answer.body)


def test_a_bot_that_is_asked_to_rest_says_for_how_long_and_rests(wire: Wire, time: Clock) -> None:
    builders.by_bot()
    before = kept.items()
    wire.answers["POST editMessageText"] = telegram_refusal(429, "Too Many Requests: retry after 17", retry_after=17)
    answer = call("edit_message")
    assert refused(answer)[:2] == (429, "throttled")
    assert answer.headers["retry-after"] == "17"
    assert kept.items() == before
    [slot] = kept.items("RATE", "runtime")
    assert slot["tat"] == time() + 17_000


def test_an_inactive_channel_edits_nothing(wire: Wire) -> None:
    builders.by_bot()
    call("update_channel", {"is_active": False}, path={"channel_id": TELEGRAM})
    assert refused(call("edit_message"))[:2] == (409, "channel_inactive")
    assert (wire.requests, MESSAGE in str(kept.states())) == ([], True)
