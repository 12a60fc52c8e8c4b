"""receive_whatsapp: verify the raw bytes, put them on the queue, answer 200; anything else is 401."""

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from parley.cloud import inbox

from tests.support import builders, kept
from tests.support.builders import WHATSAPP
from tests.support.events import Json, records, sample
from tests.support.invoke import invoke
from tests.support.metrics import counted

OWN = {"app_secret": "app-secret-of-the-shop", "verify_token": "verify-token-of-the-shop"}


def signed(raw: bytes, secret: str = "test-app-secret", path: str = "/") -> Json:
    event = sample("receive_whatsapp") | {
        "rawPath": path,
        "body": base64.b64encode(raw).decode(),
        "isBase64Encoded": True,
    }
    event["headers"]["x-hub-signature-256"] = "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    return event


def challenge(path: str = "/", **changes: str | None) -> Any:
    asked = {"hub.mode": "subscribe", "hub.verify_token": "test-verify-token", "hub.challenge": "1158201444", **changes}
    event = sample("receive_whatsapp") | {"rawPath": path, "body": None}
    event["requestContext"]["http"]["method"] = "GET"
    event["queryStringParameters"] = {name: value for name, value in asked.items() if value is not None}
    return invoke("receive_whatsapp", event)


def test_a_good_signature_puts_the_raw_bytes_on_the_queue() -> None:
    assert invoke("receive_whatsapp", sample("receive_whatsapp"))["statusCode"] == 200
    (body,) = kept.queued("WebhooksQueue")
    assert (body["provider"], body["channel"]) == ("whatsapp_cloud", None)
    assert base64.b64decode(body["body"]).decode() == sample("receive_whatsapp")["body"]


@pytest.mark.parametrize(
    "raw", [b"not json", b"", b"\xff\xfe", '{"text": "\\u00e9 é"}'.encode(), b'{"object": "page"}']
)
def test_well_signed_is_200_whatever_it_says(raw: bytes) -> None:
    assert invoke("receive_whatsapp", signed(raw))["statusCode"] == 200
    assert base64.b64decode(kept.queued("WebhooksQueue")[0]["body"]) == raw


def test_what_we_do_not_understand_is_counted_later(capsys: pytest.CaptureFixture[str]) -> None:
    invoke("receive_whatsapp", signed(b'{"object": "page"}'))
    invoke("apply_webhooks", records(*kept.queued("WebhooksQueue")))
    assert counted(capsys) == {"WebhookNotUnderstood": 1}


@pytest.mark.parametrize(
    "signature",
    [None, "", "sha256=", "sha256=" + "0" * 64, "sha1=abc", "ñandú", "sha256=é", "\ud800", "sha256=" + "0" * 100_000],
)
def test_a_bad_signature_is_401_and_changes_nothing(signature: str | None, capsys: pytest.CaptureFixture[str]) -> None:
    event = sample("receive_whatsapp")
    del event["headers"]["x-hub-signature-256"]
    event["headers"] |= {} if signature is None else {"x-hub-signature-256": signature}
    with kept.nothing_changes():
        assert invoke("receive_whatsapp", event)["statusCode"] == 401
    assert counted(capsys) == {"WebhookRefused": 1}


def test_so_is_a_changed_body() -> None:
    event = sample("receive_whatsapp")
    with kept.nothing_changes():
        assert invoke("receive_whatsapp", event | {"body": event["body"] + " "})["statusCode"] == 401


def test_so_is_the_signature_in_capitals() -> None:
    event = sample("receive_whatsapp")
    event["headers"]["x-hub-signature-256"] = event["headers"]["x-hub-signature-256"].upper()
    with kept.nothing_changes():
        assert invoke("receive_whatsapp", event)["statusCode"] == 401


def test_a_customers_own_app_signs_for_its_own_path() -> None:
    builders.organization()
    builders.whatsapp(secret=OWN)
    assert invoke("receive_whatsapp", signed(b"{}", OWN["app_secret"], f"/{WHATSAPP}"))["statusCode"] == 200
    assert kept.queued("WebhooksQueue")[0]["channel"] == WHATSAPP


@pytest.mark.parametrize(("secret", "path"), [("test-app-secret", f"/{WHATSAPP}"), (OWN["app_secret"], "/")])
def test_and_for_no_other(secret: str, path: str) -> None:
    builders.organization()
    builders.whatsapp(secret=OWN)
    assert invoke("receive_whatsapp", signed(b"{}", secret, path))["statusCode"] == 401
    assert [body for body in kept.queued("WebhooksQueue") if "body" in body] == []


@pytest.mark.parametrize("uptime", [5.0, 1e6])
def test_a_refusal_is_told_to_the_channels_log_once(uptime: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also on a machine that started seconds ago, whose monotonic clock is near zero."""
    monkeypatch.setattr(inbox.time, "monotonic", lambda: uptime)
    builders.organization()
    builders.whatsapp(secret=OWN)
    for _ in range(3):
        invoke("receive_whatsapp", signed(b"{}", "wrong", f"/{WHATSAPP}"))
    assert [body["kind"] for body in kept.queued("WebhooksQueue")] == ["refused"]


@pytest.mark.parametrize("path", [f"/{WHATSAPP}", f"/{builders.KEY}", f"/x/{builders.KEY}"])
def test_a_path_without_a_secret_is_401(path: str) -> None:
    builders.organization()
    builders.whatsapp()
    assert invoke("receive_whatsapp", signed(b"{}", "", path))["statusCode"] == 401
    assert [body for body in kept.queued("WebhooksQueue") if "body" in body] == []


def test_a_large_body_goes_through_the_bucket() -> None:
    raw = json.dumps({"object": "page", "padding": "x" * 200_000}).encode()
    assert invoke("receive_whatsapp", signed(raw))["statusCode"] == 200
    (body,) = kept.queued("WebhooksQueue")
    assert [body["file"]] == kept.files()
    assert invoke("apply_webhooks", records(body)) == {"batchItemFailures": []}


def test_when_the_queue_fails_the_platform_tries_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBHOOKS_QUEUE", "https://sqs.us-east-1.amazonaws.com/123456789012/gone")
    with pytest.raises(Exception, match="NonExistentQueue"):
        invoke("receive_whatsapp", sample("receive_whatsapp"))


def test_the_challenge_is_answered_word_for_word() -> None:
    reply = challenge()
    assert (reply["statusCode"], reply["body"]) == (200, "1158201444")


def test_a_customers_own_app_has_its_own_token() -> None:
    builders.organization()
    builders.whatsapp(secret=OWN)
    assert challenge(f"/{WHATSAPP}", **{"hub.verify_token": OWN["verify_token"]})["statusCode"] == 200
    assert challenge(f"/{WHATSAPP}")["statusCode"] == 403


@pytest.mark.parametrize(
    "change",
    [
        {"hub.verify_token": "wrong"},
        {"hub.verify_token": ""},
        {"hub.verify_token": None},
        {"hub.verify_token": "ñandú"},
        {"hub.mode": "unsubscribe"},
        {"hub.mode": None},
    ],
)
def test_a_wrong_challenge_is_403_and_not_echoed(change: dict[str, str | None]) -> None:
    reply = challenge(**change)
    assert (reply["statusCode"], reply["body"]) == (403, "")
