"""Sending: checks, magic recipients, cut connections and the journal."""

import hashlib
import hmac
from typing import Any

import httpx
import pytest

PHONE = "106540352242922"


def error(answer: httpx.Response) -> tuple[int, int, int | None]:
    body = answer.json()["error"]
    assert body["fbtrace_id"]
    return answer.status_code, body["code"], body.get("error_subcode")


def test_an_accepted_text_is_answered_and_logged(sims: Any) -> None:
    answer = sims.send("0001", biz_opaque_callback_data="org.msg").json()
    assert answer["contacts"] == [{"input": "+4915100010001", "wa_id": "4915100010001"}]
    wamid = answer["messages"][0]["id"]
    assert wamid.startswith("wamid.")
    assert 50 <= len(wamid) <= 120
    [entry] = sims.control("GET", "/log?simulator=whatsapp")
    assert entry["to"] == "+4915100010001"
    assert entry["sender"] == PHONE
    assert (entry["text"], entry["reference"], entry["id"], entry["attempt"]) == ("Hello", "org.msg", wamid, 1)
    assert entry["first_seen"] <= entry["at"]
    assert sims.control("GET", "/served")["whatsapp"] == {"+4915100010001": 1}


@pytest.mark.parametrize(
    ("token", "http", "code"), [(None, 401, 2500), ("nonsense", 401, 190), ("EAA-local-", 401, 190)]
)
def test_tokens_are_checked(sims: Any, token: str | None, http: int, code: int) -> None:
    assert error(sims.graph("GET", f"/{PHONE}", token=token))[:2] == (http, code)


def test_a_revoked_token_is_expired_everywhere(sims: Any) -> None:
    sims.control("POST", "/tokens/revoke", token="EAA-local-old")
    assert error(sims.graph("GET", f"/{PHONE}", token="EAA-local-old")) == (401, 190, 463)
    debug = sims.graph("GET", "/debug_token?input_token=EAA-local-old", token="1234567890|local-app-secret").json()
    assert debug["data"]["is_valid"] is False
    sims.control("POST", "/tokens/restore", token="EAA-local-old")
    assert sims.graph("GET", f"/{PHONE}", token="EAA-local-old").status_code == 200


def test_the_proof_is_checked_when_it_is_given(sims: Any) -> None:
    proof = hmac.new(b"local-app-secret", b"EAA-local-test", hashlib.sha256).hexdigest()
    assert sims.graph("GET", f"/{PHONE}?appsecret_proof={proof}").status_code == 200
    assert error(sims.graph("GET", f"/{PHONE}?appsecret_proof={'0' * 64}"))[:2] == (400, 100)
    sims.configure(whatsapp={"require_appsecret_proof": True})
    assert error(sims.graph("GET", f"/{PHONE}"))[:2] == (400, 100)


def test_unknown_objects_and_paths(sims: Any) -> None:
    assert error(sims.graph("POST", "/999/messages", json={})) == (400, 100, 33)
    assert error(sims.graph("GET", "/nonsense"))[:2] == (400, 2500)
    assert error(sims.graph("GET", f"/{PHONE}?fields=shoe_size"))[:2] == (400, 100)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"messaging_product": "telegram"}, 100),
        ({"to": None}, 100),
        ({"to": "+49 none"}, 100),
        ({"text": None}, 131008),
        ({"text": {"body": ""}}, 131008),
        ({"text": {"body": "x" * 4097}}, 100),
        ({"text": {"body": "x", "colour": "red"}}, 100),
        ({"type": "smoke"}, 100),
        ({"type": "image", "image": {"id": "1", "link": "https://a.test/x.png"}}, 100),
        ({"type": "image", "image": {"id": "404"}}, 100),
        ({"type": "audio", "audio": {"link": "https://a.test/x.mp3", "caption": "no"}}, 100),
        ({"type": "location", "location": {"latitude": 91, "longitude": 1}}, 131009),
        ({"type": "reaction", "reaction": {"emoji": "x"}}, 131008),
        ({"biz_opaque_callback_data": "x" * 513}, 100),
        ({"to": "+49 30 55501234"}, 131021),
    ],
)
def test_wrong_bodies_are_refused(sims: Any, body: dict[str, Any], code: int) -> None:
    assert error(sims.send("0001", **body))[1] == code
    assert sims.control("GET", "/log") == []
    assert sims.control("GET", "/errors")[0]["code"] == code


