"""People press the buttons of templates and answer messages: what is known of it, and what it sets off."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from parley.errors import Invalid, NotFound
from parley.model.message_view import Message
from parley.model.organization import NewOrganization
from parley.model.presses import take_token
from parley.model.status import Status
from parley.model.suppression import NewSuppression
from parley.operations import channels, messages, organizations, reviews, suppressions, templates
from parley.store import channel_events
from parley.store import messages as store

from tests.support import builders, kept
from tests.support.phones import Sent
from tests.support.world import ANA, BOB, NUMBER, World

Json = dict[str, Any]
QUICK: list[Json] = [
    {"type": "QUICK_REPLY", "text": "Tell me more", "payload": "more-19", "press": {"template": "details"}},
    {"type": "QUICK_REPLY", "text": "Call me", "press": {"intent": "call_back"}},
    {"type": "QUICK_REPLY", "text": "Stop", "opt_out": True},
]
HELLO = {"type": "BODY", "text": "Hello $(name), we have something new for you this week."}
OFFER: Json = {"components": [HELLO, {"type": "BUTTONS", "buttons": QUICK}], "samples": {"name": "Ana"}}
DETAILS: Json = {
    "components": [{"type": "BODY", "text": "Dear $(name), this is all we know of $(thing) for you today."}],
    "samples": {"name": "Ana", "thing": "shoes"},
    "defaults": {"thing": "our shoes"},
}
numbers = count(1)


@pytest.fixture(autouse=True)
def _templates(world: World) -> None:
    for number, channel in enumerate((world.whatsapp, world.bot)):
        where = {"organization_id": world.organization, "channel_id": channel}
        system = builders.business_system(f"system-{number}", **where)
        builders.intent(f"intent-{number}", business_system_id=system.id, keywords=[], **where)
    world.approved("offer", "MARKETING", **OFFER)
    world.approved("details", **DETAILS)
    world.run()


def offered(world: World, to: str = ANA, **more: Any) -> Sent:
    """The offer, as Meta took it."""
    message = world.say(to, template="offer", **more)
    world.run(5)
    return world.sent(message)


def payload(sent: Sent, index: int) -> str:
    parts = sent.body["template"]["components"]
    [found] = [each for each in parts if each["type"] == "button" and each["index"] == str(index)]
    return str(found["parameters"][0]["payload"])


def press(world: World, sent: Sent, index: int, **more: Any) -> Message:
    """What Meta tells of a press is heard, with everything that it causes at once; the message that came in."""
    button = {"payload": payload(sent, index), "text": QUICK[index]["text"]}
    return hear(world, sent.to, **{"button": button, "context": {"id": sent.id, "from": "34600000001"}, **more})


def hear(world: World, who: str, kind: str = "button", id: str = "", **more: Any) -> Message:
    id = id or f"wamid.in.{next(numbers)}"
    seconds = str(world.time() // 1000)
    world.meta.says(messages=[{"id": id, "from": who[1:], "timestamp": seconds, "type": kind, **more}])
    world.hears()
    [found] = [each for each in kept.states() if each.get("direction") == "in" and each.get("provider_id") == id]
    return world.shown(found["id"])


def texts(world: World, to: str = ANA) -> list[tuple[str, list[str]]]:
    """The templates that a person got, with their values."""
    return [(each.body["template"]["name"], list(values(each))) for each in world.meta.sent_to(to)]


def values(sent: Sent) -> Iterator[str]:
    for part in sent.body["template"].get("components", []):
        if part["type"] == "body":
            yield from (each["text"] for each in part["parameters"])


def events(world: World, channel: str | None = None) -> list[tuple[str, int, str]]:
    found, _ = channel_events.page(world.organization, channel or world.whatsapp, None, 50)
    return [(each.kind, each.count, each.detail) for each in found if each.kind == "next_template_not_sent"]


def codes(world: World, **fields: Any) -> list[str]:
    with pytest.raises(Invalid) as caught:
        world.say(**fields)
    return [each.code for each in caught.value.problems]


# ---- what is answered


def test_a_press_names_its_message_its_template_and_its_button(world: World) -> None:
    sent = offered(world)
    found = press(world, sent, 0)
    offer = world.shown(sent.message)
    assert (found.answers, found.template, found.pressed) == (sent.message, offer.template, "Tell me more")
    assert (found.inbound or {})["button"] == {"payload": "more-19", "text": "Tell me more"}
    assert (found.reference, world.state(found.id).opted_out) == (None, False)


def test_without_a_payload_of_its_own_a_button_brings_back_its_text(world: World) -> None:
    found = press(world, offered(world), 1)
    assert (found.inbound or {})["button"] == {"payload": "Call me", "text": "Call me"}


def test_a_press_without_a_context_is_known_by_its_token(world: World) -> None:
    sent = offered(world)
    found = press(world, sent, 0, context={})
    assert (found.answers, found.pressed) == (sent.message, "Tell me more")


def test_a_press_without_a_token_is_known_by_its_context(world: World) -> None:
    """As of a message that went out before there were tokens."""
    sent = offered(world)
    found = press(world, sent, 0, button={"payload": "more-19", "text": "Tell me more"})
    assert (found.answers, found.pressed) == (sent.message, "Tell me more")
    world.run(60)
    assert [name for name, _ in texts(world)] == ["offer", "details"]


def test_an_intent_stands_with_the_message(world: World) -> None:
    found = press(world, offered(world), 1)
    state = store.get(world.organization, found.id)
    assert state is not None
    assert store.get_content(state)["content"]["intent"] == "call_back"
    assert [name for name, _ in texts(world)] == ["offer"]


def test_an_answer_quotes_a_message(world: World) -> None:
    first, second = offered(world), offered(world)
    found = hear(world, ANA, "text", text={"body": "When?"}, context={"id": first.id, "from": "34600000001"})
    assert (found.answers, found.template) == (first.message, world.shown(second.message).template)
    assert found.pressed is None


@pytest.mark.parametrize(
    "context", [{}, {"forwarded": True}, {"id": "wamid.unknown"}, {"id": "wamid.1", "from": ANA[1:]}, {"id": 7}]
)
def test_other_contexts_answer_nothing(world: World, context: Json) -> None:
    offered(world)
    found = hear(world, ANA, "text", text={"body": "When?"}, context=context)
    assert (found.answers, found.template) == (None, None)


def test_what_lies_too_far_back_is_not_looked_for(world: World) -> None:
    sent = offered(world)
    for each in range(50):
        hear(world, ANA, "text", text={"body": str(each)})
    assert hear(world, ANA, "text", text={"body": "When?"}, context={"id": sent.id}).answers is None
    assert press(world, sent, 0).answers == sent.message


def test_a_message_that_answers_nothing_costs_no_lookup(world: World) -> None:
    """Claim and channel are read, and whether the text is the keyword of an intent; the window, the content and the
    state are written."""
    told = {"id": "wamid.x", "from": ANA[1:], "timestamp": "1790000000", "type": "text", "text": {"body": "Hi"}}
    world.meta.says(messages=[told])
    world.faults.seen.clear()
    world.pump.drain("webhooks")
    assert world.faults.seen == ["GetItem", "GetItem", "UpdateItem", "GetItem", "PutItem", "PutItem"]


def test_a_token_is_not_trusted(world: World) -> None:
    """Of another person, of another channel, of another organization, of nobody."""
    sent = offered(world)
    other = offered(world, BOB)
    button = {"payload": payload(other, 2), "text": "Stop"}
    found = hear(world, ANA, button=button)
    assert (found.answers, found.pressed, (found.inbound or {})["button"]) == (
        None,
        "Stop",
        button | {"payload": "Stop"},
    )
    foreign = of_a_stranger(world)
    assert hear(world, ANA, button={"payload": foreign + "x", "text": "Stop"}).answers is None
    assert (hear(world, ANA, button={"payload": f"p1-{'A' * 22}02", "text": "Stop"}).answers) is None
    assert suppressions.list_all(world.organization, world.whatsapp, None, 10).items == []
    assert press(world, sent, 2).answers == sent.message


def of_a_stranger(world: World) -> str:
    """The payload of a button in a message of the same person's, from another organization."""
    stranger = organizations.create(NewOrganization(name="Stranger"), None, None).id
    [state] = [each for each in kept.states() if "direction" not in each and each["to"] == f"phone:{ANA}"]
    copied = world.state(state["id"]).model_copy(update={"organization": stranger, "id": "0" * 8 + state["id"][8:]})
    store.insert(copied)
    from parley.model.presses import Token, with_token

    return with_token("", Token(copied.id, 2), 128)


