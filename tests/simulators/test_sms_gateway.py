"""The HTTP SMS gateway: formats, errors, reports and their signature."""

import hashlib
import hmac
import json
from typing import Any

import httpx
import pytest

from local.simulators.sms_gateway.reports import signature

AUTH = {"Authorization": "Bearer gw-local-test"}


def body(kkkk: str = "9001", **changes: Any) -> dict[str, Any]:
    return {"to": f"+49151{kkkk}0001", "from": "ACME", "text": "Hello", "reference": "o.m", **changes}


def send(sims: Any, kkkk: str = "9001", **changes: Any) -> httpx.Response:
    return sims.http.post(sims.urls["sms_gateway_url"] + "/send", json=body(kkkk, **changes), headers=AUTH)


def test_json_form_and_query(sims: Any) -> None:
    url = sims.urls["sms_gateway_url"] + "/send"
    key = {"apikey": "gw-local-test"}
    answers = [
        sims.http.post(url, json=body(), headers=AUTH),
        sims.http.post(url, data=body() | key),
        sims.http.get(url, params=body() | key),
    ]
    assert [answer.json()["status"] for answer in answers] == ["OK"] * 3
    log = sims.control("GET", "/log?simulator=sms_gateway")
    assert [entry["id"] for entry in log] == [answer.json()["id"] for answer in answers]
    assert {(entry["to"], entry["sender"], entry["text"], entry["reference"]) for entry in log} == {
        ("+4915190010001", "ACME", "Hello", "o.m")
    }


def test_reports_are_signed_over_the_raw_body(sims: Any, hook: Any) -> None:
    sent = send(sims, callback_url=hook.url).json()["id"]
    hook.until(lambda: hook.requests)
    [request] = hook.requests
    want = "sha256=" + hmac.new(b"gw-local-secret", request.body, hashlib.sha256).hexdigest()
    assert request.headers["X-Signature"] == want == signature(request.body)
    report = json.loads(request.body)
    assert report.pop("time").endswith("Z")
    assert report == {"id": sent, "reference": "o.m", "status": "DELIVRD"}


def test_a_configured_callback_and_repeats(sims: Any, hook: Any) -> None:
    hook.statuses = [500, 301, 202]
    sims.control("POST", "/callback", simulator="sms_gateway", callback_url=hook.url)
    send(sims)
    hook.until(lambda: len(hook.requests) == 3)
    counts = sims.eventually(lambda: (c := sims.control("GET", "/webhooks")["sms_gateway"])["ok"] and c)
    assert (counts["sent"], counts["refused"]) == (3, 2)


def test_a_forged_report_goes_first_on_demand(sims: Any, hook: Any) -> None:
    sims.configure(sms_gateway={"bad_signature": True})
    send(sims, callback_url=hook.url)
    hook.until(lambda: len(hook.requests) == 2)
    genuine = [r for r in hook.requests if r.headers["X-Signature"] == signature(r.body)]
    assert [json.loads(r.body)["status"] for r in genuine] == ["DELIVRD"]


@pytest.mark.parametrize(("kkkk", "word"), [("5001", "UNDELIV"), ("5011", "EXPIRED"), ("5012", "REJECTD")])
def test_reports_of_failure(sims: Any, hook: Any, kkkk: str, word: str) -> None:
    assert send(sims, kkkk, callback_url=hook.url).json()["status"] == "OK"
    [report] = hook.until(hook.payloads)
    assert report["status"] == word
    assert report["error"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"to": "0151"}, "INVALID_NUMBER"),
        ({"from": "A sender that is long"}, "INVALID_SENDER"),
        ({"text": " "}, "EMPTY_TEXT"),
        ({"text": "x" * 1601}, "TEXT_TOO_LONG"),
        ({"to": "+4915150030001"}, "INVALID_NUMBER"),
        ({"to": "+4915150070001"}, "BLOCKED"),
    ],
)
def test_errors_are_http_200(sims: Any, changes: dict[str, Any], code: str) -> None:
    answer = send(sims, **changes)
    assert (answer.status_code, answer.json()) == (200, {"status": "ERROR", "code": code})
    assert sims.control("GET", "/log") == []
    assert sims.control("GET", "/errors")[0]["code"] == code


def test_keys_are_checked(sims: Any) -> None:
    url = sims.urls["sms_gateway_url"] + "/send"
    assert sims.http.post(url, json=body()).status_code == 401
    assert sims.http.post(url, json=body(), headers={"Authorization": "Bearer other"}).status_code == 401
    sims.control("POST", "/tokens/revoke", token="gw-local-test")
    assert send(sims).status_code == 401


def test_throttled_the_first_time(sims: Any) -> None:
    first = send(sims, "5005")
    assert (first.status_code, first.headers["Retry-After"]) == (429, "1")
    assert send(sims, "5005").json()["status"] == "OK"


def test_bad_gateway_and_cuts(sims: Any, hook: Any) -> None:
    assert send(sims, "5006").status_code == 502
    assert sims.control("GET", "/log") == []
    for kkkk in ("5004", "5008"):
        with pytest.raises(httpx.RemoteProtocolError):
            send(sims, kkkk, callback_url=hook.url, reference=kkkk)
    assert len(sims.control("GET", "/log")) == 2
    send(sims, callback_url=hook.url, reference="last")
    hook.until(lambda: "last" in [report["reference"] for report in hook.payloads()])
    assert [report["reference"] for report in hook.payloads()] == ["5004", "last"]


def test_silence(sims: Any, hook: Any) -> None:
    send(sims, "5002", callback_url=hook.url)
    send(sims, callback_url=hook.url, reference="last")
    hook.until(lambda: hook.requests)
    assert [report["reference"] for report in hook.payloads()] == ["last"]


def test_forced_errors(sims: Any) -> None:
    sims.control("POST", "/next_error", simulator="sms_gateway", http=429, code="BUSY", retry_after=7)
    answer = send(sims)
    assert (answer.status_code, answer.headers["Retry-After"], answer.json()["code"]) == (429, "7", "BUSY")
    assert send(sims).json()["status"] == "OK"
