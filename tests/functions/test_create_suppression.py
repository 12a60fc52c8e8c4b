"""create_suppression: a person is not written to on this channel any more."""

import pytest

from tests.support import builders, kept
from tests.support.builders import CHAT, SMS, TELEGRAM, WHATSAPP
from tests.support.events import LEFT_OUT, Json, call, refused
from tests.support.time import NOW, Clock

ON_THE_BOT = {"channel_id": TELEGRAM, "to": CHAT}


@pytest.fixture(autouse=True)
def _cast() -> None:
    builders.story()
    builders.telegram()


def test_who_is_on_the_list_is_not_written_to(time: Clock) -> None:
    answer = call("create_suppression")
    assert (answer.status, answer.body) == (
        201,
        {
            "channel_id": WHATSAPP,
            "to": {"type": "phone", "value": "+34600111222"},
            "reason": "asked_us",
            "scope": "all",
            "created_at": time.text(),
        },
    )
    with kept.nothing_changes():
        assert refused(call("send_message")) == (422, "person_suppressed", ["to"])
        assert refused(call("send_message", {"dry_run": True}))[1] == "person_suppressed"


def test_other_people_and_other_channels_are() -> None:
    call("create_suppression")
    assert call("send_message", {"to": "+34600111333"}).status == 202
    by_sms = {"type": "text", "text": "Hi", "channel_id": SMS, "fallback": LEFT_OUT}
    untied = dict.fromkeys(("template", "language", "variables"), LEFT_OUT)
    assert call("send_message", by_sms | untied, headers={"idempotency-key": "other"}).status == 202


def test_the_address_is_read_as_in_a_send() -> None:
    assert call("create_suppression", {"to": "34 600 111222"}).body["to"]["value"] == "+34600111222"
    assert call("create_suppression", ON_THE_BOT).body["to"] == {"type": "chat", "value": CHAT}
    assert call("create_suppression", ON_THE_BOT | {"to": "chat:-77"}).body["to"] == {"type": "chat", "value": "-77"}
    assert call("create_suppression", ON_THE_BOT | {"to": "@my_channel"}).body["to"]["type"] == "username"


def test_an_operators_word_takes_the_place_of_the_platforms(time: Clock) -> None:
    builders.suppressed("person_gone")
    time.forward(60)
    body = call("create_suppression").body
    assert (body["reason"], body["created_at"]) == ("asked_us", time.text())
    assert call("list_suppressions").body["items"] == [body]


def test_a_platforms_word_does_not_take_the_place_of_an_operators() -> None:
    body = call("create_suppression").body
    builders.suppressed("person_gone")
    assert call("list_suppressions").body["items"] == [body]


def test_an_operators_word_counts_even_after_a_message_of_the_person(time: Clock) -> None:
    builders.wrote(NOW)
    time.forward(-60)
    assert call("create_suppression").body["reason"] == "asked_us"
    assert refused(call("send_message"))[1] == "person_suppressed"


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"to": "12"}, 422, "invalid_number"),
        ({"to": LEFT_OUT}, 422, "field_missing"),
        ({"to": {"type": "email", "value": "a@b.c"}}, 422, "address_kind"),
        ({"channel_id": builders.KEY}, 404, "not_found"),
        ({"reason": "Asked us!"}, 422, "string_pattern_mismatch"),
        ({"reason": ""}, 422, "string_pattern_mismatch"),
        (ON_THE_BOT | {"to": "0"}, 422, "invalid_address"),
        (ON_THE_BOT | {"to": "chat:" + "9" * 300}, 422, None),
    ],
)
def test_bad_fields(change: Json, status: int, code: str | None) -> None:
    with kept.nothing_changes():
        found = refused(call("create_suppression", change))
    assert found[0] == status
    assert code in (None, found[1])
