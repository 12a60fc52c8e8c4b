"""Webhooks: signatures, gating, order, repetition, and what each magic recipient causes."""

import hashlib
import hmac
import json
from typing import Any

import httpx
import pytest

from local.simulators.whatsapp.envelope import signature
from local.simulators.wire.reply import escaped_json

WABA, PHONE, SECRET = "102290129340398", "106540352242922", b"local-app-secret"


def test_signature_vectors() -> None:
    """RFC 4231 test case 2; and escaped unicode in lower case, escaped slashes, no blanks."""
    rfc = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert signature("Jefe", b"what do ya want for nothing?") == f"sha256={rfc}"
    assert escaped_json({"a": "ä/b", "n": [1, None]}) == b'{"a":"\\u00e4\\/b","n":[1,null]}'


def test_every_post_is_signed_over_its_raw_bytes(subscribed: Any, hook: Any) -> None:
    subscribed.send("0001", biz_opaque_callback_data="org/ä.msg")
    hook.until(lambda: len(hook.requests) == 3)
    for request in hook.requests:
        want = "sha256=" + hmac.new(SECRET, request.body, hashlib.sha256).hexdigest()
        assert request.headers["X-Hub-Signature-256"] == want
        assert b"org\\/\\u00e4.msg" in request.body


def test_the_shape_of_statuses(subscribed: Any, hook: Any) -> None:
    wamid = subscribed.send("0001", biz_opaque_callback_data="o.m").json()["messages"][0]["id"]
    hook.until(lambda: len(hook.requests) == 3)
    payload = hook.payloads()[0]
    assert payload["object"] == "whatsapp_business_account"
    assert payload["entry"][0]["id"] == WABA
    value = hook.changes()[0]
    assert value["metadata"] == {"display_phone_number": "493055501234", "phone_number_id": PHONE}
    assert value["contacts"][0]["wa_id"] == "4915100010001"
    by_word = {status["status"]: status for status in hook.all_statuses()}
    assert set(by_word) == {"sent", "delivered", "read"}
    assert all(s["biz_opaque_callback_data"] == "o.m" and s["id"] == wamid for s in by_word.values())
    assert all(isinstance(s["timestamp"], str) for s in by_word.values())
    assert by_word["sent"]["pricing"]["category"] == "service"
    assert "pricing" in by_word["delivered"]
    assert "pricing" not in by_word["read"]


@pytest.mark.parametrize(
    ("kkkk", "words"),
    [
        ("0000", ["sent", "delivered"]),
        ("0001", ["sent", "delivered", "read"]),
        ("0003", ["sent"]),
        ("0005", ["sent", "read"]),
        ("0016", ["read", "delivered", "sent"]),
        ("0018", ["sent", "delivered"]),
        ("1026", ["failed"]),
        ("1049", ["failed"]),
        ("1926", ["sent", "failed"]),
        ("5001", ["sent", "delivered", "read"]),
    ],
)
def test_the_statuses_of_magic_recipients(subscribed: Any, hook: Any, kkkk: str, words: list[str]) -> None:
    """A second, ordinary message shows that nothing more follows."""
    subscribed.send(kkkk)
    hook.until(lambda: len(hook.words()) == len(words))
    last = subscribed.send("0001", serial=2).json()["messages"][0]["id"]
    hook.until(lambda: "read" in hook.words(last))
    first = [status["status"] for status in hook.all_statuses() if status["id"] != last]
    assert first == words


def test_failures_carry_the_error_and_no_contacts(subscribed: Any, hook: Any) -> None:
    subscribed.send("1049", biz_opaque_callback_data="o.m")
    value = hook.until(hook.changes)[0]
    [status] = value["statuses"]
    assert status["errors"][0]["code"] == 131049
    assert status["errors"][0]["error_data"]["details"]
    assert status["biz_opaque_callback_data"] == "o.m"
    assert "contacts" not in value
    assert subscribed.control("GET", "/served?reached=true")["whatsapp"] == {}


def test_silence(subscribed: Any, hook: Any) -> None:
    subscribed.send("0002")
    with pytest.raises(httpx.RemoteProtocolError):
        subscribed.send("0007")
    last = subscribed.send("0001").json()["messages"][0]["id"]
    hook.until(lambda: "read" in hook.words(last))
    assert {status["id"] for status in hook.all_statuses()} == {last}


