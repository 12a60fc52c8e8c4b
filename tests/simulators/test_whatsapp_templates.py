"""Templates: what may be created, the review, and sending them."""

from typing import Any

import pytest

WABA = "102290129340398"
FIELD = "message_template_status_update"
TEXT = "Hello {{1}}, your order {{2}} is ready to be picked up."
BODY = {"type": "BODY", "text": TEXT, "example": {"body_text": [["Ana", "A-19"]]}}
PLAIN = {"type": "BODY", "text": "Your order is ready."}
NAMED = {
    "type": "BODY",
    "text": "Hello {{first_name}}, your order is ready at {{store}}.",
    "example": {
        "body_text_named_params": [
            {"param_name": "first_name", "example": "Ana"},
            {"param_name": "store", "example": "Centro"},
        ]
    },
}


def buttons(*kinds: str) -> dict[str, Any]:
    made = {
        "Q": {"type": "QUICK_REPLY", "text": "Yes"},
        "U": {"type": "URL", "text": "Track", "url": "https://a.test/{{1}}", "example": ["https://a.test/x"]},
        "P": {"type": "PHONE_NUMBER", "text": "Call", "phone_number": "+4930123"},
    }
    return {"type": "BUTTONS", "buttons": [made[kind] for kind in kinds]}


def approved(sims: Any, **changes: Any) -> str:
    template_id = sims.create_template(**changes).json()["id"]
    sims.eventually(lambda: status(sims, template_id) == "APPROVED")
    return str(template_id)


def status(sims: Any, template_id: str) -> str:
    return str(sims.graph("GET", f"/{template_id}?fields=status").json()["status"])


def test_review_approves_with_a_webhook(subscribed: Any, hook: Any) -> None:
    answer = subscribed.create_template().json()
    assert (answer["status"], answer["category"]) == ("PENDING", "UTILITY")
    [value] = hook.until(lambda: hook.changes(FIELD))
    assert (value["event"], value["reason"]) == ("APPROVED", "NONE")
    assert value["message_template_id"] == int(answer["id"])
    assert value["message_template_language"] == "en-US"
    assert isinstance(hook.payloads()[0]["entry"][0]["time"], int)
    assert status(subscribed, answer["id"]) == "APPROVED"


def test_review_rejects_with_a_reason(subscribed: Any, hook: Any) -> None:
    template_id = subscribed.create_template("please_reject_me").json()["id"]
    [value] = hook.until(lambda: hook.changes(FIELD))
    assert (value["event"], value["reason"]) == ("REJECTED", "INVALID_FORMAT")
    assert value["rejection_info"]["recommendation"]
    shown = subscribed.graph("GET", f"/{template_id}?fields=status,rejected_reason").json()
    assert shown == {"status": "REJECTED", "rejected_reason": "INVALID_FORMAT", "id": template_id}


def test_pending_and_silent_reviews(subscribed: Any, hook: Any) -> None:
    pending = subscribed.create_template("still_pending").json()["id"]
    silent = subscribed.create_template("a_silent_review").json()["id"]
    subscribed.eventually(lambda: status(subscribed, silent) == "APPROVED")
    approved(subscribed, name="spoken")
    hook.until(lambda: hook.changes(FIELD))
    assert [value["message_template_name"] for value in hook.changes(FIELD)] == ["spoken"]
    assert status(subscribed, pending) == "PENDING"


@pytest.mark.parametrize(
    ("changes", "subcode"),
    [
        ({"name": "Upper"}, 2388040),
        ({"language": "klingon"}, None),
        ({"category": "SPAM"}, None),
        ({"allow_category_change": True}, None),
        ({"components": []}, 2388043),
        ({"components": [BODY | {"example": {}}]}, 2388043),
        ({"components": [BODY | {"example": {"body_text": ["Ana", "A-19"]}}]}, 2388043),
        ({"components": [BODY | {"text": "{{1}}, your order {{2}} is ready to be picked up."}]}, 2388299),
        ({"components": [BODY | {"text": "Hello there, this is your order {{2}} dear {{1}}"}]}, 2388299),
        ({"components": [BODY | {"text": "Hello {{1}} and {{3}} this is a longer text."}]}, 2388072),
        ({"components": [BODY | {"text": "Hi {{1}}, gate {{2}}."}]}, 2388293),
        ({"components": [BODY | {"text": "x" * 1025}]}, 2388040),
        ({"components": [PLAIN, {"type": "HEADER", "format": "TEXT", "text": "x" * 61}]}, 2388040),
        ({"components": [PLAIN, {"type": "HEADER", "format": "IMAGE"}]}, 2388043),
        ({"components": [PLAIN, {"type": "FOOTER", "text": "Bye {{1}}"}]}, 2388073),
        ({"components": [PLAIN, buttons("Q", "U", "Q")]}, 2388043),
        ({"components": [PLAIN, buttons("U", "U", "U")]}, 2388043),
        ({"components": [PLAIN, buttons("P", "P")]}, 2388043),
        ({"components": [NAMED]}, 2388072),
        ({"message_send_ttl_seconds": 5}, None),
    ],
)
def test_what_can_not_be_created(sims: Any, changes: dict[str, Any], subcode: int | None) -> None:
    answer = sims.create_template(**changes)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error.get("error_subcode")) == (400, 100, subcode)
    assert subcode is None or error["error_user_title"]
    assert sims.graph("GET", f"/{WABA}/message_templates").json()["data"] == []


