"""apply_webhooks: what a verified body changes, whatever its order and however often it comes."""

import base64
import json
from typing import Any

import pytest
from parley.cloud.clients import client
from parley.model.status import Status

from tests.support import builders, kept
from tests.support.builders import MESSAGE, ORGANIZATION, PERSON, PHONE_ID, SMS, WHATSAPP
from tests.support.events import Json, call, records, sample
from tests.support.invoke import invoke
from tests.support.metrics import counted
from tests.support.time import NOW

DONE: Json = {"batchItemFailures": []}
ECHO = f"{ORGANIZATION}.{MESSAGE}"


def envelope(raw: bytes, **more: Any) -> Json:
    body = base64.b64encode(raw).decode()
    return {"provider": "whatsapp_cloud", "channel": None, "received_at": NOW, "body": body, **more}


def meta(*values: Json, field: str = "messages") -> Json:
    """The envelope of a body with several changes in one entry."""
    metadata = {"metadata": {"display_phone_number": "34600000001", "phone_number_id": PHONE_ID}}
    changes = [{"field": field, "value": metadata | value} for value in values]
    return envelope(json.dumps({"object": "whatsapp_business_account", "entry": [{"changes": changes}]}).encode())


def status(name: str, at: int, **more: Any) -> Json:
    return {"id": "wamid.one", "status": name, "timestamp": str(at), "biz_opaque_callback_data": ECHO, **more}