def test_who_is_known_by_another_number_is_the_same_person(world: World) -> None:
    """Brazil's ninth digit: the platform dials another number than we do."""
    from parley.store import people

    sent = offered(world)
    people.know_as(world.organization, world.whatsapp, f"phone:{ANA}", f"phone:{BOB}")
    found = hear(world, BOB, button={"payload": payload(sent, 2), "text": "Stop"})
    assert found.answers == sent.message
    assert codes(world, to=ANA, template="offer") == ["opted_out"]


# ---- the next template


def test_the_next_template_goes_out_once_however_often_the_press_is_told(world: World) -> None:
    sent = offered(world, reference="order-19")
    world.pump.copies = 2
    for _ in range(3):
        press(world, sent, 0, id="wamid.press")
        world.run(60)
    assert texts(world) == [("offer", ["Ana"]), ("details", ["Ana", "our shoes"])]
    [upcoming] = [each for each in kept.states() if "direction" not in each and each["id"] != sent.message]
    assert (upcoming["reference"], upcoming["channel"], upcoming["category"]) == (
        "order-19",
        world.whatsapp,
        "UTILITY",
    )
    assert events(world) == []


def test_each_press_has_its_own(world: World) -> None:
    sent = offered(world)
    for _ in range(2):
        press(world, sent, 0)
        world.run(60)
    assert [name for name, _ in texts(world)] == ["offer", "details", "details"]


