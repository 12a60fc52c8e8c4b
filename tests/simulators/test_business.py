"""The business's own server: what it keeps and proves, what it answers, and its bad days."""

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook

from local.simulators.business import calls

SECRET, OTHER = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
SIGNED, UNPROVEN = ">signed</b>", ">unproven</b>"
INTENT = {"type": "intent", "data": {"intent": {"code": "call", "name": "Call me"}}}


def signed(body: bytes, *secrets: str, id: str = "w1", late: float = 0, **more: str) -> dict[str, str]:
    at = datetime.now(UTC) - timedelta(seconds=late)
    signatures = " ".join(Webhook(secret).sign(id, at, body.decode()) for secret in secrets)
    return {"webhook-id": id, "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signatures} | more


def post(sims: Any, path: str, content: Any, *secrets: str, **headers: Any) -> httpx.Response:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return sims.http.post(sims.urls["business_url"] + path, content=body, headers=signed(body, *secrets, **headers))


def gives(sims: Any, **secret: str) -> httpx.Response:
    return sims.http.post(sims.urls["business_url"] + "/secrets", content=json.dumps(secret))


def kept(sims: Any, **query: Any) -> list[dict[str, Any]]:
    return list(sims.http.get(sims.urls["business_url"] + "/calls", params=query).json())


def page(sims: Any) -> str:
    return str(sims.http.get(sims.urls["business_url"]).text)


def test_receipts_are_kept_with_whether_they_are_proven(sims: Any) -> None:
    assert gives(sims, secret=SECRET, id="an answer of Parley as it is").json() == {"secrets": 1}
    events = [{"type": "message.sent"}, {"type": "message.read"}]
    answer = post(sims, "/receipts", events, SECRET, **{"parley-kind": "ChatAppStatus"})
    assert (answer.status_code, answer.json()) == (200, {"code": 0})
    [call] = kept(sims)
    assert (call["path"], call["id"], call["kind"], call["content"]) == ("/receipts", "w1", "ChatAppStatus", events)
    assert (call["verified"], call["problem"], call["answered"], call["repeated"]) == (True, None, 200, False)
    assert SIGNED in page(sims)
    [entry] = sims.control("GET", "/log?simulator=business")
    assert (entry["to"], entry["id"], entry["events"], entry["verified"]) == ("/receipts", "w1", 2, True)


def test_one_fitting_signature_is_enough_while_two_secrets_sign(sims: Any) -> None:
    gives(sims, secret=SECRET)
    post(sims, "/receipts", [], OTHER, SECRET)
    assert kept(sims)[0]["verified"]


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ({"webhook-signature": ""}, "Missing required headers"),
        ({"webhook-signature": "nonsense"}, "malformed: "),
        ({"webhook-signature": "v1,////"}, "No matching signature found"),
        ({"webhook-timestamp": "yesterday"}, "Invalid Signature Headers"),
    ],
)
def test_what_is_not_proven_has_its_reason(sims: Any, headers: dict[str, str], said: str) -> None:
    gives(sims, secret=SECRET)
    assert post(sims, "/receipts", [], SECRET, **headers).status_code == 200
    [call] = kept(sims)
    assert not call["verified"]
    assert call["problem"].startswith(said)
    assert UNPROVEN in page(sims)


def test_changed_words_another_secret_and_an_old_call_are_not_proven(sims: Any) -> None:
    gives(sims, secret=SECRET)
    url = sims.urls["business_url"] + "/receipts"
    sims.http.post(url, content=b"[1]", headers=signed(b"[2]", SECRET))
    post(sims, "/receipts", [], OTHER)
    post(sims, "/receipts", [], SECRET, late=400)
    assert [call["verified"] for call in kept(sims)] == [False] * 3


def test_a_secret_that_is_given_later_proves_what_came_just_before(sims: Any) -> None:
    post(sims, "/receipts", [], SECRET)
    assert kept(sims)[0]["problem"] == "no secret was given to this server yet"
    assert gives(sims, secret="whsec_").status_code == gives(sims, secret="whsec_é").status_code == 400
    gives(sims, secret=SECRET)
    assert kept(sims)[0]["verified"]


