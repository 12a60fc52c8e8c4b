"""create_suppression: a person is not written to any more, on a channel or anywhere."""

import pytest
from parley.store import people

from tests.support import builders, kept
from tests.support.builders import CHAT, ORGANIZATION, PERSON, SMS, TELEGRAM, WHATSAPP
from tests.support.events import LEFT_OUT, Json, call, refused
from tests.support.time import NOW, Clock

ON_THE_BOT: Json = {"channel_id": TELEGRAM, "to": CHAT}
EVERYWHERE: Json = {"channel_id": LEFT_OUT}
UNTIED: Json = dict.fromkeys(("template", "language", "variables", "fallback"), LEFT_OUT)
BY_SMS: Json = UNTIED | {"type": "text", "text": "Hi", "channel_id": SMS}
BY_WHATSAPP: Json = UNTIED | {"type": "text", "text": "Hi"}


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
            "expires_at": None,
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


def test_an_operators_word_stands_beside_the_platforms(time: Clock) -> None:
    """One of them may end before the other."""
    builders.suppressed("person_gone")
    time.forward(60)
    body = call("create_suppression").body
    assert (body["reason"], body["created_at"]) == ("asked_us", time.text())
    before, own = call("list_suppressions").body["items"]
    assert (before["reason"], own) == ("person_gone", body)


def test_an_operators_word_is_the_reason_that_is_told() -> None:
    call("create_suppression")
    builders.suppressed("person_gone")
    assert "(asked_us)" in call("send_message").body["errors"][0]["reason"]


def test_without_a_channel_they_are_not_written_to_on_any(time: Clock) -> None:
    answer = call("create_suppression", EVERYWHERE)
    to = {"type": "phone", "value": "+34600111222"}
    known = {"channel_id": None, "to": to, "reason": "asked_us", "scope": "all"}
    assert (answer.status, answer.body) == (201, known | {"created_at": time.text(), "expires_at": None})
    for change in ({}, BY_SMS, BY_SMS | {"category": "AUTHENTICATION"}):
        with kept.nothing_changes():
            assert refused(call("send_message", change)) == (422, "person_suppressed", ["to"])
            assert refused(call("send_message", change | {"dry_run": True}))[1] == "person_suppressed"
    assert call("send_message", {"to": "+34600111333"}).status == 202


def test_a_bots_chat_may_be_named_everywhere() -> None:
    for to in ({"type": "chat", "value": CHAT}, f"chat:{CHAT}"):
        assert call("create_suppression", EVERYWHERE | {"to": to}).body["to"] == {"type": "chat", "value": CHAT}
    told = {"channel_id": TELEGRAM, "to": CHAT} | BY_SMS | {"channel_id": TELEGRAM}
    assert refused(call("send_message", told))[1] == "person_suppressed"


def test_everywhere_a_plain_text_is_a_phone_number() -> None:
    assert call("create_suppression", EVERYWHERE | {"to": "34 600 111222"}).body["to"]["type"] == "phone"
    assert refused(call("create_suppression", EVERYWHERE | {"to": CHAT}))[1] == "invalid_number"


@pytest.mark.parametrize("where", [{}, {"channel_id": LEFT_OUT}])
def test_marketing_alone_may_be_stopped(where: Json) -> None:
    assert call("create_suppression", where | {"scope": "marketing"}).body["scope"] == "marketing"
    marketing = BY_WHATSAPP | {"category": "MARKETING"}
    with kept.nothing_changes():
        assert refused(call("send_message", marketing)) == (422, "opted_out", ["to"])
    assert call("send_message").status == 202
    assert [each["scope"] for each in call("list_suppressions", query={"channel_id": None}).body["items"]] == [
        "marketing"
    ]


@pytest.mark.parametrize("channel", [WHATSAPP, None])
def test_a_word_may_have_an_end(channel: str | None, time: Clock) -> None:
    where = {"channel_id": channel or LEFT_OUT}
    made = call("create_suppression", where | {"expires_at": "2026-03-01T11:30:00+01:00"}).body
    assert made["expires_at"] == "2026-03-01T10:30:00.000Z"
    assert call("list_suppressions", query={"channel_id": None}).body["items"] == [made]
    assert refused(call("send_message"))[1] == "person_suppressed"
    assert refused(call("send_message", {"send_at": "2026-03-01T10:29:59Z"}))[1] == "person_suppressed"
    after = {"send_at": "2026-03-01T10:30:00Z"}
    assert call("send_message", after, headers={"idempotency-key": "later"}).status == 202
    time.forward(3600)
    assert call("list_suppressions", query={"channel_id": None}).body["items"] == []
    assert refused(call("delete_suppression", query={"channel_id": channel}))[0] == 404
    assert call("send_message").status == 202


def test_a_later_word_has_its_own_end(time: Clock) -> None:
    call("create_suppression", {"expires_at": time.text(60)})
    assert call("create_suppression").body["expires_at"] is None
    time.forward(61)
    assert refused(call("send_message"))[1] == "person_suppressed"


def test_what_a_platform_said_outlives_an_operators_word(time: Clock) -> None:
    call("create_suppression", {"expires_at": time.text(60)})
    builders.suppressed("person_gone")
    time.forward(61)
    assert [each["reason"] for each in call("list_suppressions").body["items"]] == ["person_gone"]
    assert refused(call("send_message"))[1] == "person_suppressed"


def test_it_holds_for_their_other_number_too() -> None:
    """Somebody in Brazil or Mexico: the platform has another number for them than the one that is dialled."""
    theirs = "+34600111999"
    people.know_as(ORGANIZATION, WHATSAPP, f"phone:{PERSON}", f"phone:{theirs}")
    call("create_suppression", EVERYWHERE)
    for to in (PERSON, theirs):
        assert refused(call("send_message", {"to": to}))[1] == "person_suppressed"
        assert refused(call("send_message", BY_SMS | {"to": to}))[1] == "person_suppressed"


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
        ({"scope": "utility"}, 422, "unknown_value"),
        ({"expires_at": "2026-03-01T09:30:00Z"}, 422, "in_the_past"),
        ({"expires_at": "2026-04-01T09:30:00"}, 422, None),
        ({"expires_at": "tomorrow"}, 422, None),
        (EVERYWHERE | {"to": {"type": "chat", "value": "x"}}, 422, "invalid_address"),
        (EVERYWHERE | {"to": {"type": "email", "value": "a@b.c"}}, 422, "address_kind"),
        (EVERYWHERE | {"to": "@my_channel"}, 422, "invalid_number"),
        (EVERYWHERE | {"to": "chat:"}, 422, "invalid_number"),
        ({"channel_id": ""}, 422, None),
    ],
)
def test_bad_fields(change: Json, status: int, code: str | None) -> None:
    with kept.nothing_changes():
        found = refused(call("create_suppression", change))
    assert found[0] == status
    assert code in (None, found[1])
