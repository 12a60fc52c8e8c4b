"""A press or a word of a person calls the business's own system, and what that answers reaches the person."""

import json
from typing import Any

import pytest
from parley.model.business_system import BusinessSystem, Intent, IntentChanges, NewBusinessSystem, NewIntent
from parley.operations import business_systems, intent_answers, intents
from parley.providers.pushing import Answer
from parley.store import channel_events, receipt_keys

from tests.flows.test_presses import OFFER, hear, offered, payload, press
from tests.support import endpoints
from tests.support.time import NOW
from tests.support.told import DOWN, HANGS, Servers, Told
from tests.support.world import ANA, World

CRM = "https://crm.example/calls"
CALL_ME = 1
Json = dict[str, Any]


@pytest.fixture
def told(world: World, monkeypatch: pytest.MonkeyPatch) -> Told:
    return Told(world, monkeypatch)


@pytest.fixture
def servers(told: Told) -> Servers:
    return told.servers


@pytest.fixture
def system(world: World) -> BusinessSystem:
    new = NewBusinessSystem(channel_id=world.whatsapp, name="CRM", url=CRM)
    return business_systems.create(world.organization, new, None)


@pytest.fixture
def intent(world: World, system: BusinessSystem) -> Intent:
    made = intends(world, system)
    world.approved("offer", "MARKETING", **OFFER)
    world.run()
    return made


def intends(world: World, system: BusinessSystem, code: str = "call_back", **more: Any) -> Intent:
    wanted = {"business_system_id": system.id, "code": code, "name": "Call back", **more}
    return intents.create(world.organization, NewIntent.model_validate(wanted), None)


def answers(servers: Servers, body: Any) -> None:
    servers.answers[CRM] = lambda _: Answer(200, body if isinstance(body, str) else json.dumps(body), None, 5)


def log(world: World) -> list[str]:
    found, _ = channel_events.page(world.organization, world.whatsapp, None, 50)
    return [f"{each.kind}: {each.detail}" for each in found if each.kind.startswith("intent")]


def test_a_press_calls_its_system_with_everything_it_needs(
    world: World, servers: Servers, system: BusinessSystem, intent: Intent
) -> None:
    message = press(world, offered(world), CALL_ME)
    [post] = servers.at(CRM)
    assert post.signed_with(str(system.signing_secret))
    assert post.headers["parley-signature-token"] == system.signature
    data = post.events["data"]
    assert post.events["type"] == "intent"
    assert data["intent"] == {"code": "call_back", "name": "Call back"}
    assert data["person"] == {"type": "phone", "value": ANA}
    assert (data["message_id"], data["answers"]) == (message.id, message.answers)
    assert (data["channel_id"], data["pressed"]) == (world.whatsapp, "Call me")


def test_the_default_data_is_merged_with_what_the_button_carries(
    world: World, servers: Servers, system: BusinessSystem
) -> None:
    intends(world, system, "order", default_data={"shop": 7, "size": "M"})
    button = {"type": "QUICK_REPLY", "text": "Call me", "payload": '{"size": "L"}', "press": {"intent": "order"}}
    design = {**OFFER, "components": [OFFER["components"][0], {"type": "BUTTONS", "buttons": [button]}]}
    world.approved("offer", "MARKETING", **design)
    sent = offered(world)
    hear(world, sent.to, button={"payload": payload(sent, 0), "text": "Call me"}, context={"id": sent.id})
    assert servers.at(CRM)[0].events["data"]["data"] == {"shop": 7, "size": "L"}


def test_a_keyword_calls_too_in_whatever_case(world: World, servers: Servers, system: BusinessSystem) -> None:
    intends(world, system, "menu", keywords=["Menú"], default_data={"list": "today"})
    hear(world, ANA, "text", text={"body": "  MENU! "})
    hear(world, ANA, "text", text={"body": "the menu please"})
    [post] = servers.at(CRM)
    assert post.events["data"]["data"] == {"list": "today"}
    assert post.events["data"]["text"] == "  MENU! "


