"""send_message: everything that is refused, with its code and its field, and nothing kept of it."""

import pytest
from parley.model.channel import Life
from parley.model.template import TemplateStatus
from parley.model.times import DAY

from tests.support import builders, kept
from tests.support.bodies import BY_SMS, TEXT, policy
from tests.support.builders import MESSAGE, SMS, WHATSAPP
from tests.support.events import LEFT_OUT, Json, call, refused
from tests.support.time import NOW

OTHER = "0de4814e-9894-4ea5-be8c-3d96d03edfb5"
WITH_MEDIA = TEXT | {"type": "image", "text": LEFT_OUT}
IMAGE = {"link": "https://shop.example.com/a.png"}


@pytest.fixture(autouse=True)
def _cast() -> None:
    builders.story()
    builders.template(OTHER, name="of_another_channel", channel_id=SMS, provider_id=None)
    for status in TemplateStatus:
        builders.template(f"{status}-id", name=str(status), status=status, provider_id=None)


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"to": "12"}, "invalid_number", "to"),
        ({"to": "600111222x"}, "invalid_number", "to"),
        ({"to": "+34600111222;ext=5"}, "invalid_number", "to"),
        ({"to": ""}, "invalid_number", "to"),
        ({"to": "+3460011122200000"}, "invalid_number", "to"),
        ({"to": {"type": "phone", "value": "hello"}}, "invalid_number", "to"),
        ({"to": {"type": "email", "value": "ana@example.com"}}, "address_kind", "to"),
        ({"to": LEFT_OUT}, "field_missing", "to"),
        ({"from": "+34600000009"}, "unknown_sender", "from"),
        ({"channel_id": MESSAGE}, "unknown_channel", "channel_id"),
        ({"channel_id": "a b"}, "string_pattern_mismatch", "channel_id"),
        ({"type": "hologram"}, "unknown_value", "type"),
        ({"type": LEFT_OUT}, "field_missing", "type"),
        ({"category": "SPAM"}, "unknown_value", "category"),
        ({"reference": ""}, "string_too_short", "reference"),
        ({"reference": "x" * 257}, "string_too_long", "reference"),
        ({"ttl": 29}, "greater_than_equal", "ttl"),
        ({"ttl": 2_592_001}, "less_than_equal", "ttl"),
        ({"colour": "red"}, "unknown_field", "colour"),
    ],
)
def test_bad_fields(change: Json, code: str, field: str) -> None:
    with kept.nothing_changes():
        assert refused(call("send_message", change)) == (422, code, [field])


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"variables": {"name": "Ana"}}, "variable_missing", "variables.order"),
        ({"variables": {"name": "Ana", "order": ""}}, "variable_missing", "variables.order"),
        ({"variables": {"name": "Ana", "order": "1", "tip": "2"}}, "variable_unknown", "variables.tip"),
        ({"variables": {"name": "Ana", "order": 19}}, "string_type", "variables.order"),
        ({"template": "unheard_of"}, "unknown_template", "template"),
        ({"template": "of_another_channel"}, "unknown_template", "template"),
        ({"template": OTHER}, "unknown_template", "template"),
        ({"template": "x" * 5000}, "string_too_long", "template"),
        ({"language": "x" * 5000}, "string_too_long", "language"),
        ({"language": "es"}, "unknown_template", "template"),
        ({"language": LEFT_OUT}, "field_missing", "language"),
        ({"template": LEFT_OUT}, "field_missing", "template"),
        ({"variables": {"name": "x" * 4096, "order": "1"}}, "text_too_long", "template"),
        *[
            ({"template": str(status)}, "template_not_approved", "template")
            for status in TemplateStatus
            if status is not TemplateStatus.APPROVED
        ],
    ],
)
def test_bad_templates(change: Json, code: str, field: str) -> None:
    with kept.nothing_changes():
        assert refused(call("send_message", change)) == (422, code, [field])


def test_every_wrong_variable_is_named() -> None:
    answer = call("send_message", {"variables": {"nome": "Ana"}})
    assert refused(answer)[2] == ["variables.order", "variables.name", "variables.nome"]


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        (TEXT | {"text": LEFT_OUT}, "field_missing", "text"),
        (TEXT | {"text": ""}, "string_too_short", "text"),
        (TEXT | {"text": "x" * 4097}, "text_too_long", "text"),
        (TEXT | {"text": "😀" * 2049}, "text_too_long", "text"),
        (TEXT | {"text": "<b>x</b>", "format": "html"}, "format_not_supported", "format"),
        (TEXT | {"buttons": [[{"text": "Yes", "payload": "y"}]]}, "buttons_not_supported", "buttons"),
        (TEXT | {"keyboard": {"ask": True}}, "keyboard_not_supported", "keyboard"),
        (WITH_MEDIA | {"media": {}}, "value_error", "media"),
        (WITH_MEDIA | {"media": IMAGE | {"provider_id": "1"}}, "value_error", "media"),
        (WITH_MEDIA | {"media": {"upload": OTHER}}, "unknown_upload", "media.upload"),
        (WITH_MEDIA | {"media": IMAGE | {"caption": "x" * 1025}}, "caption_too_long", "media.caption"),
        (TEXT | {"media": IMAGE}, "field_not_expected", "media"),
        (TEXT | {"template": "order_ready"}, "field_not_expected", "template"),
        (TEXT | {"variables": {"name": "Ana"}}, "field_not_expected", "variables"),
        (WITH_MEDIA, "field_missing", "media"),
        (WITH_MEDIA | {"media": IMAGE, "text": "Look"}, "field_not_expected", "text"),
        (WITH_MEDIA | {"media": {"link": "http://shop.example.com/a.png"}}, "string_pattern_mismatch", "media.link"),
        (WITH_MEDIA | {"type": "audio", "media": IMAGE | {"caption": "x"}}, "caption_not_supported", "media.caption"),
        (BY_SMS | {"type": "image", "text": LEFT_OUT, "media": IMAGE}, "kind_not_supported", "type"),
        (BY_SMS | {"text": "x" * 1601}, "text_too_long", "text"),
        (BY_SMS | {"to": {"type": "bsuid", "value": "ES.1"}}, "address_kind", "to"),
    ],
)
def test_bad_content(change: Json, code: str, field: str) -> None:
    builders.wrote(NOW)
    with kept.nothing_changes():
        assert refused(call("send_message", change)) == (422, code, [field])


