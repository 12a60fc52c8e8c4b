"""A template's life on the deployed stack: designed, rejected, mended, approved, changed by the platform under load."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import httpx

from local import clock
from tests.support.stack_client import Json, Organization, Shop, eventually
from tests.support.stack_simulators import Simulators

SENDS = 160


def _design(owner: Organization, channel: str, name: str, **changes: object) -> Json:
    body = {"channel_id": channel, "name": name, "language": "en", "category": "UTILITY"}
    body |= {"components": [{"type": "BODY", "text": "Your table is ready."}], **changes}
    return owner.call("POST", "/templates", body, expect=201)


def test_all_that_is_wrong_is_told_at_once(shop: Shop) -> None:
    parts = [{"type": "BODY", "text": "$(name)"}, {"type": "FOOTER", "text": "by $(who)"}]
    body = {"channel_id": shop.whatsapp, "name": "wrong", "language": "en", "category": "UTILITY", "components": parts}
    answer = shop.organization.ask("POST", "/templates", body)
    told = {(each["pointer"], each["rule"]) for each in answer.json()["errors"] if "rule" in each}
    assert answer.status_code == 422
    assert {("/components/0/text", "T4.2"), ("/components/1/text", "T2.3")} <= told


def test_a_picture_in_the_header(shop: Shop, simulators: Simulators) -> None:
    """Its sample goes to the platform as a handle; what is sent is a link to the same file, or to another one."""
    owner = shop.organization
    upload = owner.call("POST", "/media", {"filename": "a.png", "content_type": "image/png"}, expect=201)
    httpx.put(upload["url"], content=b"\x89PNG\r\n\x1a\n" + b"0" * 64, headers={"Content-Type": "image/png"})
    head = {"type": "HEADER", "format": "IMAGE", "upload": upload["id"]}
    made = _design(
        owner, shop.whatsapp, "picture", components=[head, {"type": "BODY", "text": "Look at our new menu."}]
    )
    owner.call("POST", f"/templates/{made['id']}/submit")
    eventually(lambda: owner.template(made["id"])["status"] == "approved", 20, lambda: owner.template(made["id"]))
    to = simulators.person(1)
    sent = shop.send(to, type="template", template="picture", language="en")
    owner.reaches(sent["id"], "read")


def test_rejected_mended_approved_and_stopped_under_load(shop: Shop, simulators: Simulators) -> None:
    owner, settings = shop.organization, f"/channel_accounts/{shop.whatsapp}/service_settings"
    made = _design(owner, shop.whatsapp, "reject_first", category_change_paused=True)["id"]
    owner.call("POST", f"/templates/{made}/submit")
    eventually(lambda: owner.template(made)["status"] == "rejected", 20)
    assert owner.template(made)["reason"]
    provider_id = owner.template(made)["provider_id"]
    better = {"components": [{"type": "BODY", "text": "Your table is ready and waits for you."}]}
    owner.call("PATCH", f"/templates/{made}", better)
    owner.call("POST", f"/templates/{made}/submit")
    simulators.post(f"/templates/{provider_id}", status="APPROVED")
    eventually(lambda: owner.template(made)["status"] == "approved", 20, lambda: owner.template(made))
    owner.call("PATCH", settings, {"messages_per_second": 5})
    people = [simulators.person(1) for _ in range(SENDS)]
    body = {"type": "template", "template": "reject_first", "language": "en"}
    with ThreadPoolExecutor(8) as pool:
        sent = [each["id"] for each in pool.map(lambda to: shop.send(to, **body), people)]
    simulators.post(f"/templates/{provider_id}", category="MARKETING")
    eventually(lambda: not owner.template(made)["allow_send"], 20)
    refused = owner.ask("POST", "/messages", {"channel_id": shop.whatsapp, "to": people[0], **body})
    assert (refused.status_code, refused.json()["code"]) == (409, "category_changed")
    owner.call("PATCH", settings, {"messages_per_second": 80})
    before = eventually(lambda: _at_rest(simulators, people), 30)
    assert before < SENDS
    waiting = next(each for each in reversed(sent) if owner.message(each)["status"] == "queued")
    eventually(lambda: owner.message(waiting)["held"] == "template", 20, lambda: owner.message(waiting))
    owner.call("PATCH", f"/templates/{made}/properties", {"allow_send": True})
    eventually(lambda: _served(simulators, people) == SENDS, 90, lambda: _served(simulators, people), every=1)
    assert [len(simulators.log(to)) for to in people] == [1] * SENDS


def _served(simulators: Simulators, people: list[str]) -> int:
    return len(set(people) & set(simulators.served()["whatsapp"]))


def _at_rest(simulators: Simulators, people: list[str]) -> int | None:
    """How many were served, once that grows no more."""
    counts = [_served(simulators, people)]
    eventually(lambda: counts.append(_served(simulators, people)) or len(counts) > 8, 10, every=0.5)
    return counts[-1] if counts[-1] == counts[-5] else None


def test_one_that_is_scheduled_is_not_deleted_in_passing(shop: Shop, simulators: Simulators) -> None:
    owner = shop.organization
    made = owner.approved(shop.whatsapp, "to_delete", "Your table is ready since today.")
    at = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    body = {"type": "template", "template": "to_delete", "language": "en", "send_at": at}
    fallback = shop.fallback(trigger="send_failed", wait=None)
    sent = shop.send(simulators.person(1), **body, fallback=fallback)["id"]
    refused = owner.ask("DELETE", f"/templates/{made}")
    assert (refused.status_code, refused.json()["code"]) == (409, "template_in_use")
    assert sent in refused.text
    owner.call("DELETE", f"/templates/{made}", expect=204, force="true")
    assert owner.message(sent)["status"] == "scheduled"
    owner.call("POST", f"/messages/{sent}/move", {"send_at": _soon(shop)})
    copy = eventually(lambda: owner.message(sent)["fallback"]["message_id"], 30, lambda: owner.message(sent))
    owner.reaches(copy, "delivered")
    assert owner.message(sent)["error"]["code"] == "template_deleted"


def _soon(shop: Shop) -> str:
    """By the clock of the stack, which other tests shift."""
    return datetime.fromtimestamp(clock.now(shop.organization.stack) + 3, UTC).isoformat()


def test_a_new_version_takes_over_once_it_is_approved(shop: Shop, simulators: Simulators) -> None:
    owner, body = shop.organization, {"type": "template", "template": "opening", "language": "en"}
    first = owner.approved(shop.whatsapp, "opening", "We open at nine tomorrow.")
    new = owner.call("PATCH", f"/templates/{first}", {"components": [{"type": "BODY", "text": "We open at ten."}]})
    assert (new["version"], new["status"], owner.template(first)["status"]) == (2, "draft", "approved")
    owner.reaches(shop.send(simulators.person(1), **body)["id"], "read")
    owner.call("POST", f"/templates/{first}/submit")
    eventually(lambda: owner.template(first)["replaced_by"] == new["id"], 20, lambda: owner.template(new["id"]))
    to = simulators.person(1)
    owner.reaches(shop.send(to, **body)["id"], "read")
    assert simulators.log(to)[0]["template"] == "opening__v2"
    owner.call("PATCH", f"/templates/{first}", {"components": [{"type": "BODY", "text": "We open at eleven."}]})
    refused = owner.ask("POST", f"/templates/{first}/submit")
    assert (refused.status_code, refused.json()["code"]) == (409, "edit_limit")


def test_what_the_platform_has_is_taken_over(shop: Shop, simulators: Simulators) -> None:
    """Written elsewhere; sent from here as soon as it is imported."""
    owner, graph = shop.organization, f"{simulators.urls['graph_url']}/v25.0/{shop.number.waba}/message_templates"
    example = {"body_text_named_params": [{"param_name": "name", "example": "Ana"}]}
    parts = [{"type": "BODY", "text": "Hello {{name}}, spring is here.", "example": example}]
    wire = {"name": "spring_news", "language": "en", "category": "MARKETING", "parameter_format": "NAMED"}
    headers = {"Authorization": "Bearer EAA-local-1"}
    made = httpx.post(graph, json={**wire, "components": parts}, headers=headers, trust_env=False).json()
    simulators.post(f"/templates/{made['id']}", status="APPROVED")
    taken = owner.call("POST", "/templates/import", {"channel_id": shop.whatsapp})
    assert [(each["name"], each["status"]) for each in taken["imported"]] == [("spring_news", "approved")]
    assert (taken["known"] >= 1, taken["refused"]) == (True, [])
    body = {"type": "template", "template": "spring_news", "language": "en", "variables": {"name": "Ana"}}
    owner.reaches(shop.send(simulators.person(1), **body)["id"], "read")
