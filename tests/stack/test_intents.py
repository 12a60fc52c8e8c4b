"""On the stack: a press calls the business's system, again until it answers, and its answer reaches the person."""

from collections.abc import Iterator
from typing import Any

import pytest

from local import clock
from local.stack import Stack
from tests.support.receiver import HANG, Receiver, Reply, receiver, verified
from tests.support.stack_client import Json, Shop, eventually, wake
from tests.support.stack_simulators import Simulators

OFFER = "Hello $(name), we can call you back about your new shoes today."
BUTTON = {"type": "QUICK_REPLY", "text": "Call me", "payload": '{"size": 42}', "press": {"intent": "call_back"}}
ANSWER = b'{"reply": {"type": "text", "text": "We call you at five."}}'


@pytest.fixture(scope="module")
def server() -> Iterator[Receiver]:
    with receiver() as started:
        yield started


@pytest.fixture(scope="module")
def system(shop: Shop, server: Receiver) -> Json:
    owner = shop.organization
    wanted = {"channel_id": shop.whatsapp, "name": "CRM", "url": f"{server.url}/crm"}
    made = owner.call("POST", "/business_systems", wanted, expect=201)
    intent = {"business_system_id": made["id"], "code": "call_back", "name": "Call back"}
    owner.call(
        "POST", "/intents", {**intent, "default_data": {"shop": 7, "size": 40}, "keywords": ["call"]}, expect=201
    )
    parts: list[Json] = [{"type": "BODY", "text": OFFER}, {"type": "BUTTONS", "buttons": [BUTTON]}]
    body: Json = {"channel_id": shop.whatsapp, "name": "intent_offer", "language": "en", "category": "MARKETING"}
    body |= {"components": parts, "samples": {"name": "Ana"}}
    template = owner.call("POST", "/templates", body, expect=201)["id"]
    owner.call("POST", f"/templates/{template}/submit")
    eventually(lambda: owner.template(template)["status"] == "approved", 20, lambda: owner.template(template))
    return made


def _offered(shop: Shop, simulators: Simulators, to: str) -> Json:
    fields: Any = {"type": "template", "template": "intent_offer", "language": "en", "variables": {"name": "Ana"}}
    return shop.organization.reaches(shop.send(to, **fields)["id"], "read")


def _texts(simulators: Simulators, to: str) -> list[str]:
    return [str(each["text"]) for each in simulators.log(to) if each["type"] == "text"]


def test_a_press_calls_until_it_is_answered_and_the_answer_arrives(
    stack: Stack, shop: Shop, system: Json, simulators: Simulators, server: Receiver
) -> None:
    to = simulators.person(1)
    server.fates["/crm"] = lambda _, call: Reply(503) if call < 3 else Reply(200, ANSWER)
    offer = _offered(shop, simulators, to)
    simulators.presses(offer["provider_message_id"], "Call me", copies=3)
    eventually(lambda: len(server.at("/crm", ok=False)) >= 2, 60, lambda: server.posts)
    assert all(verified(post, system["signing_secret"]) for post in server.at("/crm", ok=False))
    first = server.at("/crm", ok=False)[0]
    data = first.events["data"]
    assert data["data"] == {"shop": 7, "size": 42}
    assert (data["person"], data["answers"]) == ({"type": "phone", "value": to}, offer["id"])
    assert first.headers["parley-signature-token"] == system["signature"]
    clock.shift(stack, 301)
    wake(stack)
    eventually(lambda: _texts(simulators, to) == ["We call you at five."], 40, lambda: simulators.log(to))
    assert [post.status for post in server.at("/crm", ok=False)] == [503, 503, 200]
    assert len({post.id for post in server.at("/crm", ok=False)}) == 1


def test_a_hanging_a_garbled_a_huge_and_a_redirecting_system_are_bounded_and_recorded(
    shop: Shop, system: Json, simulators: Simulators, server: Receiver
) -> None:
    owner, fates = (
        shop.organization,
        {
            "hang": Reply(HANG),
            "huge": Reply(200, b"x" * 10_000_000),
            "away": Reply(302, b"", (("location", "http://169.254.169.254/latest/meta-data/"),)),
            "garbled": Reply(200, b"\x00\xff not json"),
        },
    )
    problems = {"hang": "timed_out", "huge": "answer_too_large", "away": "redirected", "garbled": None}
    for name, reply in fates.items():
        server.fates[f"/{name}"] = lambda _, __, reply=reply: reply
        wanted = {"channel_id": shop.whatsapp, "name": name, "url": f"{server.url}/{name}"}
        made = owner.call("POST", "/business_systems", wanted, expect=201)["id"]
        tried = owner.call("POST", f"/business_systems/{made}/test")
        assert (tried["ok"], tried["problem"]) == (problems[name] is None, problems[name]), tried
        assert tried["milliseconds"] < 11_000


def test_bad_input_gets_field_level_answers(shop: Shop, system: Json) -> None:
    owner, channel = shop.organization, shop.whatsapp
    intent = {"business_system_id": system["id"], "code": "call_back", "name": "Again"}

    def refused(path: str, body: Json) -> set[tuple[str, str]]:
        answer = owner.ask("POST", path, body)
        assert answer.status_code == 422, answer.text
        return {(each["field"], each["code"]) for each in answer.json()["errors"]}

    assert refused("/intents", intent) == {("code", "duplicate_code")}
    assert refused("/intents", {**intent, "code": "x", "business_system_id": "nobody"}) == {
        ("business_system_id", "unknown_business_system")
    }
    url = "https://127.0.0.1.nip.internal/"
    assert refused("/business_systems", {"channel_id": channel, "name": "x", "url": url}) == {
        ("url", "url_not_allowed")
    }
    endpoint = {"name": "x", "kinds": ["ChatAppStatus"]}
    assert refused("/receipt_endpoints", {**endpoint, "queue_role_arn": "reader"}) == {
        ("queue_role_arn", "invalid_role_arn")
    }
    assert {field for field, _ in refused("/receipt_endpoints", {**endpoint, "kinds": ["ChatAppNews"]})} == {"kinds.0"}
