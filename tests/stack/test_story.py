"""The main job end to end: channel, template, send, receipt, SMS fallback; and the business's server that is told."""

from typing import Any

import httpx
from rich.console import Console

from local.stack import Stack
from local.story import business
from local.story.api import Api
from tests.support.stack_client import VALUES, Begun, Shop, eventually, organization, times
from tests.support.stack_simulators import Simulators


def test_the_main_job(stack, simulators: Simulators) -> None:
    owner, number = organization(stack, "Story"), simulators.number()
    whatsapp, sms = owner.whatsapp(number), owner.sms()
    template = owner.submit(whatsapp, "order_ready")
    eventually(lambda: owner.template(template)["status"] == "approved", 15, lambda: owner.template(template))
    fallback = {"channel_id": sms, "wait": 60, "text": "Your order is ready."}
    people = [simulators.person(1), simulators.person(0), simulators.person(1026)]
    sent = [owner.send(whatsapp, to, fallback=fallback, reference="A-19")["id"] for to in people]
    read = owner.reaches(sent[0], "read")
    assert {"queued", "sending", "accepted", "sent", "delivered", "read"} == set(times(read))
    assert owner.reaches(sent[1], "delivered")["fallback"]["message_id"] is None
    failed = owner.reaches(sent[2], "failed")
    copy = owner.reaches(owner.message(sent[2])["fallback"]["message_id"], "delivered")
    assert (failed["error"]["code"], failed["error"]["provider_code"]) == ("undeliverable", "131026")
    assert (copy["channel_id"], copy["fallback_of"], copy["text"]) == (sms, sent[2], fallback["text"])
    assert {row["id"] for row in owner.messages(reference="A-19")} == {*sent, copy["id"]}


def test_what_the_person_gets(shop: Shop, simulators: Simulators) -> None:
    to = simulators.person(1)
    sent = shop.send(to, reference="A-20")
    shop.organization.reaches(sent["id"], "read")
    [entry] = simulators.log(to)
    values = [parameter["text"] for part in entry["parameters"] for parameter in part["parameters"]]
    assert (entry["sender"], entry["template"], values) == (shop.number.id, "order_ready", list(VALUES.values()))


def test_a_repeated_request_is_one_message(shop: Shop, simulators: Simulators) -> None:
    to = simulators.person(1)
    first = shop.send(to, idempotency="same")
    assert shop.send(to, idempotency="same")["id"] == first["id"]
    shop.organization.reaches(first["id"], "read")
    assert len(simulators.log(to)) == 1
    shop.send(simulators.person(1), idempotency="same", expect=409)


def test_a_dry_run_sends_nothing(shop: Shop, simulators: Simulators) -> None:
    to = simulators.person(1)
    answer = shop.send(to, dry_run=True, fallback=shop.fallback(text="Ready at 5 €"))
    assert answer["steps"][0]["text"].startswith("Hello Ana, your order A-19")
    assert (answer["steps"][1]["encoding"], answer["steps"][1]["parts"]) == ("GSM_7BIT", 1)
    assert not list(shop.organization.messages(to=to))


def test_a_rejected_template_has_its_reason(shop: Shop) -> None:
    template = shop.organization.submit(shop.whatsapp, "please_reject", "This one will not be taken by anybody.")
    eventually(lambda: shop.organization.template(template)["status"] == "rejected", 15)
    assert "INVALID_FORMAT: The name of this template asks" in shop.organization.template(template)["reason"]
    shop.send("+4915100010001", template="please_reject", variables={}, expect=422)


def test_an_approval_whose_webhook_never_comes_is_found_by_asking(begun: Begun) -> None:
    eventually(lambda: begun.organization.template(begun.silent_template)["status"] == "approved", 80)


def _calls(stack: Stack, path: str) -> list[dict[str, Any]]:
    """What the simulated server took."""
    url = f"{stack.simulators['business_url']}/calls"
    found = httpx.get(url, params={"path": path}, trust_env=False).json()
    return [each for each in found if each["answered"] == 200]


def _told(stack: Stack, message: str) -> dict[str, bool]:
    """Of a message each status that the server was told, and whether it could prove it."""
    events = [(event, call["verified"]) for call in _calls(stack, "/receipts") for event in call["content"]]
    return {event["data"]["status"]: proven for event, proven in events if event["data"].get("id") == message}


def test_the_business_s_server_is_set_up_again_told_and_asked(stack: Stack, shop: Shop, simulators: Simulators) -> None:
    owner, to = shop.organization, simulators.person(1)
    for _ in range(2):
        business.set_up(stack, Api(f"{stack.api_url}/rest/v1", owner.key), shop.whatsapp, Console(quiet=True))
    for path in ("/receipt_endpoints", "/business_systems", "/intents"):
        assert len(owner.call("GET", path)["items"]) == 1
    sent = shop.send(to)["id"]
    statuses = dict.fromkeys(("accepted", "sent", "delivered", "read"), True)
    eventually(lambda: _told(stack, sent) == statuses, 30, lambda: _told(stack, sent))
    simulators.says(shop.number, to, text="Coming!")
    texts = {"direction": "out", "type": "text"}
    [reply] = eventually(lambda: [each for each in owner.messages(to=to) if each.items() >= texts.items()], 30)
    assert owner.reaches(reply["id"], "read")["text"] == f"Noted: {business.BUTTON}."
    [asked] = [each for each in _calls(stack, "/intents") if each["content"]["data"]["person"]["value"] == to]
    assert (asked["verified"], asked["content"]["data"]["intent"]["code"]) == (True, business.CODE)