def test_cut_but_the_statuses_follow(subscribed: Any, hook: Any) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        subscribed.send("0006", biz_opaque_callback_data="o.lost")
    hook.until(lambda: sorted(hook.words()) == ["delivered", "sent"])
    assert hook.all_statuses()[0]["biz_opaque_callback_data"] == "o.lost"


def test_late(subscribed: Any, hook: Any) -> None:
    subscribed.configure(whatsapp={"late_seconds": 0.2})
    late = subscribed.send("0004").json()["messages"][0]["id"]
    usual = subscribed.send("0001", serial=2).json()["messages"][0]["id"]
    hook.until(lambda: "read" in hook.words(usual))
    assert hook.words(late) == ["sent"]
    hook.until(lambda: sorted(hook.words(late)) == ["delivered", "sent"])


def test_statuses_before_the_answer(subscribed: Any, hook: Any) -> None:
    subscribed.send("0017")
    assert hook.words() == ["sent", "delivered", "read"]


def test_threefold(subscribed: Any, hook: Any) -> None:
    subscribed.send("0015")
    hook.until(lambda: sorted(hook.words()) == sorted(["sent", "delivered", "read"] * 3))


def test_without_subscribed_apps_there_are_no_webhooks(sims: Any, hook: Any) -> None:
    sims.control("POST", "/callback", callback_url=hook.url)
    assert sims.graph("GET", f"/{WABA}/subscribed_apps").json() == {"data": []}
    sims.send("0000")
    sims.eventually(lambda: sims.control("GET", "/webhooks")["whatsapp"]["lost_without_subscription"] == 2)
    sims.graph("POST", f"/{WABA}/subscribed_apps")
    sims.send("0000")
    hook.until(lambda: sorted(hook.words()) == ["delivered", "sent"])
    assert sims.graph("DELETE", f"/{WABA}/subscribed_apps").json() == {"success": True}
    sims.send("0000")
    sims.eventually(lambda: sims.control("GET", "/webhooks")["whatsapp"]["lost_without_subscription"] == 4)
    assert sorted(hook.words()) == ["delivered", "sent"]


def test_overrides_take_precedence_after_a_challenge(subscribed: Any, hook: Any, request: Any) -> None:
    other = type(hook)()
    request.addfinalizer(other.server.stop)
    other.verify_token = "other-token"
    wrong = {"override_callback_uri": other.url, "verify_token": "wrong"}
    right = {"override_callback_uri": other.url, "verify_token": "other-token"}
    assert subscribed.graph("POST", f"/{WABA}/subscribed_apps", json=wrong).json()["error"]["code"] == 2200
    assert subscribed.graph("POST", f"/{WABA}/subscribed_apps", json=right).json() == {"success": True}
    [app] = subscribed.graph("GET", f"/{WABA}/subscribed_apps").json()["data"]
    assert app["override_callback_uri"] == other.url
    subscribed.send("0003")
    other.until(lambda: other.words() == ["sent"])
    phone = {"webhook_configuration": {"override_callback_uri": hook.url, "verify_token": hook.verify_token}}
    subscribed.graph("POST", f"/{PHONE}", json=phone)
    subscribed.send("0003")
    hook.until(lambda: hook.words() == ["sent"])
    subscribed.create_template()
    hook.until(lambda: hook.changes("message_template_status_update"))
    assert other.changes("message_template_status_update") == []


def test_a_callback_that_does_not_echo_is_refused(sims: Any, hook: Any) -> None:
    body = {"callback_url": hook.url, "verify_token": "wrong"}
    assert sims.http.post(sims.urls["control_url"] + "/callback", json=body).status_code == 400
    app = "1234567890|local-app-secret"
    body |= {"object": "whatsapp_business_account", "verify_token": hook.verify_token, "fields": "messages"}
    assert sims.graph("POST", "/1234567890/subscriptions", token=app, json=body).json() == {"success": True}
    outside = sims.http.post(sims.urls["control_url"] + "/callback", json={"callback_url": "http://example.org/x"})
    assert "not this machine" in outside.json()["error"]


def test_refused_webhooks_come_again(subscribed: Any, hook: Any) -> None:
    hook.statuses = [500, 302, 204]
    subscribed.send("0003")
    hook.until(lambda: len(hook.requests) == 4)
    assert len({request.body for request in hook.requests}) == 1
    counts = subscribed.eventually(lambda: (c := subscribed.control("GET", "/webhooks"))["ok"] and c)
    assert (counts["sent"], counts["refused"]) == (4, 3)
    assert counts["last_errors"][0]["status"] == 500


