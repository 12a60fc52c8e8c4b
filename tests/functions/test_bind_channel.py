"""bind_channel: the credential is verified, sealed and never shown; the sender belongs to one channel."""

import json
from typing import Any

import httpx
import pytest

from tests.support import builders, kept
from tests.support.builders import GATEWAY, ORGANIZATION, PHONE, PHONE_ID, SMS, STRANGER, TOKEN, WHATSAPP
from tests.support.events import Json, call, refused
from tests.support.wire import PHONE as NUMBER
from tests.support.wire import Wire, refusal

BY_GATEWAY: Json = {"settings": {"gateway": "HTTP", **GATEWAY}, "credentials": {"token": "gateway-token"}}


@pytest.fixture(autouse=True)
def _unbound() -> None:
    builders.organization()
    builders.channel()


def test_verifies_claims_and_subscribes(wire: Wire) -> None:
    answer = call("bind_channel")
    assert (answer.status, answer.body["connection"]) == (200, "connected")
    binding = answer.body["binding"]
    assert (binding["sender"], binding["sender_id"], binding["version"]) == (PHONE, PHONE_ID, 1)
    assert wire.calls == [f"GET {PHONE_ID}", "POST subscribed_apps"]
    assert all(request.headers["authorization"] == f"Bearer {TOKEN}" for request in wire.requests)
    claims = {item["pk"]: item["channel"] for item in kept.items("SENDER#")}
    assert claims == {f"SENDER#whatsapp#{PHONE_ID}": WHATSAPP, f"SENDER#whatsapp#{PHONE}": WHATSAPP}
    assert [event["kind"] for event in call("list_channel_events").body["items"]] == ["bound"]


def test_the_credential_is_kept_sealed_and_never_comes_back() -> None:
    answer = call("bind_channel")
    stored = [item for item in kept.items() if item["sk"] == "CREDENTIAL"]
    assert len(stored) == 1
    assert TOKEN not in json.dumps([answer.body, kept.everything()], default=str)


def test_an_own_app_is_pointed_at_its_own_address(wire: Wire) -> None:
    credentials = {"access_token": TOKEN, "app_secret": "app-secret-of-the-shop", "verify_token": "of-the-shop"}
    assert call("bind_channel", {"credentials": credentials}).status == 200
    assert json.loads(wire.requests[1].content) == {
        "override_callback_uri": f"https://hooks.example/whatsapp/{WHATSAPP}",
        "verify_token": "of-the-shop",
    }
    assert "appsecret_proof" in wire.requests[0].url.params


def test_settings_of_the_channel_serve_too() -> None:
    created = call("create_channel", headers={"idempotency-key": "another"}).body["id"]
    assert call("bind_channel", {"settings": {}}, path={"channel_id": created}).status == 200


def test_binding_again_replaces_the_binding(wire: Wire) -> None:
    call("bind_channel")
    wire.answers["GET 206540352242922"] = NUMBER | {"id": "206540352242922", "display_phone_number": "+34 600 00 00 02"}
    settings = {"waba_id": "102290129340398", "phone_number_id": "206540352242922"}
    answer = call("bind_channel", {"settings": settings})
    assert (answer.body["binding"]["version"], answer.body["binding"]["sender"]) == (2, "+34600000002")
    assert {item["pk"].rpartition("#")[2] for item in kept.items("SENDER#")} == {"206540352242922", "+34600000002"}


def test_what_was_held_goes_on() -> None:
    call("bind_channel")
    assert [timer["kind"] for timer in kept.queued("TimersQueue")] == ["release"]


def test_a_sender_of_another_organization_cannot_be_taken() -> None:
    builders.organization(STRANGER)
    builders.whatsapp(SMS, organization_id=STRANGER)
    with kept.nothing_changes():
        assert refused(call("bind_channel"))[:2] == (409, "sender_claimed")


def test_nor_one_of_another_channel() -> None:
    builders.whatsapp(SMS)
    with kept.nothing_changes():
        assert refused(call("bind_channel"))[:2] == (409, "sender_claimed")