def test_it_is_called_again_under_one_id_until_it_answers(
    told: Told, world: World, servers: Servers, intent: Intent
) -> None:
    fates = iter([DOWN, HANGS])
    servers.answers[CRM] = lambda _: next(fates, Answer(200, "{}", None, 5))
    message = press(world, offered(world), CALL_ME)
    told.wakes(900)
    assert len(servers.at(CRM)) == 3
    assert len({post.id for post in servers.at(CRM)}) == 1
    assert len({post.body for post in servers.at(CRM)}) == 1
    told.wakes(7200)
    assert len(servers.at(CRM)) == 3
    assert message.id in servers.at(CRM)[0].body.decode()


def test_its_answer_reaches_the_person_once(world: World, servers: Servers, intent: Intent) -> None:
    answers(servers, {"reply": {"type": "text", "text": "We call you at five."}})
    sent = offered(world)
    for _ in range(2):
        press(world, sent, CALL_ME, id="wamid.same")
    world.run(5)
    said = [each.body["text"]["body"] for each in world.meta.sent_to(ANA) if each.body["type"] == "text"]
    assert said == ["We call you at five."]
    assert len(servers.at(CRM)) == 1


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        ({"type": "text"}, "text"),
        ({"type": "text", "text": "Hi", "colour": "red"}, "colour"),
        ({"type": "template", "template": "nothing", "language": "en_US"}, "template"),
        ("hello", "type"),
        ({"type": "text", "text": "x" * 5000}, "text"),
    ],
)
def test_an_answer_that_cannot_be_sent_is_told_to_the_channels_log(
    world: World, servers: Servers, intent: Intent, reply: Any, why: str
) -> None:
    answers(servers, {"reply": reply})
    press(world, offered(world), CALL_ME)
    world.run(5)
    [line] = log(world)
    assert line.startswith("intent_reply_not_sent: ")
    assert why in line


def test_a_reply_goes_to_nobody_else(world: World, servers: Servers, intent: Intent) -> None:
    answers(servers, {"reply": {"type": "text", "text": "Hi", "to": "+34600999888", "channel_id": world.gateway}})
    press(world, offered(world), CALL_ME)
    world.run(5)
    assert [each.body["type"] for each in world.meta.sent_to(ANA)] == ["template", "text"]
    assert world.sms.sent_to("+34600999888") == []


@pytest.mark.parametrize("text", ["", "OK", "<html>", "[1, 2]", "null", '{"reply": null}', '{"reply": '])
def test_an_answer_without_a_reply_is_a_success(
    told: Told, world: World, servers: Servers, intent: Intent, text: str
) -> None:
    answers(servers, text)
    press(world, offered(world), CALL_ME)
    told.wakes(600)
    assert len(servers.at(CRM)) == 1
    assert log(world) == []


def test_a_system_that_hangs_keeps_no_other_press_waiting(
    world: World, servers: Servers, system: BusinessSystem, intent: Intent
) -> None:
    servers.answers[CRM] = lambda _: HANGS
    other = NewBusinessSystem(channel_id=world.whatsapp, name="Shop", url="https://shop.example/")
    intends(world, business_systems.create(world.organization, other, None), "menu", keywords=["menu"])
    press(world, offered(world), CALL_ME)
    hear(world, ANA, "text", text={"body": "menu"})
    assert len(servers.at("https://shop.example/")) == 1


def test_an_intent_that_leads_elsewhere_by_now_is_not_called_again(
    world: World, servers: Servers, intent: Intent
) -> None:
    """Platforms bring a webhook again when they did not hear us."""
    sent = offered(world)
    press(world, sent, CALL_ME, id="wamid.same")
    other = NewBusinessSystem(channel_id=world.whatsapp, name="Shop", url="https://shop.example/")
    system = business_systems.create(world.organization, other, None)
    intents.update(world.organization, intent.id, IntentChanges(business_system_id=system.id))
    press(world, sent, CALL_ME, id="wamid.same")
    assert [post.url for post in servers.posts] == [CRM]


def test_an_answer_that_nests_as_deep_as_it_can_is_a_success(servers: Servers, system: BusinessSystem) -> None:
    """Reading one and writing it again do not reach equally deep."""
    call = endpoints.delivery(
        receipt_keys.delivery_id(system.id, NOW, "call"), business_system_id=system.id, intent="x"
    )
    for depth in range(800, 1000):
        intent_answers.pass_on(call, f'{{"reply": {"[" * depth}{"]" * depth}}}')
