"""test_receipt_endpoint: one made-up event, signed and worded like the real ones; whatever comes of it is told."""

import json
from typing import Any

import httpx
import pytest
from parley.providers.pushing import Answer
from parley.store import receipt_endpoints as store
from standardwebhooks import Webhook

from tests.support import builders, endpoints, kept
from tests.support.builders import ORGANIZATION
from tests.support.endpoints import ENDPOINT, ROLE
from tests.support.events import LEFT_OUT, Json, call, refused
from tests.support.time import Clock
from tests.support.wire import Wire

CALL = "POST receipts"


@pytest.fixture(autouse=True)
def _cast() -> None:
    builders.organization()
    builders.whatsapp()


def outcome(**changes: Any) -> Json:
    answer = call("test_receipt_endpoint", **changes)
    assert answer.status == 200
    return dict(answer.body)


def test_the_event_comes_signed_as_every_call(wire: Wire) -> None:
    secret = endpoints.endpoint(number="+34600000001").secret
    wire.answers[CALL] = httpx.Response(204)
    with kept.nothing_changes():
        body = outcome()
    assert (body["ok"], body["status"], body["problem"], body["answer"]) == (True, 204, None, None)
    [request] = wire.requests
    headers = dict(request.headers)
    assert headers["content-type"] == "application/json; charset=utf-8"
    assert (headers["user-agent"], headers["parley-kind"]) == ("Parley/1", "ChatAppStatus")
    [event] = Webhook(secret or "").verify(request.content, headers)
    assert (event["Status"], event["From"]) == ("Delivered", "34600000001")
    assert event["MessageId"].startswith("test-")


@pytest.mark.parametrize(
    ("kind", "format", "fields"),
    [
        ("ChatAppInbound", "original", {"Type": "TEXT"}),
        ("ChatAppAudit", "original", {"AuditStatus": "pass", "WabaId": "test"}),
        ("ChatAppStatus", "parley", {"type": "message.delivered"}),
        ("ChatAppInbound", "parley", {"type": "message.received"}),
        ("ChatAppAudit", "parley", {"type": "template.status"}),
    ],
)
@pytest.mark.parametrize("version", ["V1", "V2"])
def test_it_is_of_its_first_kind_in_its_words(wire: Wire, version: str, kind: str, format: str, fields: Json) -> None:
    endpoints.endpoint(kinds=[kind, "ChatAppStatus"], format=format, audit_version=version)
    wire.answers[CALL] = {}
    assert outcome()["ok"]
    [event] = json.loads(wire.requests[0].content)
    assert wire.requests[0].headers["parley-kind"] == kind
    assert event.items() >= fields.items() or event.get("Type", "").upper() == fields.get("Type")


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (httpx.Response(500, text="down"), "refused"),
        (httpx.Response(301, headers={"location": "https://else.example"}), "redirected"),
        (httpx.ReadTimeout("slow"), "timed_out"),
        (httpx.Response(200, content=b"x" * 70_000), "answer_too_large"),
    ],
)
def test_what_went_wrong_is_told(wire: Wire, answer: Any, problem: str) -> None:
    endpoints.endpoint()
    wire.answers[CALL] = answer
    with kept.nothing_changes():
        body = outcome()
    assert (body["ok"], body["problem"]) == (False, problem)
    assert body["answer"] is None or len(body["answer"]) <= 500


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"code": 0}', None),
        ('{"code": 0, "message": "fine"}', None),
        ('{"code": "0"}', "code_missing"),
        ('{"code": false}', "code_missing"),
        ('{"code": 1}', "code_missing"),
        ('{"Code": 0}', "code_missing"),
        ("[0]", "code_missing"),
        ("[" * 60_000, "code_missing"),
        ("OK", "code_missing"),
        ("", "code_missing"),
    ],
    ids=lambda each: str(each)[:12],
)
def test_who_wants_a_code_gets_a_success_by_it_alone(wire: Wire, text: str, problem: str | None) -> None:
    endpoints.endpoint(expects_code=True)
    wire.answers[CALL] = httpx.Response(200, text=text)
    assert outcome()["problem"] == problem


def test_a_refusal_is_none_for_its_missing_code(wire: Wire) -> None:
    from parley.operations import receipt_endpoints

    endpoint = endpoints.endpoint(expects_code=True)
    assert receipt_endpoints.succeeded(endpoint, Answer(500, "", "refused", 1)) == "refused"


def test_one_without_an_address_is_tested_by_its_queue(wire: Wire) -> None:
    made = call("receipt_endpoints.create_receipt_endpoint", {"url": LEFT_OUT, "queue_role_arn": ROLE}).body
    body = outcome(path={"endpoint_id": made["id"]})
    assert (body["ok"], body["status"], body["problem"], wire.requests) == (True, None, None, [])
    [event] = kept.queued(f"parley-receipts-{made['id']}-Status")
    assert event["Status"] == "Delivered"


def test_a_queue_that_is_gone_is_told(wire: Wire) -> None:
    queue = {"kind": "ChatAppStatus", "url": "https://sqs.us-east-1.amazonaws.com/123456789012/gone", "arn": "x"}
    endpoints.endpoint(url=None, queue_role_arn=ROLE, queues=[queue])
    assert outcome()["problem"] == "queue_gone"


def test_one_that_was_disabled_is_tested_too(wire: Wire, time: Clock) -> None:
    store.disable(endpoints.endpoint(), "Every call failed.", time())
    wire.answers[CALL] = {}
    assert outcome()["ok"]
    found = store.get(ORGANIZATION, ENDPOINT)
    assert found
    assert not found.is_active


def test_there_must_be_one() -> None:
    assert refused(call("test_receipt_endpoint"))[:2] == (404, "not_found")