@pytest.mark.parametrize(
    ("answer", "status", "code", "field"),
    [
        (refusal(190, 401), 422, "invalid_token", "credentials.access_token"),
        (refusal(100, error_subcode=33), 422, "unknown_number", "settings.phone_number_id"),
        (refusal(100), 422, "refused", "credentials"),
        (NUMBER | {"status": "PENDING"}, 422, "number_not_ready", "settings.phone_number_id"),
        ({"id": PHONE_ID}, 422, "unknown_number", "settings.phone_number_id"),
        (refusal(131_016, 500), 503, "provider_unavailable", None),
        (refusal(130_429), 429, "throttled", None),
        (httpx.ConnectError("refused"), 503, "provider_unavailable", None),
        (httpx.ReadTimeout("slow"), 502, "outcome_unknown", None),
        (httpx.Response(502, text="<html>"), 502, "outcome_unknown", None),
    ],
)
def test_what_the_platform_does_not_accept(wire: Wire, answer: Any, status: int, code: str, field: str | None) -> None:
    wire.answers[f"GET {PHONE_ID}"] = answer
    with kept.nothing_changes():
        assert refused(call("bind_channel")) == (status, code, [field] if field else [])


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"settings": {"waba_id": "x", "phone_number_id": PHONE_ID}}, "string_pattern_mismatch", "settings.waba_id"),
        ({"settings": {"waba_id": "102290129340398"}}, "field_missing", "settings.phone_number_id"),
        ({"settings": {"gateway": "CARRIER"}}, "unknown_gateway", "settings.gateway"),
        ({"credentials": {}}, "field_missing", "credentials.access_token"),
        ({"credentials": {"access_token": TOKEN, "colour": "red"}}, "unknown_field", "credentials.colour"),
        ({"credentials": {"access_token": "x" * 1025}}, "string_too_long", "credentials.access_token"),
    ],
)
def test_bad_bindings(wire: Wire, body: Json, code: str, field: str) -> None:
    with kept.nothing_changes():
        assert refused(call("bind_channel", body)) == (422, code, [field])
    assert wire.requests == []


def test_a_type_that_is_not_built_yet() -> None:
    builders.channel(SMS, type="TIKTOK")
    with kept.nothing_changes():
        assert refused(call("bind_channel", path={"channel_id": SMS})) == (422, "not_available", ["type"])


def test_a_gateway_is_checked_without_a_call(wire: Wire) -> None:
    builders.channel(SMS, type="SMS")
    answer = call("bind_channel", BY_GATEWAY, path={"channel_id": SMS})
    assert (answer.status, answer.body["binding"]["provider"], wire.requests) == (200, "sms_http", [])
    assert "gateway-token" not in json.dumps([answer.body, kept.everything()], default=str)


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"url": "http://sms.example.com/send"}, "url_not_allowed", "settings.url"),
        ({"url": "https://user@sms.example.com/send"}, "url_not_allowed", "settings.url"),
        ({"url": "https://sms.example.com:22/send"}, "url_not_allowed", "settings.url"),
        ({"url": "https://127.0.0.1:4566/"}, "url_not_allowed", "settings.url"),
        ({"body": {"to": "$(to)"}}, "placeholder_missing", "settings.body"),
        ({"body": {"to": "$(to)", "text": "$(text)", "x": "$(secret)"}}, "unknown_placeholder", "settings.body"),
        ({"sender_id": ""}, "string_too_short", "settings.sender_id"),
    ],
)
def test_bad_gateways(change: Json, code: str, field: str) -> None:
    builders.channel(SMS, type="SMS")
    body = {"settings": {"gateway": "HTTP", **GATEWAY, **change}, "credentials": {"token": "gateway-token"}}
    with kept.nothing_changes():
        assert refused(call("bind_channel", body, path={"channel_id": SMS})) == (422, code, [field])


def test_the_deployments_own_account(monkeypatch: pytest.MonkeyPatch) -> None:
    from parley.providers.sms_aws import bind

    class Account:
        def describe_phone_numbers(self, **_: Any) -> Json:
            return {"PhoneNumbers": []}

    monkeypatch.setattr(bind, "client", Account)
    builders.channel(SMS, type="SMS")
    body = {"settings": {"sender_id": "BAKERY"}, "credentials": {}}
    answer = call("bind_channel", body, path={"channel_id": SMS})
    assert (answer.status, answer.body["binding"]["provider"]) == (200, "sms_aws")
    assert kept.items(f"ORG#{ORGANIZATION}#CHANNEL#{SMS}")