def test_names_are_unique_per_language_and_blocked_after_deletion(sims: Any) -> None:
    approved(sims)
    assert sims.create_template().json()["error"]["error_subcode"] == 2388024
    assert sims.create_template(language="es_MX").status_code == 200
    path = f"/{WABA}/message_templates?name=order_ready"
    assert sims.graph("DELETE", path).json() == {"success": True}
    assert sims.graph("GET", path).json()["data"] == []
    assert sims.create_template().json()["error"]["error_subcode"] == 2388023


def test_delete_one_of_a_name(sims: Any) -> None:
    english = sims.create_template().json()["id"]
    spanish = sims.create_template(language="es_MX").json()["id"]
    assert sims.graph("DELETE", f"/{WABA}/message_templates?hsm_id={english}").status_code == 400
    sims.graph("DELETE", f"/{WABA}/message_templates?hsm_id={english}&name=order_ready")
    assert [t["id"] for t in sims.graph("GET", f"/{WABA}/message_templates").json()["data"]] == [spanish]


def test_lists_are_filtered_and_paged(sims: Any) -> None:
    for number in range(3):
        sims.create_template(f"name_{number}")
    sims.create_template("pending_other")
    path = f"/{WABA}/message_templates?fields=name&limit=2"
    first = sims.graph("GET", path).json()
    second = sims.http.get(first["paging"]["next"], headers={"Authorization": "Bearer EAA-local-test"}).json()
    names = [template["name"] for template in first["data"] + second["data"]]
    assert names == ["name_0", "name_1", "name_2", "pending_other"]
    assert "next" not in second["paging"]
    waiting = f"{path}&status=PENDING"
    sims.eventually(lambda: [t["name"] for t in sims.graph("GET", waiting).json()["data"]] == ["pending_other"])
    approved_only = sims.graph("GET", f"{path}&status=approved").json()
    assert len(approved_only["data"]) == 2
    assert "next" in approved_only["paging"]
    assert [t["name"] for t in sims.graph("GET", f"{path}&name=name_1").json()["data"]] == ["name_1"]


def test_edits_go_back_to_review(sims: Any) -> None:
    template_id = approved(sims)
    assert sims.graph("POST", f"/{template_id}", json={"category": "MARKETING"}).status_code == 400
    assert sims.graph("POST", f"/{template_id}", json={"components": [PLAIN]}).json() == {"success": True}
    sims.eventually(lambda: status(sims, template_id) == "APPROVED")
    assert sims.graph("GET", f"/{template_id}").json()["components"] == [PLAIN]
    assert sims.graph("POST", f"/{template_id}", json={"components": [BODY]}).status_code == 400


def test_the_platform_decides_on_the_category(sims: Any) -> None:
    assert sims.create_template("misfiled_news").json()["category"] == "MARKETING"


def test_twins_are_rejected(sims: Any) -> None:
    sims.configure(whatsapp={"reject_same_body": True})
    approved(sims)
    twin = sims.create_template("twin").json()["id"]
    sims.eventually(lambda: status(sims, twin) == "REJECTED")


def test_forced_changes_are_told(subscribed: Any, hook: Any) -> None:
    template_id = approved(subscribed)
    info = {"title": "FIRST_PAUSE", "description": "Paused for 3 hours"}
    subscribed.control("POST", f"/templates/{template_id}", status="PAUSED", other_info=info)
    value = hook.until(lambda: [v for v in hook.changes(FIELD) if v["event"] == "PAUSED"])[0]
    assert value["other_info"] == info
    subscribed.control("POST", f"/templates/{template_id}", category="MARKETING")
    [change] = hook.until(lambda: hook.changes("template_category_update"))
    assert (change["previous_category"], change["new_category"]) == ("UTILITY", "MARKETING")