def test_held_webhooks_wait_for_release(subscribed: Any, hook: Any) -> None:
    subscribed.control("POST", "/hold")
    for serial in range(5):
        subscribed.send("0001", serial=serial)
    subscribed.eventually(lambda: subscribed.control("GET", "/webhooks")["whatsapp"]["held"] == 15)
    assert hook.requests == []
    assert subscribed.control("POST", "/release", order="random") == {"released": 15}
    hook.until(lambda: len(hook.words()) == 15)


def test_shuffled_batches(subscribed: Any, hook: Any) -> None:
    subscribed.configure(whatsapp={"shuffle": True, "batch": 10})
    for serial in range(10):
        subscribed.send("0001", serial=serial)
    hook.until(lambda: len(hook.words()) == 30)
    assert len(hook.requests) < 30
    assert hook.words() != ["sent", "delivered", "read"] * 10


def test_duplicates_unknown_fields_and_forgeries(subscribed: Any, hook: Any) -> None:
    changes = {"duplicates": 2, "unknown_field": True, "unknown_type": True, "bad_signature": True}
    subscribed.configure(whatsapp=changes)
    subscribed.send("0003")
    hook.until(lambda: len(hook.requests) == 3)
    valid = [request for request in hook.requests if request.headers["X-Hub-Signature-256"] == signature_of(request)]
    assert len(valid) == 2
    payload = json.loads(valid[0].body)
    assert [change["field"] for change in payload["entry"][0]["changes"]] == ["messages", "brand_new_field"]
    words = [status["status"] for status in payload["entry"][0]["changes"][0]["value"]["statuses"]]
    assert words == ["teleported", "sent"]
    [forged] = [request for request in hook.requests if request not in valid]
    assert b"failed" in forged.body


def signature_of(request: Any) -> str:
    return "sha256=" + hmac.new(SECRET, request.body, hashlib.sha256).hexdigest()


def test_another_app_has_its_own_secret(sims: Any, hook: Any) -> None:
    sims.control("POST", "/apps", app_id="555", app_secret="its-own")
    sims.control("POST", "/phones", waba="42", phone_number_id="4242", display_phone_number="+20 2 1234567")
    sims.control("POST", "/callback", app_id="555", callback_url=hook.url)
    sims.graph("POST", "/42/subscribed_apps", token="EAA-local-555-x")
    body = {"messaging_product": "whatsapp", "to": "+4915100030001", "text": {"body": "Hi"}}
    sims.graph("POST", "/4242/messages", json=body)
    [request] = hook.until(lambda: hook.requests)
    assert request.headers["X-Hub-Signature-256"] == signature("its-own", request.body)


def test_the_window(subscribed: Any, hook: Any) -> None:
    subscribed.configure(whatsapp={"window_seconds": 86400})
    subscribed.send("0001")
    hook.until(lambda: hook.words() == ["failed"])
    assert hook.all_statuses()[0]["errors"][0]["code"] == 131047
    sent = subscribed.control("POST", "/inbound", **{"from": "+4915100010001", "text": "Hi"})
    inbound = hook.until(lambda: [v for v in hook.changes() if "messages" in v])[0]
    assert inbound["messages"][0]["text"] == {"body": "Hi"}
    assert inbound["messages"][0]["from"] == inbound["contacts"][0]["wa_id"] == "4915100010001"
    subscribed.send("0001")
    hook.until(lambda: "read" in hook.words())
    read = {"messaging_product": "whatsapp", "status": "read", "message_id": sent["id"]}
    assert subscribed.graph("POST", f"/{PHONE}/messages", json=read).json() == {"success": True}
    old = subscribed.control("POST", "/inbound", **{"from": "+4915100010009", "timestamp": 1700000000})
    assert old["message"]["timestamp"] == "1700000000"
    wamid = subscribed.send("0001", serial=9).json()["messages"][0]["id"]
    hook.until(lambda: hook.words(wamid) == ["failed"])


@pytest.mark.parametrize(
    ("order", "key"),
    [
        ({"type": "image", "caption": "Look"}, "image"),
        ({"type": "button", "payload": "STOP", "text": "Stop", "context": "wamid.X"}, "button"),
        ({"type": "interactive", "payload": "yes", "text": "Yes"}, "interactive"),
        ({"type": "reaction", "context": "wamid.X", "emoji": "❤️"}, "reaction"),
        ({"type": "location", "location": {"latitude": 1, "longitude": 2}}, "location"),
        ({"type": "unknown"}, "hologram"),
        ({"type": "unsupported"}, "errors"),
    ],
)
def test_inbound_kinds(subscribed: Any, hook: Any, order: dict[str, Any], key: str) -> None:
    subscribed.control("POST", "/inbound", **{"from": "+34600111222", **order})
    value = hook.until(hook.changes)[0]
    message = value["messages"][0]
    assert key in message
    assert message["type"] in (key, "unsupported")
    if key == "image":
        headers = {"Authorization": "Bearer EAA-local-test"}
        assert subscribed.http.get(message["image"]["url"], headers=headers).content.startswith(b"\x89PNG")