BUTTONS = [{"type": "reply", "reply": {"id": str(n), "title": f"Title {n}"}} for n in range(4)]
ROWS = [{"id": str(n), "title": f"Row {n}"} for n in range(11)]


@pytest.mark.parametrize(
    ("interactive", "accepted"),
    [
        ({"type": "button", "body": {"text": "?"}, "action": {"buttons": BUTTONS[:3]}}, True),
        ({"type": "button", "body": {"text": "?"}, "action": {"buttons": BUTTONS}}, False),
        ({"type": "button", "body": {"text": "?"}, "action": {"buttons": BUTTONS[:1] * 2}}, False),
        ({"type": "button", "body": {"text": "x" * 1025}, "action": {"buttons": BUTTONS[:1]}}, False),
        ({"type": "list", "body": {"text": "?"}, "action": {"button": "Go", "sections": [{"rows": ROWS[:10]}]}}, True),
        ({"type": "list", "body": {"text": "?"}, "action": {"button": "Go", "sections": [{"rows": ROWS}]}}, False),
        ({"type": "smile", "body": {"text": "?"}, "action": {}}, False),
    ],
)
def test_interactive_limits(sims: Any, interactive: dict[str, Any], accepted: bool) -> None:
    answer = sims.send("0001", type="interactive", interactive=interactive)
    assert (answer.status_code == 200) is accepted, answer.text


@pytest.mark.parametrize(
    ("kkkk", "http", "code"),
    [("0014", 400, 1), ("2026", 400, 131026), ("3001", 404, 132001), ("3015", 400, 132015), ("4429", 400, 130429)],
)
def test_synchronous_errors_by_number(sims: Any, kkkk: str, http: int, code: int) -> None:
    for _ in range(2):
        assert error(sims.send(kkkk))[:2] == (http, code)
    assert sims.control("GET", "/served")["whatsapp"] == {}


@pytest.mark.parametrize(("kkkk", "http", "code"), [("0011", 400, 130429), ("0012", 401, 190), ("0013", 500, 131016)])
def test_the_first_time_only(sims: Any, kkkk: str, http: int, code: int) -> None:
    assert error(sims.send(kkkk))[:2] == (http, code)
    assert sims.send(kkkk).status_code == 200
    assert error(sims.send(kkkk, serial=2))[:2] == (http, code)
    assert sims.control("GET", "/log")[0]["attempt"] == 2


def test_a_bad_gateway_accepts_nothing(sims: Any) -> None:
    answer = sims.send("0009")
    assert answer.status_code == 502
    assert answer.headers["Content-Type"].startswith("text/html")
    assert sims.control("GET", "/log") == []


@pytest.mark.parametrize("kkkk", ["0006", "0007"])
def test_cut_after_accepting(sims: Any, kkkk: str) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        sims.send(kkkk)
    assert len(sims.control("GET", "/log")) == 1


def test_reset_before_accepting(sims: Any) -> None:
    with pytest.raises(httpx.ReadError):
        sims.send("0008")
    assert sims.control("GET", "/log") == []


def test_a_slow_answer_is_accepted(sims: Any) -> None:
    sims.configure(whatsapp={"slow_seconds": 5})
    url = f"{sims.urls['graph_url']}/v25.0/{PHONE}/messages"
    body = {"messaging_product": "whatsapp", "to": "+4915100100001", "text": {"body": "Hi"}}
    headers = {"Authorization": "Bearer EAA-local-test"}
    with httpx.Client(timeout=0.2, trust_env=False, headers=headers) as impatient, pytest.raises(httpx.ReadTimeout):
        impatient.post(url, json=body)
    assert len(sims.control("GET", "/log")) == 1


def test_a_lie_about_failing(sims: Any) -> None:
    assert error(sims.send("0018"))[:2] == (500, 131000)
    assert len(sims.control("GET", "/log")) == 1


def test_a_number_without_plus_gets_the_country_code_of_the_business(sims: Any) -> None:
    sims.send("0001", to="15100010001")
    sims.send("0001", to="4915100010001")
    assert set(sims.control("GET", "/served")["whatsapp"]) == {"+4915100010001", "+494915100010001"}