def inbound(id: str, text: str, at: int = NOW // 1000) -> Json:
    return {"id": id, "from": "34600111222", "timestamp": str(at), "type": "text", "text": {"body": text}}


def apply(*envelopes: Json) -> Any:
    return invoke("apply_webhooks", records(*envelopes))


def state() -> Json:
    return next(each for each in kept.states() if each["id"] == MESSAGE)


@pytest.fixture(autouse=True)
def _cast() -> None:
    builders.story()


def test_a_receipt_raises_the_status() -> None:
    builders.message(status=Status.SENT)
    assert invoke("apply_webhooks", sample("apply_webhooks")) == DONE
    assert (state()["status"], state()["times"]["delivered"]) == ("delivered", 1_772_357_460_000)


def test_a_repeat_changes_nothing() -> None:
    builders.message(status=Status.SENT)
    invoke("apply_webhooks", sample("apply_webhooks"))
    with kept.nothing_changes():
        assert invoke("apply_webhooks", sample("apply_webhooks")) == DONE


def test_an_event_of_our_own_account_raises_it_too() -> None:
    builders.sms_aws(builders.KEY)
    builders.message(status=Status.ACCEPTED, channel=builders.KEY, sender="BAKERY")
    assert invoke("apply_webhooks", sample("apply_webhooks.platform_event")) == DONE
    assert state()["status"] == "delivered"


@pytest.mark.parametrize(
    "order", [("sent", "delivered", "read"), ("read", "delivered", "sent"), ("delivered", "read", "sent")]
)
def test_any_order_ends_in_the_same_state(order: tuple[str, ...]) -> None:
    builders.message(status=Status.ACCEPTED)
    times = {"sent": 1_772_357_461, "delivered": 1_772_357_462, "read": 1_772_357_463}
    apply(*(meta({"statuses": [status(name, times[name])]}) for name in order))
    assert state()["status"] == "read"
    assert {name: state()["times"][name] // 1000 for name in times} == times


def test_every_change_status_and_message_of_a_body_counts() -> None:
    builders.message(status=Status.ACCEPTED)
    first = {"statuses": [status("sent", 1_772_357_461), status("delivered", 1_772_357_462)]}
    second = {"messages": [inbound("wamid.a", "Hi"), inbound("wamid.b", "Hello?")]}
    assert apply(meta(first, second)) == DONE
    assert state()["status"] == "delivered"
    texts = [item["content"]["inbound"]["text"]["body"] for item in kept.items("CONTENT#inbound")]
    assert sorted(texts) == ["Hello?", "Hi"]


def test_a_failure_falls_back_once() -> None:
    builders.message(status=Status.SENT, trigger="undelivered", fallback=builders.sms_instead())
    failed = meta({"statuses": [status("failed", 1_772_357_461, errors=[{"code": 131_026, "title": "Undeliverable"}])]})
    apply(failed, failed)
    assert (state()["status"], state()["error"]["code"], state()["error"]["retryable"]) == (
        "failed",
        "undeliverable",
        True,
    )
    assert [each["channel"] for each in kept.states() if each.get("copy_of")] == [SMS]


def test_a_delivery_after_the_fallback_is_late() -> None:
    builders.message(status=Status.SENT, step=1, fired_at=NOW, fired_for="undelivered", trigger="undelivered")
    invoke("apply_webhooks", sample("apply_webhooks"))
    assert (state()["status"], state()["late"]) == ("delivered", True)


def test_the_sender_must_be_the_one_that_sent(capsys: pytest.CaptureFixture[str]) -> None:
    builders.message(status=Status.SENT, sender="999")
    before = state()
    invoke("apply_webhooks", sample("apply_webhooks"))
    assert state() == before
    assert counted(capsys)["ReceiptOfNobody"] == 1


@pytest.mark.parametrize("echo", [f"{ORGANIZATION}.{builders.KEY}", "of another tool", None])
def test_a_receipt_of_nobody_is_counted_and_dropped(echo: str | None, capsys: pytest.CaptureFixture[str]) -> None:
    with kept.nothing_changes():
        assert apply(meta({"statuses": [status("sent", 1, biz_opaque_callback_data=echo)]})) == DONE
    assert counted(capsys)["ReceiptOfNobody"] == 1


def test_a_message_of_a_person_opens_the_window() -> None:
    apply(meta({"messages": [inbound("wamid.a", "Hi")], "contacts": [{"wa_id": "34600111222"}]}))
    (received,) = kept.states()
    assert (received["direction"], received["status"], received["to"]) == ("in", "received", f"phone:{PERSON}")
    assert kept.items(f"PERSON#phone:{PERSON}")[0]["last_inbound_at"] == NOW
    assert call("list_messages", query={"to": PERSON, "channel_id": None}).body["items"][0]["direction"] == "in"


def test_an_older_message_does_not_move_the_window_back() -> None:
    apply(meta({"messages": [inbound("wamid.a", "Hi")]}), meta({"messages": [inbound("wamid.b", "Hi", 1_772_000_000)]}))
    assert kept.items(f"PERSON#phone:{PERSON}")[0]["last_inbound_at"] == NOW


def test_an_inactive_channel_receives_no_messages_but_receipts(capsys: pytest.CaptureFixture[str]) -> None:
    builders.message(status=Status.ACCEPTED)
    call("update_channel", {"is_active": False})
    apply(meta({"messages": [inbound("wamid.a", "Hi")], "statuses": [status("delivered", 1_772_357_461)]}))
    assert [each["status"] for each in kept.states()] == ["delivered"]
    assert counted(capsys)["InboundWhileInactive"] == 1


def test_a_decision_about_a_template() -> None:
    value = {"event": "REJECTED", "message_template_id": 594425479261596, "reason": "INVALID_FORMAT"}
    assert apply(meta(value, field="message_template_status_update")) == DONE
    assert (call("get_template").body["status"], call("get_template").body["reason"]) == ("rejected", "INVALID_FORMAT")


@pytest.mark.parametrize(
    "raw",
    [
        b"not json",
        b"[]",
        b"{}",
        b"\xff",
        b'{"object": "page"}',
        b'{"object": "whatsapp_business_account", "entry": 1}',
        b'{"object": "whatsapp_business_account", "entry": [{"changes": [{"field": "flows", "value": {}}]}]}',
    ],
)
def test_what_we_do_not_understand_changes_nothing(raw: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    with kept.nothing_changes():
        assert apply(envelope(raw)) == DONE
    assert counted(capsys) == {"WebhookNotUnderstood": 1}


def test_a_report_of_a_gateway() -> None:
    builders.message(status=Status.ACCEPTED, channel=SMS, sender="BAKERY")
    raw = sample("receive_sms")["body"].encode()
    assert apply(envelope(raw, provider="sms_http", channel=SMS)) == DONE
    assert state()["status"] == "delivered"


def test_a_gateway_cannot_speak_for_another_channel(capsys: pytest.CaptureFixture[str]) -> None:
    builders.message(status=Status.ACCEPTED)
    report = envelope(sample("receive_sms")["body"].encode(), provider="sms_http", channel=SMS)
    before = kept.states()
    apply(report)
    assert (kept.states(), kept.delays("WebhooksQueue")) == (before, [2])
    with kept.nothing_changes():
        apply(report | {"received_at": NOW - 901_000})
    assert counted(capsys)["ReceiptOfNobody"] == 1


def test_a_large_body_comes_from_the_bucket() -> None:
    builders.message(status=Status.SENT)
    raw = base64.b64decode(json.loads(sample("apply_webhooks")["Records"][0]["body"])["body"])
    client("s3").put_object(Bucket="parley-files", Key="webhooks/whatsapp_cloud/large", Body=raw)
    body = {"provider": "whatsapp_cloud", "channel": None, "received_at": NOW, "file": "webhooks/whatsapp_cloud/large"}
    assert apply(body) == DONE
    assert state()["status"] == "delivered"


def test_a_refused_signature_stands_in_the_channels_log() -> None:
    apply({"kind": "refused", "provider": "whatsapp_cloud", "channel": WHATSAPP})
    assert [each["kind"] for each in call("list_channel_events").body["items"]] == ["webhook_refused"]


def test_a_fault_of_ours_brings_the_body_back_and_only_that() -> None:
    builders.message(status=Status.SENT)
    good = json.loads(sample("apply_webhooks")["Records"][0]["body"])
    answer = apply({"provider": "unheard of", "channel": None, "body": ""}, good)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "record-0"}]}
    assert state()["status"] == "delivered"