@pytest.mark.parametrize("how", ["before", "after"])
def test_it_goes_out_once_whatever_dies(quick: World, how: str) -> None:
    """One person for each call that a press makes."""
    people: list[str] = []
    for nth in range(1, 80):
        people.append(f"+346020{nth:05}")
        sent = offered(quick, people[-1])
        button = {"payload": payload(sent, 0), "text": "Tell me more"}
        more = {"id": f"wamid.{nth}", "from": sent.to[1:], "timestamp": "1790000000", "type": "button"}
        quick.meta.says(messages=[{**more, "button": button}])
        quick.faults.arm(nth, how)
        quick.run(60)
        quick.faults.disarm()
        if not quick.faults.fired:
            break
    assert len(people) > 15
    quick.pump.live(1, 0.2)
    served = {to: [name for name, _ in texts(quick, to)] for to in people}
    unsure = [to for to, names in served.items() if names != ["offer", "details"]]
    assert all(served[to] == ["offer"] and codes_of_next(quick, to) == ["outcome_unknown"] for to in unsure)
    assert len(unsure) <= 2  # died beside the very call


def codes_of_next(world: World, to: str) -> list[str | None]:
    """What became of the messages that a press sent to somebody."""
    states = [each for each in kept.states() if each["to"] == f"phone:{to}" and "direction" not in each]
    shown = [world.shown(each["id"]) for each in states if each["category"] == "UTILITY"]
    return [each.error and each.error.code for each in shown]


@pytest.mark.parametrize("press_language", [None, "es"])
def test_the_language_is_that_of_the_press_or_of_the_message(world: World, press_language: str | None) -> None:
    names = {"template": "described", **({"language": press_language} if press_language else {})}
    button = {"type": "QUICK_REPLY", "text": "More", "press": names}
    shown: Json = {"components": [HELLO, {"type": "BUTTONS", "buttons": [button]}], "samples": {"name": "Ana"}}
    world.approved("asking", **shown)
    for language in ("en_US", "es"):
        world.approved("described", language=language, **DETAILS)
    message = world.say(template="asking")
    world.run(5)
    sent = world.sent(message)
    hear(world, ANA, button={"payload": payload(sent, 0), "text": "More"})
    world.run(5)
    said = world.meta.sent_to(ANA)[-1].body["template"]
    assert (said["name"], said["language"]["code"]) == ("described", press_language or "en_US")


def test_or_the_one_to_fall_back_to(world: World) -> None:
    world.approved("offer", "MARKETING", language="es", **OFFER)
    sent = offered(world, language="es", fallback_language="en_US")
    press(world, sent, 0)
    world.run(5)
    said = world.meta.sent_to(ANA)[-1].body["template"]
    assert (said["name"], said["language"]["code"]) == ("details", "en_US")


def test_what_is_refused_is_told_by_the_log_and_fails_nothing(world: World) -> None:
    sent = offered(world)
    details = next(each for each in kept.items("TEMPLATE#") if each.get("name") == "details")
    world.judge(details["provider_id"], "PAUSED")
    for _ in range(3):
        found = press(world, sent, 0, id="wamid.press")
        world.run(60)
    assert found.answers == sent.message
    assert events(world) == [("next_template_not_sent", 1, "details: template_not_approved")]
    world.judge(details["provider_id"], "APPROVED")
    world.run(600)
    assert [name for name, _ in texts(world)] == ["offer"]
    assert world.pump.lost == []
    assert world.pump.waiting("webhooks") == world.pump.waiting("dead") == []


