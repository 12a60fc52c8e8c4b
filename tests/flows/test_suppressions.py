"""One list over all channels, looked at by every send: what an operator says, and what people write."""

from collections.abc import Callable
from typing import Any
from unittest.mock import Mock

import pytest
from parley.errors import Invalid, NotFound
from parley.model.address import of_key
from parley.model.channel import ServiceSettingsChanges
from parley.model.events import InboundMessage
from parley.model.lane import Category
from parley.model.message import Fault, NewMessage
from parley.model.status import Status
from parley.model.suppression import NewSuppression, SuppressionScope
from parley.operations import channels, ends, heard, messages, suppressions
from parley.operations.answers import Answer
from parley.store import channels as channel_store
from parley.store import people

from tests.support import audience, bulk, kept
from tests.support.phones import Sent
from tests.support.world import ANA, BOB, NUMBER, TEXT, World

Json = dict[str, Any]
Send = Callable[[World], str]
FREE: Json = {"type": "text", "text": "Sale!", "category": "MARKETING"} | dict.fromkeys(
    ("template", "variables", "language")
)
ELSEWHERE = "+34600111999"


@pytest.fixture(autouse=True)
def _window(world: World) -> None:
    """Ana and Bob wrote before, so that anything may be said to them."""
    for who in (ANA, BOB):
        write(world, "Hello", who)
    world.time.forward(60)