def test_the_id_of_a_person_may_differ_from_what_was_dialled(sims: Any) -> None:
    answer = sims.send("0001", to="+55 11 98765-4321").json()
    assert answer["contacts"] == [{"input": "+55 11 98765-4321", "wa_id": "551187654321"}]


def test_the_rate_of_a_number(sims: Any) -> None:
    sims.configure(whatsapp={"phone_rates": {PHONE: 3}})
    codes = [sims.send("0001", serial=n).status_code for n in range(5)]
    assert codes[:3] == [200, 200, 200]
    assert 400 in codes
    assert sims.control("GET", "/errors")[0]["code"] == 130429


def test_the_rate_of_a_pair(sims: Any) -> None:
    sims.configure(whatsapp={"pair_burst": 2})
    assert [sims.send("0001").status_code for _ in range(3)] == [200, 200, 400]
    assert error(sims.send("0001"))[1] == 131056
    assert sims.send("0001", serial=2).status_code == 200
    sims.configure(whatsapp={"pair_interval": None})
    assert sims.send("0001").status_code == 200


def test_forced_errors(sims: Any) -> None:
    sims.control("POST", "/next_error", simulator="whatsapp", to="+4915100010002", http=500, code=131000)
    sims.control("POST", "/next_error", simulator="whatsapp", to="+4915100010003", cut=True, accept=True)
    sims.control("POST", "/next_error", simulator="whatsapp", path="debug_token", http=503, body="<html>")
    assert sims.send("0001").status_code == 200
    assert error(sims.send("0001", serial=2))[:2] == (500, 131000)
    assert sims.send("0001", serial=2).status_code == 200
    with pytest.raises(httpx.RemoteProtocolError):
        sims.send("0001", serial=3)
    assert sims.graph("GET", "/debug_token?input_token=x").text == "<html>"
    assert len(sims.control("GET", "/log")) == 3


def test_media(sims: Any) -> None:
    files = {"file": ("a.png", b"\x89PNG", "image/png")}
    data = {"messaging_product": "whatsapp", "type": "image/png"}
    media_id = sims.graph("POST", f"/{PHONE}/media", files=files, data=data).json()["id"]
    assert sims.send("0001", type="image", image={"id": media_id, "caption": "Look"}).status_code == 200
    assert error(sims.send("0001", type="video", video={"id": media_id}))[1] == 100
    info = sims.graph("GET", f"/{media_id}").json()
    assert sims.http.get(info["url"]).status_code == 401
    assert sims.http.get(info["url"], headers={"Authorization": "Bearer EAA-local-test"}).content == b"\x89PNG"
    assert error(sims.graph("GET", f"/{media_id}?phone_number_id=1")) == (400, 100, 33)
    assert sims.graph("DELETE", f"/{media_id}").json() == {"success": True}
    assert error(sims.graph("GET", f"/{media_id}")) == (400, 100, 33)


def test_registration(sims: Any) -> None:
    sims.control("POST", "/phones", phone_number_id="777", display_phone_number="+20 2 1234567", registered=False)
    body = {"messaging_product": "whatsapp", "to": "+4915100010001", "text": {"body": "Hi"}}
    assert error(sims.graph("POST", "/777/messages", json=body))[1] == 133010
    pin = {"messaging_product": "whatsapp", "pin": "123456"}
    assert sims.graph("POST", "/777/register", json=pin).json() == {"success": True}
    assert error(sims.graph("POST", "/777/register", json={**pin, "pin": "654321"}))[1] == 133005
    assert sims.graph("POST", "/777/messages", json=body).status_code == 200
    codes = [sims.graph("POST", "/777/register", json=pin) for _ in range(9)]
    assert error(codes[-1])[1] == 133016


def test_numbers_are_listed_in_pages(sims: Any) -> None:
    sims.control("POST", "/phones", phone_number_id="777", display_phone_number="+20 2 1234567")
    first = sims.graph("GET", "/102290129340398/phone_numbers?limit=1&fields=id,display_phone_number,status").json()
    assert first["data"] == [{"display_phone_number": "+49 30 55501234", "status": "CONNECTED", "id": PHONE}]
    second = sims.http.get(first["paging"]["next"], headers={"Authorization": "Bearer EAA-local-test"}).json()
    assert [phone["id"] for phone in second["data"]] == ["777"]
    assert "next" not in second["paging"]