def test_a_value_that_is_missing_is_such_a_refusal(world: World) -> None:
    world.approved("strict", **(DETAILS | {"defaults": {}}))
    button = {"type": "QUICK_REPLY", "text": "More", "press": {"template": "strict"}}
    parts = {"components": [HELLO, {"type": "BUTTONS", "buttons": [button]}], "samples": {"name": "Ana"}}
    world.approved("asking", **parts)
    message = world.say(template="asking")
    world.run(5)
    hear(world, ANA, button={"payload": payload(world.sent(message), 0), "text": "More"})
    assert events(world) == [("next_template_not_sent", 1, "strict: variable_missing")]


def test_a_suppressed_person_gets_nothing_more(world: World) -> None:
    sent = offered(world)
    suppressions.create(world.organization, NewSuppression(channel_id=world.whatsapp, to=ANA))
    press(world, sent, 0)
    world.run(60)
    assert events(world) == [("next_template_not_sent", 1, "details: person_suppressed")]
    assert [name for name, _ in texts(world)] == ["offer"]


# ---- no more marketing


def test_who_opts_out_gets_no_marketing_but_everything_else(world: World) -> None:
    world.approved("code", "AUTHENTICATION")
    sent, later = offered(world), world.say(template="offer", send_at=world.time.text(3600))
    found = press(world, sent, 2)
    assert (found.pressed, world.state(found.id).opted_out) == ("Stop", True)
    assert codes(world, template="offer") == ["opted_out"]
    with kept.nothing_changes(), pytest.raises(Invalid):
        messages.dry_run(world.organization, marketing(world))
    allowed = [world.say(), world.say(template="code")]
    world.run(7200)
    assert [world.status(each) for each in allowed] == [Status.ACCEPTED, Status.ACCEPTED]
    skipped = world.shown(later)
    assert (skipped.status, skipped.error and skipped.error.code) == (Status.SKIPPED, "opted_out")
    assert world.say(BOB, template="offer")


def marketing(world: World) -> Any:
    from parley.model.message import NewMessage

    fields = {"channel_id": world.whatsapp, "to": ANA, "type": "text", "text": "Sale!", "category": "MARKETING"}
    return NewMessage.model_validate(fields)


def test_it_stands_in_the_list_until_an_operator_takes_it_off(world: World) -> None:
    press(world, offered(world), 2, id="wamid.stop")
    [row] = suppressions.list_all(world.organization, world.whatsapp, None, 10).items
    assert (row.to.value, row.reason, row.scope) == (ANA, "opted_out", "marketing")
    world.time.forward(60)
    hear(world, ANA, "text", text={"body": "Hello again"})
    assert codes(world, template="offer") == ["opted_out"]
    suppressions.delete(world.organization, world.whatsapp, ANA)
    assert suppressions.list_all(world.organization, world.whatsapp, None, 10).items == []
    sent = offered(world)
    with pytest.raises(NotFound):
        suppressions.delete(world.organization, world.whatsapp, ANA)
    world.time.forward(60)
    press(world, sent, 2)
    assert codes(world, template="offer") == ["opted_out"]