def write(world: World, text: str, who: str = ANA, at: int | None = None, sender: str = NUMBER, **more: Any) -> None:
    """Somebody writes to the business by WhatsApp."""
    seconds = str((world.time() if at is None else at) // 1000)
    told = {"id": f"wamid.{text}.{who}.{seconds}", "from": who[1:], "timestamp": seconds, "type": "text", **more}
    world.meta.says(messages=[{**told, "text": {"body": text}}], sender=sender)
    world.hears()


def everywhere(world: World, to: Any = ANA, **fields: Any) -> None:
    suppressions.create(world.organization, NewSuppression.model_validate({"to": to, **fields}))


def listed(world: World, channel: str | None = None) -> list[tuple[str | None, str, str, str]]:
    rows = suppressions.list_all(world.organization, channel, None, 100).items
    return [(each.channel_id, each.to.value, each.reason, str(each.scope)) for each in rows]


def refused(world: World, **fields: Any) -> list[str]:
    with kept.nothing_changes(), pytest.raises(Invalid) as refusal:
        world.post(**fields)
    return [each.code for each in refusal.value.problems]


# ---- what is learned after a message was accepted


def by_whatsapp(world: World) -> str:
    return world.say(send_at=world.time.text(3600), **world.instead("send_failed", None))


def by_sms(world: World) -> str:
    return world.say(channel_id=world.gateway, send_at=world.time.text(3600), **FREE | {"category": None})


def code(world: World) -> str:
    world.approved("code", "AUTHENTICATION")
    return world.say(template="code", send_at=world.time.text(3600), **world.instead("send_failed", None))


def of_marketing(world: World) -> str:
    return world.say(channel_id=world.other_gateway, send_at=world.time.text(3600), **FREE)


@pytest.mark.parametrize("send", [by_whatsapp, by_sms, code, of_marketing])
def test_what_is_learned_later_is_skipped_and_falls_back_nowhere(world: World, send: Send) -> None:
    message = send(world)
    everywhere(world, reason="asked_us")
    world.run(7200)
    shown = world.shown(message)
    assert (shown.status, shown.error and shown.error.code) == (Status.SKIPPED, "asked_us")
    assert world.meta.accepted == world.sms.accepted == []


def test_what_is_queued_already_is_skipped(world: World) -> None:
    messages = [world.say(), world.say(channel_id=world.gateway, **FREE)]
    everywhere(world)
    world.run(10)
    assert {world.status(each) for each in messages} == {Status.SKIPPED}


def test_a_row_of_a_broadcast_is_skipped(world: World) -> None:
    first, second, third = bulk.numbers(3)
    everywhere(world, second)
    broadcast = bulk.started(world, 3, speed=1)
    everywhere(world, third, reason="asked_us")
    world.run(60)
    assert {row.to.value: row.status for row in bulk.rows(world, broadcast)} == {
        first: Status.ACCEPTED,
        second: Status.SKIPPED,
        third: Status.SKIPPED,
    }
    assert [each.to for each in world.meta.accepted] == [first]


def test_no_leg_of_a_fallback_goes_out(world: World) -> None:
    steps = [
        world.instead(wait=60)["fallback"],
        {**world.instead(wait=60)["fallback"], "channel_id": world.other_gateway},
    ]
    message = world.say(fallbacks=steps)
    world.run(5)
    everywhere(world)
    world.run(600)
    assert world.status(message) is Status.ACCEPTED
    assert world.copy(message).status is Status.SKIPPED
    assert world.sms.accepted == []


def test_a_step_to_somebody_else_is_skipped_and_the_dry_run_tells_it(world: World) -> None:
    everywhere(world, BOB, reason="asked_us")
    fields = world.instead(wait=60, to=BOB)
    body = {"channel_id": world.whatsapp, "to": ANA, "type": "text", "text": "Hi", **fields}
    dry = messages.dry_run(world.organization, NewMessage.model_validate(body))
    assert [step.skip_reason for step in dry.steps] == [None, "asked_us"]
    message = world.say(**fields)
    world.run(600)
    assert (world.status(message), world.copy(message).status) == (Status.ACCEPTED, Status.SKIPPED)


@pytest.mark.parametrize("category", [None, *Category])
def test_on_no_channel_and_in_no_category(world: World, category: Category | None) -> None:
    everywhere(world)
    everywhere(world, {"type": "chat", "value": "4211"})
    for channel in (world.whatsapp, world.gateway, world.other_gateway):
        assert refused(world, channel_id=channel, **FREE | {"category": category}) == ["person_suppressed"]
    assert refused(world, channel_id=world.bot, to="4211", **FREE | {"category": category}) == ["person_suppressed"]
    assert world.say(BOB)


def test_until_its_end(world: World) -> None:
    everywhere(world, expires_at=world.time.text(3600))
    after = world.say(send_at=world.time.text(7200))
    assert refused(world) == ["person_suppressed"]
    world.run(3601)
    assert listed(world) == []
    now = world.say()
    world.run(7200)
    assert (world.status(now), world.status(after)) == (Status.ACCEPTED, Status.ACCEPTED)


# ---- what people write


def test_a_stop_word_stops_marketing_on_every_channel_and_nothing_else(world: World) -> None:
    write(world, "¡Baja!")
    for channel in (world.whatsapp, world.gateway, world.other_gateway):
        assert refused(world, channel_id=channel, **FREE) == ["opted_out"]
    assert world.say()
    assert world.say(channel_id=world.gateway, **FREE | {"category": None})
    assert world.say(BOB, channel_id=world.gateway, **FREE)
    assert listed(world) == [(None, ANA, "keyword", "marketing")]


def test_a_start_word_lets_it_go_on(world: World) -> None:
    write(world, "STOP")
    world.time.forward(60)
    write(world, "Alta")
    assert listed(world) == []
    assert world.say(**FREE)
    assert world.say(channel_id=world.gateway, **FREE)


def test_a_word_in_a_chat_counts_for_every_identity_of_the_contact(world: World) -> None:
    audience.contact(audience.CONTACT, "chat:4211", f"phone:{ELSEWHERE}", organization_id=world.organization)
    numbers = {"channel_id": world.gateway, **FREE}
    world.telegram.writes(text="STOP")
    world.hears()
    assert refused(world, to=ELSEWHERE, **numbers) == ["opted_out"]
    assert world.say(ELSEWHERE, channel_id=world.gateway, **FREE | {"category": None})
    assert world.say(BOB, **numbers)
    assert {who for _, who, _, _ in listed(world)} == {"4211", ELSEWHERE}
    world.time.forward(60)
    world.telegram.writes(number=2, text="START")
    world.hears()
    assert listed(world) == []
    assert world.say(ELSEWHERE, **numbers)


def test_what_waited_meanwhile_is_skipped(world: World) -> None:
    waiting = [of_marketing(world), world.say(send_at=world.time.text(3600), **FREE)]
    write(world, "stop")
    world.run(7200)
    assert [(each.status, each.error and each.error.code) for each in map(world.shown, waiting)] == [
        (Status.SKIPPED, "opted_out")
    ] * 2


def test_other_words_do_not_lift_it(world: World) -> None:
    write(world, "STOP")
    for text in ("Hello again", "start the car", "don't stop"):
        world.time.forward(60)
        write(world, text)
    assert refused(world, **FREE) == ["opted_out"]


def test_the_newest_word_wins_in_whatever_order_they_come(world: World) -> None:
    now = world.time()
    for text, seconds in (("START", 20), ("STOP", 10), ("START", 20), ("STOP", 10)):
        write(world, text, at=now + seconds * 1000)
    assert listed(world) == []
    for text, seconds in (("stop", 40), ("start", 30), ("stop", 25), ("start", 35)):
        write(world, text, at=now + seconds * 1000)
    assert listed(world) == [(None, ANA, "keyword", "marketing")]


def test_a_start_word_takes_back_what_a_button_or_the_platform_stopped_here(world: World) -> None:
    who = {"wa_id": ANA[1:], "category": "marketing_messages", "value": "stop", "timestamp": world.time() // 1000}
    world.meta.posts("user_preferences", {"metadata": {"phone_number_id": NUMBER}, "user_preferences": [who]})
    world.hears()
    assert refused(world, **FREE) == ["opted_out"]
    world.time.forward(60)
    write(world, "start")
    assert world.say(**FREE)


def test_an_inactive_channel_loses_messages_but_no_stop_word(world: World) -> None:
    world.switch(world.whatsapp, on=False)
    write(world, "STOP")
    assert refused(world, channel_id=world.gateway, **FREE) == ["opted_out"]
    world.time.forward(60)
    write(world, "START")
    assert world.say(channel_id=world.gateway, **FREE)


def test_an_operator_takes_it_off_and_an_old_word_does_not_bring_it_back(world: World) -> None:
    then = world.time()
    write(world, "STOP")
    world.time.forward(60)
    suppressions.delete(world.organization, None, ANA)
    write(world, "STOP", at=then)
    assert world.say(**FREE)
    with pytest.raises(NotFound):
        suppressions.delete(world.organization, None, ANA)


def test_a_start_word_does_not_take_back_an_operators(world: World) -> None:
    everywhere(world, scope="marketing", expires_at=world.time.text(3600))
    for text in ("START", "STOP"):
        world.time.forward(60)
        write(world, text)
        assert refused(world, channel_id=world.gateway, **FREE) == ["opted_out"]
    world.run(3601)
    assert refused(world, channel_id=world.gateway, **FREE) == ["opted_out"]
    assert listed(world) == [(None, ANA, "keyword", "marketing")]


def test_the_inbound_message_tells_that_somebody_left(world: World) -> None:
    for text in ("stop by tomorrow", "stop", "start"):
        world.time.forward(60)
        write(world, text)
    newest = sorted(
        (item for item in kept.states() if item.get("direction") == "in"), key=lambda item: item["created_at"]
    )
    assert [bool(item.get("opted_out")) for item in newest[-3:]] == [False, True, False]


@pytest.mark.parametrize("how", ["before", "after", "error"])
@pytest.mark.parametrize(("text", "nth"), [("STOP", 1), ("START", 1), ("START", 2)])
def test_a_word_survives_a_worker_that_dies(world: World, text: str, nth: int, how: str) -> None:
    """Whatever it did already; the queue brings the webhook back."""
    if text == "START":
        write(world, "STOP")
        world.time.forward(60)
    world.faults.arm(nth, how, "TransactWriteItems")
    write(world, text)
    world.run(1000)
    assert world.faults.fired
    assert listed(world) == ([(None, ANA, "keyword", "marketing")] if text == "STOP" else [])


# ---- other numbers of the same person


def test_who_is_known_by_another_number_is_stopped_under_both(world: World) -> None:
    """WhatsApp answers another number than the one that was dialled, and the person writes from that one."""
    world.meta.known_as[ANA] = ELSEWHERE
    message = world.say()
    world.run(5)
    assert world.status(message) is Status.ACCEPTED
    write(world, "STOP", ELSEWHERE)
    for to in (ANA, ELSEWHERE):
        assert refused(world, to=to, channel_id=world.gateway, **FREE) == ["opted_out"]
    waiting = world.say(ANA, channel_id=world.gateway, send_at=world.time.text(60), **FREE | {"category": "UTILITY"})
    everywhere(world, ELSEWHERE)
    world.run(120)
    assert world.status(waiting) is Status.SKIPPED
    suppressions.delete(world.organization, None, ANA)
    assert listed(world) == []
    assert world.say(ANA, channel_id=world.gateway, **FREE)


def test_a_number_that_is_known_is_not_written_again(world: World) -> None:
    world.meta.known_as[ANA] = ELSEWHERE
    for _ in range(2):
        world.say()
        world.run(5)
        before = kept.items("PERSON#")
    assert kept.items("PERSON#") == before
    assert (
        people.about(world.organization, world.gateway, f"phone:{ANA}", 0).everywhere.known_as == f"phone:{ELSEWHERE}"
    )


# ---- groups and commands of bots


def test_a_command_stops_but_does_not_start(world: World) -> None:
    """Whoever opens the chat with a bot sends /start."""
    marketing = {"channel_id": world.bot, "to": "4211", **FREE}
    world.telegram.writes(text="/stop")
    world.hears()
    assert refused(world, **marketing) == ["opted_out"]
    world.time.forward(60)
    world.telegram.writes(text="/start")
    world.hears()
    assert refused(world, **marketing) == ["opted_out"]
    world.time.forward(60)
    world.telegram.writes(text="Start")
    world.hears()
    assert world.post(**marketing)


def test_a_text_that_is_mended_counts_as_it_is_now(world: World) -> None:
    known = {"message_id": 7, "chat": {"id": 4211}, "date": world.time() // 1000}
    world.telegram.says(edited_message={**known, "edit_date": world.time() // 1000, "text": "stop"})
    world.hears()
    assert refused(world, channel_id=world.bot, to="4211", **FREE) == ["opted_out"]


def test_in_a_group_people_talk_to_each_other(world: World) -> None:
    world.telegram.writes(chat=-100123, text="stop")
    world.hears()
    assert listed(world) == []


# ---- words of a channel's own


def test_a_channel_may_have_words_of_its_own(world: World) -> None:
    words = {"opt_out_keywords": ["Enough"], "opt_in_keywords": ["More, please"]}
    channels.update_service_settings(world.organization, world.whatsapp, ServiceSettingsChanges.model_validate(words))
    write(world, "STOP")
    assert listed(world) == []
    write(world, "enough!")
    assert refused(world, **FREE) == ["opted_out"]
    world.time.forward(60)
    write(world, "more please")
    assert world.say(**FREE)


def test_or_none(world: World) -> None:
    channels.update_service_settings(world.organization, world.whatsapp, ServiceSettingsChanges(opt_out_keywords=[]))
    write(world, "STOP")
    assert listed(world) == []


# ---- by SMS


def reply(world: World, text: str) -> None:
    """Ana answers an SMS."""
    channel = channel_store.get(world.organization, world.gateway)
    assert channel is not None
    told = InboundMessage("ACME", f"sms-{text}", [of_key(f"phone:{ANA}")], "text", world.time(), text=text)
    wish = heard.wish(channel, told)
    if wish:
        heard.follow(wish, channel, Answer(), told, told.at)
    people.saw(world.organization, world.gateway, f"phone:{ANA}", told.at)


@pytest.mark.parametrize("text", ["STOP", "Quit.", "cancel"])
def test_by_sms_a_stop_word_stops_everything_on_that_channel(world: World, text: str) -> None:
    reply(world, text)
    world.time.forward(60)
    reply(world, "Hello")
    assert refused(world, channel_id=world.gateway, **FREE | {"category": "AUTHENTICATION"}) == ["person_suppressed"]
    assert refused(world, channel_id=world.other_gateway, **FREE) == refused(world, **FREE) == ["opted_out"]
    assert world.say()
    assert world.say(channel_id=world.other_gateway, **FREE | {"category": None})
    assert listed(world) == [(None, ANA, "keyword", "marketing"), (world.gateway, ANA, "keyword", "all")]
    reply(world, "UNSTOP")
    assert listed(world) == []
    assert world.say(channel_id=world.gateway, **FREE)


def test_by_sms_the_other_numbers_of_a_contact_lose_marketing_alone(world: World) -> None:
    audience.contact(audience.CONTACT, f"phone:{ANA}", f"phone:{ELSEWHERE}", organization_id=world.organization)
    reply(world, "STOP")
    assert refused(world, to=ANA, channel_id=world.gateway, **FREE | {"category": None}) == ["person_suppressed"]
    assert refused(world, to=ELSEWHERE, channel_id=world.gateway, **FREE) == ["opted_out"]
    assert world.say(ELSEWHERE, channel_id=world.gateway, **FREE | {"category": None})


def test_a_start_word_elsewhere_does_not_open_the_sms(world: World) -> None:
    reply(world, "STOP")
    world.time.forward(60)
    write(world, "START")
    assert listed(world) == [(world.gateway, ANA, "keyword", "all")]


# ---- what platforms say


def offer(world: World) -> Sent:
    message = world.say(**FREE, **world.instead("undelivered", 60))
    world.run(5)
    return world.sent(message)


def test_metas_refusal_of_marketing_is_an_opt_out_of_that_channel_and_no_reason_to_fall_back(world: World) -> None:
    world.meta.happens(ANA, "131050")
    message = world.say(**FREE, **world.instead("send_failed", None))
    world.run(600)
    shown = world.shown(message)
    assert (shown.status, shown.error and shown.error.code) == (Status.FAILED, "person_opted_out")
    assert world.sms.accepted == []
    assert listed(world) == [(world.whatsapp, ANA, "person_opted_out", "marketing")]
    assert refused(world, **FREE) == ["opted_out"]
    assert world.say()
    assert world.say(channel_id=world.gateway, **FREE)


def test_the_same_when_it_comes_by_webhook_in_whatever_order(world: World) -> None:
    sent, then = offer(world), world.time()
    failed = world.meta.report(sent, "failed", then, code=131050)
    world.meta.says(failed, failed)
    world.hears()
    world.run(600)
    assert world.status(sent.message) is Status.FAILED
    assert world.sms.accepted == []
    assert listed(world) == [(world.whatsapp, ANA, "person_opted_out", "marketing")]
    write(world, "START", at=then + 5000)
    world.meta.says(failed)
    world.hears()
    assert listed(world) == []


def test_other_failures_say_nothing_of_the_person_and_fall_back(world: World) -> None:
    sent = offer(world)
    world.reports(sent.message, "failed", code=131049)
    world.run(5)
    assert listed(world) == []
    assert world.copies() == [TEXT]


def test_who_is_on_the_opt_out_list_of_aws_gets_nothing_there_until_they_write_start(world: World) -> None:
    message = world.state(world.say(channel_id=world.gateway, **FREE))
    ends.refused(message, world.time(), Fault(code="person_opted_out", message="no"), "everything")
    world.time.forward(60)
    reply(world, "Hello")
    assert refused(world, channel_id=world.gateway, **FREE) == ["person_suppressed"]
    assert world.say(channel_id=world.other_gateway, **FREE)
    reply(world, "START")
    assert world.say(channel_id=world.gateway, **FREE)


# ---- for many at once


def test_everybody_who_is_not_written_to_is_known_at_once(world: World) -> None:
    o = world.organization

    def bar(to: str, channel: str | None, **more: Any) -> str:
        suppressions.create(o, NewSuppression.model_validate({"to": to, "channel_id": channel, **more}))
        return f"phone:{to}"

    here, there = bar("+34600000001", world.whatsapp), bar("+34600000002", world.gateway)
    all_over = bar("+34600000003", None, expires_at=world.time.text(60))
    marketing = bar("+34600000004", None, scope=SuppressionScope.MARKETING)
    write(world, "STOP")
    opted_out = {marketing, f"phone:{ANA}"}

    def found(channel: str, category: Category | None) -> set[str]:
        return people.all_suppressed(o, channel, category, world.time())

    assert found(world.whatsapp, Category.UTILITY) == found(world.whatsapp, None) == {here, all_over}
    assert found(world.whatsapp, Category.MARKETING) == {here, all_over} | opted_out
    assert found(world.gateway, Category.MARKETING) == {there, all_over} | opted_out
    assert found("", Category.MARKETING) == {all_over} | opted_out
    world.time.forward(61)
    assert found(world.gateway, Category.UTILITY) == {there}


# ---- within a second, and after a crash


@pytest.mark.parametrize("first", ["refusal", "message"])
def test_whoever_writes_in_the_second_of_a_refusal_can_be_reached(world: World, first: str) -> None:
    """Platforms tell whole seconds, a refusal is known to the millisecond."""
    whom, second = (world.organization, world.gateway, f"phone:{BOB}"), world.time() // 1000 * 1000
    happenings = [lambda: people.suppress(*whom, "person_blocked", second + 300), lambda: people.saw(*whom, second)]
    for happens in happenings if first == "refusal" else reversed(happenings):
        happens()
    assert people.about(*whom, second).refuses(None) is None
    people.suppress(*whom, "person_blocked", second + 1000)
    assert people.about(*whom, second).refuses(None) == "person_blocked"


def test_a_message_that_was_seen_but_let_nobody_in_does_so_when_it_comes_again(world: World) -> None:
    whom, now = (world.organization, world.whatsapp, f"phone:{ANA}"), world.time()
    people.suppress(*whom, "person_blocked", now)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(people, "let_in", Mock(side_effect=RuntimeError("died here")))
        with pytest.raises(RuntimeError):
            people.saw(*whom, now + 5000)
    assert people.about(*whom, now).refuses(None) == "person_blocked"
    people.saw(*whom, now + 5000)
    assert people.about(*whom, now).refuses(None) is None