@pytest.mark.parametrize("ago", [None, DAY, 2 * DAY])
def test_a_closed_window(ago: int | None) -> None:
    if ago is not None:
        builders.wrote(NOW - ago)
    with kept.nothing_changes():
        assert refused(call("send_message", TEXT)) == (422, "window_closed", ["to"])


def test_a_window_that_will_be_closed_by_then() -> None:
    builders.wrote(NOW)
    with kept.nothing_changes():
        answer = call("send_message", TEXT | {"send_at": "2026-03-02T09:30:00Z"})
        assert refused(answer) == (422, "window_closed", ["to"])


def test_sms_knows_no_window() -> None:
    assert call("send_message", BY_SMS).status == 202


@pytest.mark.parametrize(
    ("fallback", "code", "field"),
    [
        (policy("undelivered", channel_id=MESSAGE), "unknown_channel", "fallback.channel_id"),
        (policy("undelivered", channel_id=WHATSAPP), "same_channel", "fallback.channel_id"),
        (policy("unread"), "field_missing", "fallback.wait"),
        (policy("unread", wait=9), "greater_than_equal", "fallback.wait"),
        (policy("unread", wait=259_201), "less_than_equal", "fallback.wait"),
        (policy("someday"), "unknown_value", "fallback.trigger"),
        (policy("undelivered", text=None), "field_missing", "fallback.text"),
        (policy("undelivered", template="order_ready", language="en"), "field_missing", "fallback.text"),
        (policy("undelivered", text="x" * 1601), "string_too_long", "fallback.text"),
        (policy("undelivered", text=None, template="none", language="en"), "unknown_template", "fallback.template"),
        (policy("undelivered", to="12"), "invalid_number", "fallback.to"),
        (policy("undelivered", colour="red"), "unknown_field", "fallback.colour"),
    ],
)
def test_bad_fallbacks(fallback: Json, code: str, field: str) -> None:
    with kept.nothing_changes():
        status, first, fields = refused(call("send_message", {"fallback": fallback}))
        assert (status, first, fields[0]) == (422, code, field)


def test_a_fallback_to_a_person_without_that_kind_of_address() -> None:
    to = {"type": "bsuid", "value": "ES.13491208655302741918"}
    with kept.nothing_changes():
        answer = call("send_message", {"to": to, "fallback": policy("undelivered")})
        assert refused(answer) == (422, "address_missing", ["fallback.to"])


def test_a_trigger_without_a_receipt() -> None:
    with kept.nothing_changes():
        answer = call("send_message", BY_SMS | {"fallback": policy("unread", channel_id=WHATSAPP, wait=60)})
        assert (
            refused(answer)[1:] == ("no_such_receipt", ["fallback.trigger", "fallback.text"])
            or refused(answer)[2][0] == "fallback.trigger"
        )


def test_sms_that_was_not_activated() -> None:
    builders.channel(OTHER, name="second", service={})
    builders.sms(MESSAGE)
    call("update_service_settings", {"activate_sms": False})
    with kept.nothing_changes():
        assert refused(call("send_message")) == (422, "sms_not_activated", ["fallback.channel_id"])


def test_a_fallback_channel_that_cannot_send() -> None:
    call("update_channel", {"is_active": False}, path={"channel_id": SMS})
    with kept.nothing_changes():
        assert refused(call("send_message")) == (422, "channel_cannot_send", ["fallback.channel_id"])


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({}, 409, "channel_unbound"),
        ({"type": "TELEGRAM"}, 409, "channel_unbound"),
        ({"life": Life.DELETING}, 422, "unknown_channel"),
        ({"life": Life.DELETED}, 422, "unknown_channel"),
    ],
)
def test_a_channel_that_cannot_send(changes: Json, status: int, code: str) -> None:
    builders.channel(OTHER, **changes)
    with kept.nothing_changes():
        assert refused(call("send_message", {"channel_id": OTHER}))[:2] == (status, code)


def test_an_inactive_channel() -> None:
    call("update_channel", {"is_active": False})
    with kept.nothing_changes():
        assert refused(call("send_message"))[:2] == (409, "channel_inactive")


def test_all_that_is_wrong_is_told_at_once() -> None:
    body = {"to": "12", "template": "unheard_of", "send_at": "2020-01-01T00:00:00Z", "from": "+1"}
    answer = call("send_message", body | {"fallback": policy("unread", channel_id=MESSAGE)})
    assert sorted(refused(answer)[2]) == ["fallback.channel_id", "from", "send_at", "template", "to"]