def test_an_old_press_that_comes_again_does_not_undo_the_operators_word(world: World) -> None:
    sent, then = offered(world), str(world.time() // 1000)
    stop = {"id": "wamid.stop", "from": ANA[1:], "timestamp": then, "type": "button"}
    stop["button"] = {"payload": payload(sent, 2), "text": "Stop"}  # type: ignore[assignment]
    world.meta.says(messages=[stop])
    world.hears()
    world.time.forward(60)
    suppressions.delete(world.organization, world.whatsapp, ANA)
    world.meta.says(messages=[stop])
    world.hears()
    assert world.say(template="offer")


def test_it_stands_beside_a_suppression(world: World) -> None:
    press(world, offered(world), 2)
    suppressions.create(world.organization, NewSuppression(channel_id=world.whatsapp, to=ANA))
    rows = suppressions.list_all(world.organization, world.whatsapp, None, 10).items
    assert sorted((each.to.value, each.scope) for each in rows) == [(ANA, "all"), (ANA, "marketing")]
    assert codes(world, template="offer") == codes(world) == ["person_suppressed"]
    suppressions.delete(world.organization, world.whatsapp, ANA)
    assert world.say(template="offer")


def test_an_inactive_channel_loses_messages_but_no_opt_out(world: World) -> None:
    sent = offered(world)
    world.switch(world.whatsapp, on=False)
    button = {"payload": payload(sent, 2), "text": "Stop"}
    world.meta.says(
        messages=[{"id": "wamid.x", "from": ANA[1:], "timestamp": "1790000000", "type": "button", "button": button}]
    )
    world.hears()
    world.switch(world.whatsapp, on=True)
    assert codes(world, template="offer") == ["opted_out"]
    assert [each for each in kept.states() if "direction" in each] == []


def test_the_platforms_own_switch_counts_too(world: World) -> None:
    def chose(value: str, at: int, **more: Any) -> None:
        who = {"wa_id": ANA[1:], "category": "marketing_messages", "value": value, "timestamp": at // 1000, **more}
        metadata = {"phone_number_id": NUMBER}
        world.meta.posts("user_preferences", {"metadata": metadata, "user_preferences": [who]})
        world.hears()

    now = world.time()
    chose("stop", now)
    assert codes(world, template="offer") == ["opted_out"]
    chose("resume", now + 5000, category="something_new")
    chose("sign_up", now + 5000)
    assert codes(world, template="offer") == ["opted_out"]
    chose("resume", now + 5000)
    chose("stop", now + 2000)  # late
    assert world.say(template="offer")
    assert suppressions.list_all(world.organization, world.whatsapp, None, 10).items == []


# ---- a bot


def bot_template(world: World, name: str, category: str = "MARKETING", **content: Any) -> None:
    made = world.designed(name, category, channel_id=world.bot, **content)
    reviews.submit(world.organization, made.id)
    assert str(templates.get(world.organization, made.id).status) == "approved"


def bot_press(world: World, row: int, data: str | None = None, number: int = 1, markup: bool = True) -> Message:
    """A press under the first message of the chat, as Telegram tells it."""
    sent = world.telegram.accepted[0]
    board = sent.body["reply_markup"]
    button = board["inline_keyboard"][row][0]
    under = {"message_id": int(sent.id.partition("/")[2]), "chat": {"id": 4211}, "date": 0}
    query = {"id": f"44{number}", "from": {"id": 4211}, "data": data or button["callback_data"]}
    world.telegram.says(callback_query=query | {"message": under | ({"reply_markup": board} if markup else {})})
    world.hears()
    [found] = [each for each in kept.states() if each.get("provider_id") == f"callback/44{number}"]
    return world.shown(found["id"])


def to_the_bot(world: World) -> str:
    world.telegram.writes()
    world.hears()
    fields = {"text": None, "type": "template", "template": "offer", "language": "en_US", "variables": {"name": "Sara"}}
    message = world.tell(**fields)
    world.run(5)
    return message


@pytest.mark.parametrize("markup", [True, False])
def test_a_bots_template_works_alike(world: World, markup: bool) -> None:
    bot_template(world, "offer", **OFFER)
    bot_template(world, "details", "UTILITY", **DETAILS)
    message = to_the_bot(world)
    found = bot_press(world, 0, markup=markup)
    assert (found.answers, found.pressed) == (message, "Tell me more")
    assert (found.inbound or {})["button"]["payload"] == "more-19"
    world.run(5)
    assert world.telegram.texts("4211")[1] == "Dear Sara, this is all we know of our shoes for you today."
    assert world.telegram.called("answerCallbackQuery")
    bot_press(world, 2, number=2, markup=markup)
    with pytest.raises(Invalid) as caught:
        to_the_bot(world)
    assert [each.code for each in caught.value.problems] == ["opted_out"]
    assert world.tell()


def test_a_long_payload_leaves_no_room_for_a_token_and_is_known_by_its_message(world: World) -> None:
    long = {**QUICK[0], "payload": "m" * 60}
    bot_template(world, "offer", components=[HELLO, {"type": "BUTTONS", "buttons": [long]}], samples={"name": "Ana"})
    message = to_the_bot(world)
    assert (
        take_token(world.telegram.accepted[0].body["reply_markup"]["inline_keyboard"][0][0]["callback_data"])[0] is None
    )
    found = bot_press(world, 0)
    assert (found.answers, found.pressed) == (message, "Tell me more")
    assert events(world, world.bot) == [("next_template_not_sent", 1, "details: unknown_template")]


def test_a_reply_to_the_bot_names_its_message(world: World) -> None:
    message = world.tell()
    world.run(5)
    number = int(world.telegram.accepted[0].id.partition("/")[2])
    for who, answers in ((world.telegram.bot, message), (None, message), (4299, None)):
        replied = {"message_id": number, "date": 1, **({"from": {"id": who}} if who else {})}
        world.telegram.writes(number=500 + (who or 0) % 100, text="Yes", reply_to_message=replied)
        world.hears()
        found = next(each for each in kept.states() if each.get("provider_id") == f"4211/{500 + (who or 0) % 100}")
        assert world.shown(found["id"]).answers == answers
    channels.get(world.organization, world.bot)