def parameters(*texts: str, names: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    made = [{"type": "text", "text": text} for text in texts]
    for item, name in zip(made, names, strict=False):
        item["parameter_name"] = name
    return [{"type": "body", "parameters": made}]


def send(sims: Any, components: list[dict[str, Any]], kkkk: str = "0001", **template: Any) -> tuple[int, int | None]:
    whole = {"name": "order_ready", "language": {"code": "en_US"}, "components": components, **template}
    answer = sims.send(kkkk, type="template", template=whole)
    return answer.status_code, answer.json().get("error", {}).get("code")


@pytest.mark.parametrize(
    ("components", "http", "code"),
    [
        (parameters("Ana", "A-19"), 200, None),
        (parameters("Ana"), 400, 132000),
        ([], 400, 132000),
        (parameters("Ana", "A", "B"), 400, 132000),
        (parameters("Ana", ""), 400, 131008),
        (parameters("Ana", "a\nb"), 400, 132018),
        (parameters("Ana", "a     b"), 400, 132018),
        (parameters("Ana", "x" * 1024), 400, 132005),
        ([{"type": "body", "parameters": [{"type": "image", "image": {"id": "1"}}] * 2}], 400, 132012),
        ([*parameters("Ana", "A"), {"type": "header", "parameters": [{"type": "text", "text": "x"}]}], 400, 132000),
        ([*parameters("Ana", "A"), {"type": "button", "sub_type": "url", "index": 0, "parameters": []}], 400, 132012),
    ],
)
def test_parameters(sims: Any, components: list[dict[str, Any]], http: int, code: int | None) -> None:
    approved(sims)
    assert send(sims, components) == (http, code)
    assert len(sims.control("GET", "/log")) == (http == 200)


def test_named_parameters(sims: Any) -> None:
    approved(sims, parameter_format="NAMED", components=[NAMED])
    assert send(sims, parameters("Centro", "Ana", names=("store", "first_name"))) == (200, None)
    assert send(sims, parameters("Ana", "Centro")) == (400, 100)
    assert send(sims, parameters("Ana", "Centro", names=("first_name", "shop"))) == (400, 132012)
    assert send(sims, parameters("Ana", names=("first_name",))) == (400, 132000)


def test_only_approved_templates_are_sent(sims: Any) -> None:
    body = parameters("Ana", "A-19")
    assert send(sims, body) == (404, 132001)
    template_id = approved(sims)
    assert send(sims, body, language={"code": "es_MX"}) == (404, 132001)
    for word, expected in (("PAUSED", (400, 132015)), ("DISABLED", (400, 132016)), ("PENDING", (404, 132001))):
        sims.control("POST", f"/templates/{template_id}", status=word)
        assert send(sims, body) == expected
    sims.control("POST", f"/templates/{template_id}", status="APPROVED")
    assert send(sims, body) == (200, None)


def test_templates_need_no_window_and_cost(subscribed: Any, hook: Any) -> None:
    subscribed.configure(whatsapp={"window_seconds": 86400})
    approved(subscribed)
    assert send(subscribed, parameters("Ana", "A-19")) == (200, None)
    hook.until(lambda: sorted(hook.words()) == ["delivered", "read", "sent"])
    pricing = {"billable": True, "pricing_model": "PMP", "category": "utility", "type": "regular"}
    assert [status["pricing"] for status in hook.all_statuses() if status["status"] == "sent"] == [pricing]
    [entry] = subscribed.control("GET", "/log")
    assert (entry["template"], entry["parameters"]) == ("order_ready", parameters("Ana", "A-19"))


def test_url_buttons_need_their_parameter(sims: Any) -> None:
    approved(sims, components=[PLAIN, buttons("Q", "U")])
    url = {"type": "button", "sub_type": "url", "index": "1", "parameters": [{"type": "text", "text": "A-19"}]}
    assert send(sims, [url]) == (200, None)
    assert send(sims, []) == (400, 131008)
    assert send(sims, [url | {"index": "0"}]) == (400, 132012)


def test_authentication_templates(sims: Any) -> None:
    otp = {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE", "text": "Copy code"}]}
    parts = [{"type": "BODY", "add_security_recommendation": True}, otp]
    refused = sims.create_template(category="AUTHENTICATION", components=[{"type": "BODY", "text": "Code"}, otp])
    assert refused.status_code == 400
    template_id = approved(sims, category="AUTHENTICATION", components=parts)
    shown = sims.graph("GET", f"/{template_id}").json()["components"]
    assert shown[0]["text"].startswith("*{{1}}* is your verification code.")
    assert shown[1]["buttons"][0]["type"] == "URL"
    button = {"type": "button", "sub_type": "url", "index": "0", "parameters": [{"type": "text", "text": "482913"}]}
    assert send(sims, [*parameters("482913"), button]) == (200, None)
    assert send(sims, parameters("482913")) == (400, 131008)
    assert send(sims, [*parameters("x" * 16), button])[0] == 400


def test_samples_for_media_headers_come_from_the_upload(sims: Any) -> None:
    query = "/1234567890/uploads?file_name=a.png&file_length=4&file_type=image/png"
    session = sims.graph("POST", query).json()["id"]
    part = sims.graph("POST", f"/{session}", content=b"\x89P", headers={"file_offset": "0"}).json()
    assert part["file_offset"] == 2
    handle = sims.graph("POST", f"/{session}", content=b"NG", headers={"file_offset": "2"}).json()["h"]
    header = {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": [handle]}}
    approved(sims, components=[header, PLAIN])
    image = {"type": "header", "parameters": [{"type": "image", "image": {"link": "https://a.test/x.png"}}]}
    assert send(sims, [image]) == (200, None)
    assert send(sims, []) == (400, 132000)
    text = {"type": "header", "parameters": [{"type": "text", "text": "x"}]}
    assert send(sims, [text]) == (400, 132012)