QUICK = [{"type": "QUICK_REPLY", "text": "Yes"}, {"type": "QUICK_REPLY", "text": "No"}]


def sent_template(sims: Any, *payloads: tuple[int, str], **more: Any) -> str:
    """The id of a template message with quick replies, approved as `more` says."""
    parts = [{"type": "BODY", "text": "Is your order fine?"}, {"type": "BUTTONS", "buttons": QUICK}]
    made = sims.create_template(components=parts, **more).json()["id"]
    sims.eventually(lambda: sims.graph("GET", f"/{made}?fields=status").json()["status"] == "APPROVED")
    given = [
        {"type": "button", "sub_type": "quick_reply", "index": str(index)}
        | {"parameters": [{"type": "payload", "payload": payload}]}
        for index, payload in payloads
    ]
    body = {"name": "order_ready", "language": {"code": "en_US"}, "components": given}
    return str(sims.send("0001", type="template", template=body).json()["messages"][0]["id"])


def test_a_press_brings_back_what_was_sent_for_the_button(subscribed: Any, hook: Any) -> None:
    wamid = sent_template(subscribed, (1, "no-19"))
    for text in ("No", "Yes"):
        subscribed.control("POST", "/press", message=wamid, text=text)
    told = hook.until(lambda: [m for v in hook.changes() for m in v.get("messages", [])][1:] and hook.changes())
    heard = [each for value in told for each in value.get("messages", [])]
    heard.sort(key=lambda each: str(each["button"]["text"]))  # webhooks come in any order
    assert [(each["type"], each["button"]) for each in heard] == [
        ("button", {"payload": "no-19", "text": "No"}),
        ("button", {"payload": "Yes", "text": "Yes"}),
    ]
    assert [each["context"] for each in heard] == [{"from": "493055501234", "id": wamid}] * 2
    assert {each["from"] for each in heard} == {"4915100010001"}


@pytest.mark.parametrize("order", [{"text": "Perhaps"}, {"message": "wamid.unknown"}, {"card": 0}])
def test_there_is_nothing_else_to_press(subscribed: Any, order: dict[str, Any]) -> None:
    wamid = sent_template(subscribed)
    answer = subscribed.http.post(
        subscribed.urls["control_url"] + "/press", json={"message": wamid, "text": "Yes", **order}
    )
    assert answer.status_code == 404


NAME = {"requested_verified_name": "Parley Local", "rejection_reason": "NOT_YOURS"}
OURS = {"display_phone_number": "493055501234"}


@pytest.mark.parametrize(
    ("order", "field", "value"),
    [
        (
            {"name": "REJECTED", "rejection_reason": "NOT_YOURS"},
            "phone_number_name_update",
            {
                **OURS,
                "decision": "REJECTED",
                "requested_verified_name": "Parley Local",
                "rejection_reason": "NOT_YOURS",
            },
        ),
        (
            {"quality": "THROUGHPUT_UPGRADE", "limit": "TIER_100K"},
            "phone_number_quality_update",
            {**OURS, "event": "THROUGHPUT_UPGRADE", "max_daily_conversations_per_business": "TIER_100K"},
        ),
        ({"review": "APPROVED"}, "account_review_update", {"decision": "APPROVED"}),
        (
            {"account": "ACCOUNT_VIOLATION", "extra": {"violation_info": {"violation_type": "SPAM"}}},
            "account_update",
            {"event": "ACCOUNT_VIOLATION", "violation_info": {"violation_type": "SPAM"}},
        ),
    ],
)
def test_decisions_about_numbers_and_accounts_are_told(
    subscribed: Any, hook: Any, order: dict[str, Any], field: str, value: dict[str, Any]
) -> None:
    assert subscribed.control("POST", "/decisions", **order) == {"fields": [field]}
    assert hook.until(lambda: hook.changes(field)) == [value]
    [entry] = [entry for payload in hook.payloads() for entry in payload["entry"]]
    assert isinstance(entry["time"], int)