def test_an_intent_is_answered_in_its_name(sims: Any) -> None:
    gives(sims, signing_secret=SECRET, signature="sig_1")
    answer = post(sims, "/intents", INTENT, SECRET, **{"parley-signature-token": "sig_2 sig_1"})
    assert answer.json() == {"reply": {"type": "text", "text": "Noted: Call me."}}
    post(sims, "/intents", INTENT, SECRET, id="w2", **{"parley-signature-token": "sig_2"})
    assert [call["verified"] for call in kept(sims)] == [True, False]
    assert "intent Call me" in page(sims)
    sims.configure(business={"reply": ""})
    assert post(sims, "/intents", INTENT, SECRET).json() == {}


@pytest.mark.parametrize(
    "content", [{"type": "test", "data": {}}, {"type": "intent", "data": 7}, {"type": "intent"}, []]
)
def test_a_test_call_and_an_odd_one_get_no_reply(sims: Any, content: Any) -> None:
    answer = post(sims, "/intents", content, SECRET)
    assert (answer.status_code, answer.json()) == (200, {})
    assert UNPROVEN in page(sims)


def test_what_is_no_json_is_refused_and_shown(sims: Any) -> None:
    assert post(sims, "/receipts", b"<b>hello").status_code == 400
    assert kept(sims)[0]["content"] is None
    assert "&lt;b&gt;hello" in page(sims)
    assert "<b>hello" not in page(sims)


def test_bad_days(sims: Any) -> None:
    sims.configure(business={"failing": 1})
    assert post(sims, "/receipts", [], SECRET).status_code in (500, 502, 503)
    sims.configure(business={"dead": True, "failing": 0})
    assert post(sims, "/intents", INTENT, SECRET).status_code == 503
    sims.configure(business={"dead": False, "hanging": 1, "hang_seconds": 0.2})
    began = time.monotonic()
    with pytest.raises(httpx.RemoteProtocolError):
        post(sims, "/receipts", [], SECRET)
    assert time.monotonic() - began > 0.2
    sims.configure(business={"hanging": 0, "answers_code": False})
    assert post(sims, "/receipts", [], SECRET).content == b""
    calls = kept(sims)
    assert [call["answered"] for call in calls[1:]] == [503, None, 200]
    assert [call["repeated"] for call in calls] == [False, True, True, True]


def test_forced_errors(sims: Any) -> None:
    sims.control("POST", "/next_error", simulator="business", to="/intents", http=429, retry_after=7)
    sims.control("POST", "/next_error", simulator="business", path="/receipts", cut=True)
    answer = post(sims, "/intents", INTENT, SECRET)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")
    with pytest.raises(httpx.RemoteProtocolError):
        post(sims, "/receipts", [], SECRET)
    assert post(sims, "/receipts", [], SECRET).status_code == 200


def test_only_the_last_calls_are_kept_and_found(sims: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "KEPT", 5)
    for number in range(8):
        post(sims, "/receipts" if number % 2 else "/intents", [number], SECRET, id=f"w{number}")
    first, *_, last = [call["seq"] for call in kept(sims)]
    assert last - first == 4
    assert [call["content"] for call in kept(sims, after=last - 2)] == [[6], [7]]
    assert [call["content"] for call in kept(sims, path="/receipts")] == [[3], [5], [7]]
    monkeypatch.setattr(calls, "KEPT_BYTES", 10)
    post(sims, "/receipts", "12345678", SECRET)
    assert [call["content"] for call in kept(sims)] == ["12345678"]


def test_a_reset_forgets_what_came_and_everything_the_secrets_too(sims: Any) -> None:
    gives(sims, secret=SECRET)
    post(sims, "/receipts", [], SECRET)
    sims.control("POST", "/reset")
    assert kept(sims) == []
    assert "Nothing came yet." in page(sims)
    post(sims, "/receipts", [], SECRET)
    assert kept(sims)[0]["verified"]
    sims.control("POST", "/reset", everything=True)
    post(sims, "/receipts", [], SECRET)
    assert not kept(sims)[0]["verified"]


def test_there_is_nothing_else(sims: Any) -> None:
    assert post(sims, "/elsewhere", []).status_code == 404
    assert sims.control("GET", "/errors?simulator=business")[0]["http"] == 404
    assert sims.http.get(sims.urls["business_url"] + "/calls?after=x").status_code == 400
