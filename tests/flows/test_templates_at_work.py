"""Templates that change under messages that use them (sending rules §2, §4, §5)."""

from contextlib import nullcontext, suppress
from typing import Any

import pytest
from parley.errors import Conflict, Invalid
from parley.model.status import Status
from parley.model.template import TemplateProperties
from parley.operations import retirement, reviews, templates

from tests.flows.test_holds import until
from tests.support.faults import Killed
from tests.support.world import ANA, BOB, TEXT, World


def provider_id(world: World) -> str:
    return str(templates.get(world.organization, world.template).provider_id)


def error(world: World, message: str) -> str | None:
    found = world.shown(message).error
    return found.code if found else None


def test_a_paused_template_holds_and_its_return_releases(world: World) -> None:
    message = world.say()
    world.judge(provider_id(world), "PAUSED")
    until(world, 3)
    assert (world.shown(message).held, world.meta.asked) == ("template", 0)
    world.judge(provider_id(world), "APPROVED")
    world.run(5)
    assert (world.status(message), world.meta.asked) == (Status.ACCEPTED, 1)


@pytest.mark.parametrize("word", ["REJECTED", "DISABLED"])
@pytest.mark.parametrize("trigger", ["send_failed", "undelivered"])
def test_a_template_that_is_refused_meanwhile_fails_and_falls_back(world: World, word: str, trigger: str) -> None:
    message = world.say(**world.instead(trigger, 60))
    world.judge(provider_id(world), word)
    world.run(5)
    assert (world.status(message), error(world, message)) == (Status.FAILED, "template_not_approved")
    assert (world.copies(), world.meta.asked) == ([TEXT], 0)


def test_a_template_that_is_refused_while_it_holds_ends_what_it_held(world: World) -> None:
    message = world.say(**world.instead("undelivered", 60))
    world.judge(provider_id(world), "PAUSED")
    world.run(5)
    assert world.shown(message).held == "template"
    world.judge(provider_id(world), "DISABLED")
    world.run(5)
    assert (world.status(message), world.copies()) == (Status.FAILED, [TEXT])


def test_a_deleted_template_fails_what_waits_with_it(world: World) -> None:
    message = world.say(**world.instead("undelivered", 60))
    retirement.delete(world.organization, world.template, all_languages=False, force=False)
    world.run(5)
    assert (world.status(message), error(world, message)) == (Status.FAILED, "template_deleted")
    assert world.copies() == [TEXT]


@pytest.mark.parametrize("word", ["PAUSED", "REJECTED"])
def test_a_code_does_not_wait_for_its_template(world: World, word: str) -> None:
    made = world.approved("code", "AUTHENTICATION")
    message = world.say(template="code", **world.instead("send_failed", None))
    world.judge(str(made.provider_id), word)
    world.run(1)
    assert (world.status(message), world.copies()) == (Status.FAILED, [TEXT])


def test_a_refusal_of_the_template_holds_its_other_messages(world: World) -> None:
    world.meta.happens(ANA, "132015")
    first = world.say(ANA)
    world.run(1)
    second = world.say(BOB, **world.instead("undelivered", 3600)) if _sendable(world) else None
    assert (world.status(first), error(world, first)) == (Status.FAILED, "template_paused")
    assert str(templates.get(world.organization, world.template).status) == "paused"
    assert second is None


def _sendable(world: World) -> bool:
    try:
        world.say(BOB)
    except Invalid:
        return False
    return True


def test_what_was_accepted_before_the_refusal_is_held_and_goes_on_after_it(world: World) -> None:
    world.meta.happens(ANA, "132015")
    world.say(ANA)
    other = world.say(BOB)
    world.pump.batch = 1
    world.pump.drain("transactional")
    assert (world.shown(other).held, world.meta.asked) == ("template", 1)
    world.meta.templates[provider_id(world)]["status"] = "APPROVED"
    until(world, 2)
    assert world.status(other) is Status.ACCEPTED


def test_a_template_that_meta_disabled_is_known_to_be(world: World) -> None:
    world.meta.happens(ANA, "132016")
    world.say(ANA)
    other = world.say(BOB)
    world.pump.batch = 1
    world.run(1)
    assert (world.status(other), error(world, other)) == (Status.FAILED, "template_not_approved")
    assert str(templates.get(world.organization, world.template).status) == "disabled"


UNSENDABLE: list[tuple[dict[str, Any], str]] = [
    ({"template": "no_such_template"}, "unknown_template"),
    ({"language": "de"}, "unknown_template"),
    ({"variables": {}}, "variable_missing"),
    ({"variables": {"name": "Ana", "other": "x"}}, "variable_unknown"),
    ({"variables": {"name": ""}}, "variable_missing"),
]


@pytest.mark.parametrize(("change", "code"), UNSENDABLE)
def test_send_failed_accepts_what_cannot_be_sent_and_falls_back(
    world: World, change: dict[str, Any], code: str
) -> None:
    shown = world.post(**world.instead("send_failed", None), **change)
    assert (shown.status, shown.error and shown.error.code) == (Status.FAILED, code)
    assert shown.error is not None
    assert shown.error.local
    world.run(60)
    assert (world.copies(), world.meta.asked) == ([TEXT], 0)


@pytest.mark.parametrize(("change", "code"), UNSENDABLE)
@pytest.mark.parametrize("trigger", ["undelivered", "unread", None])
def test_the_other_triggers_refuse_it(world: World, trigger: str | None, change: dict[str, Any], code: str) -> None:
    policy = world.instead(trigger, 60) if trigger else {}
    with pytest.raises(Invalid) as caught:
        world.post(**policy, **change)
    assert code in [problem.code for problem in caught.value.problems]
    world.run(60)
    assert (world.copies(), world.meta.asked) == ([], 0)


def test_a_faulty_message_for_later_fails_and_falls_back_at_its_time(world: World) -> None:
    at = world.time.text(3600)
    shown = world.post(send_at=at, **world.instead("send_failed", None), variables={})
    assert shown.status is Status.SCHEDULED
    world.run(3590)
    assert world.copies() == []
    world.run(20)
    assert (world.status(shown.id), world.copies()) == (Status.FAILED, [TEXT])


def test_a_wrong_recipient_is_refused_whatever_the_trigger(world: World) -> None:
    with pytest.raises(Invalid) as caught:
        world.post("12", **world.instead("send_failed", None), variables={})
    assert "to" in [problem.field for problem in caught.value.problems]


# ---- a category that the platform changes (CAMS §5.6)


def watched(world: World) -> None:
    """Its owner wants to be stopped by a change."""
    templates.set_properties(world.organization, world.template, TemplateProperties(category_change_paused=True))


def allowed(world: World) -> None:
    templates.set_properties(world.organization, world.template, TemplateProperties(allow_send=True))


def recategorized(world: World, category: str, previous: str = "UTILITY") -> None:
    """Meta changes it, and tells us."""
    told = {"message_template_id": provider_id(world), "previous_category": previous, "new_category": category}
    world.meta.templates[provider_id(world)]["category"] = category
    world.meta.posts("template_category_update", told)
    world.pump.drain("webhooks")


def test_a_change_stops_new_sends(world: World) -> None:
    watched(world)
    recategorized(world, "MARKETING")
    found = templates.get(world.organization, world.template)
    assert (found.category, found.asked_category, found.allow_send) == ("MARKETING", "UTILITY", False)
    with pytest.raises(Conflict) as caught:
        world.say()
    assert caught.value.code == "category_changed"
    world.run(60)
    assert world.meta.asked == 0


def test_what_was_queued_is_held_and_goes_out_once_when_it_is_allowed(world: World) -> None:
    watched(world)
    queued = [world.say(f"+346001112{n:02}") for n in range(25)]
    recategorized(world, "MARKETING")
    until(world, 3)
    assert {world.shown(message).held for message in queued} == {"template"}
    assert world.meta.asked == 0
    allowed(world)
    world.pump.copies = 2
    until(world, 3)
    assert [len(world.meta.of(message)) for message in queued] == [1] * 25
    assert world.meta.asked == 25


def test_what_went_out_before_the_news_is_not_held(world: World) -> None:
    watched(world)
    first = world.say()
    world.run(1)
    second = world.say(BOB)
    recategorized(world, "MARKETING")
    world.run(5)
    assert (world.status(first), world.shown(second).held) == (Status.ACCEPTED, "template")


def test_what_is_held_expires_in_its_time_and_falls_back(world: World) -> None:
    watched(world)
    alone = world.say(BOB, ttl=600)
    message = world.say(ttl=600, **world.instead("undelivered", 3600))
    recategorized(world, "MARKETING")
    until(world, 9)
    assert (world.shown(message).held, world.copies()) == ("template", [])
    until(world, 3)
    assert (world.status(alone), world.status(message)) == (Status.EXPIRED, Status.EXPIRED)
    assert (world.copies(), world.copies(BOB), world.meta.asked) == ([TEXT], [], 0)
    allowed(world)
    until(world, 2)
    assert world.meta.asked == 0


def test_send_failed_accepts_what_a_change_stopped_and_falls_back(world: World) -> None:
    watched(world)
    recategorized(world, "MARKETING")
    shown = world.post(**world.instead("send_failed", None))
    assert (shown.status, shown.error and shown.error.code) == (Status.FAILED, "category_changed")
    world.run(60)
    assert (world.copies(), world.meta.asked) == ([TEXT], 0)


@pytest.mark.parametrize("trigger", ["undelivered", "unread"])
def test_the_other_triggers_are_refused(world: World, trigger: str) -> None:
    watched(world)
    recategorized(world, "MARKETING")
    with pytest.raises(Conflict):
        world.post(**world.instead(trigger, 60))
    world.run(60)
    assert (world.copies(), world.meta.asked) == ([], 0)


def test_whom_a_change_does_not_stop_it_only_changes(world: World) -> None:
    first = world.say()
    recategorized(world, "MARKETING")
    second = world.say(BOB)
    world.run(5)
    assert (world.status(first), world.status(second)) == (Status.ACCEPTED, Status.ACCEPTED)
    assert templates.get(world.organization, world.template).category == "MARKETING"
    assert [world.state(message).lane for message in (first, second)] == ["transactional", "marketing"]


def test_the_way_back_stops_nothing(world: World) -> None:
    recategorized(world, "MARKETING")
    watched(world)
    recategorized(world, "UTILITY", "MARKETING")
    message = world.say()
    world.run(5)
    assert world.status(message) is Status.ACCEPTED


def test_news_that_come_twice_do_not_stop_what_was_allowed(world: World) -> None:
    watched(world)
    recategorized(world, "MARKETING")
    allowed(world)
    recategorized(world, "MARKETING")
    message = world.say()
    world.run(5)
    assert world.status(message) is Status.ACCEPTED


def test_an_announcement_is_shown_and_stops_nothing_yet(world: World) -> None:
    watched(world)
    told = {"message_template_id": provider_id(world), "new_category": "UTILITY", "correct_category": "MARKETING"}
    world.meta.posts("template_category_update", told)
    message = world.say()
    world.run(5)
    found = templates.get(world.organization, world.template)
    assert (found.category, found.expected_category, found.allow_send) == ("UTILITY", "MARKETING", True)
    assert world.status(message) is Status.ACCEPTED


def test_the_quality_is_shown_and_the_reason_stays(world: World) -> None:
    world.judge(provider_id(world), "PAUSED", reason="NONE", other_info={"description": "Paused for 3 hours"})
    told = {"message_template_id": provider_id(world), "new_quality_score": "RED"}
    world.meta.posts("message_template_quality_update", told)
    world.run(1)
    found = templates.get(world.organization, world.template)
    assert (found.quality, str(found.status), found.reason) == ("RED", "paused", "Paused for 3 hours")


@pytest.mark.parametrize("paused", [True, False])
def test_a_change_at_the_submission_is_known_before_the_first_send(world: World, *, paused: bool) -> None:
    made = world.designed("news", category_change_paused=paused)
    world.meta.judged["news"] = "MARKETING"
    world.judge(str(reviews.submit(world.organization, made.id).provider_id), "APPROVED")
    found = templates.get(world.organization, made.id)
    assert (found.category, found.asked_category, found.allow_send) == ("MARKETING", "UTILITY", not paused)
    with pytest.raises(Conflict) if paused else nullcontext():
        world.say(template="news")


@pytest.mark.parametrize("paused", [True, False])
def test_the_poll_finds_a_change_whose_webhook_was_lost(world: World, *, paused: bool) -> None:
    """The approval came, and with it another category, but nobody told us either."""
    made = world.designed("news", category_change_paused=paused)
    submitted = reviews.submit(world.organization, made.id)
    world.meta.templates[str(submitted.provider_id)] |= {"status": "APPROVED", "category": "MARKETING"}
    until(world, 2)
    found = templates.get(world.organization, made.id)
    assert (str(found.status), found.category, found.allow_send) == ("approved", "MARKETING", not paused)


def test_the_poll_finds_a_change_of_an_approved_template(world: World) -> None:
    watched(world)
    world.meta.templates[provider_id(world)]["category"] = "MARKETING"
    world.pump.live(26)
    found = templates.get(world.organization, world.template)
    assert (found.category, found.allow_send) == ("MARKETING", False)


@pytest.mark.parametrize("how", ["before", "after"])
@pytest.mark.parametrize("nth", range(1, 12))
def test_a_death_while_a_change_is_taken_over_leaves_nothing_sendable(quick: World, nth: int, how: str) -> None:
    """The change and the stop are one write: whoever reads MARKETING reads the stop too."""
    watched(quick)
    told = {"message_template_id": provider_id(quick), "previous_category": "UTILITY", "new_category": "MARKETING"}
    quick.meta.posts("template_category_update", told)
    quick.faults.arm(nth, how)
    quick.pump.drain("webhooks")
    quick.faults.disarm()
    found = templates.get(quick.organization, quick.template)
    assert (str(found.category), found.allow_send) in {("UTILITY", True), ("MARKETING", False)}
    quick.run(400)
    found = templates.get(quick.organization, quick.template)
    assert (found.category, found.allow_send) == ("MARKETING", False)


@pytest.mark.parametrize("how", ["before", "after"])
@pytest.mark.parametrize("nth", range(1, 12))
def test_a_death_while_it_is_submitted_leaves_nothing_sendable(quick: World, nth: int, how: str) -> None:
    """Meta makes it MARKETING at once and approves it; whatever was written by then, nobody may send it."""
    made = quick.designed("news", category_change_paused=True)
    quick.meta.judged["news"] = "MARKETING"
    quick.faults.arm(nth, how)
    with suppress(Killed):
        reviews.submit(quick.organization, made.id)
    quick.faults.disarm()
    reviews.submit(quick.organization, made.id)
    for row in quick.meta.templates.values():
        row["status"] = "APPROVED"
    until(quick, 2)
    found = templates.get(quick.organization, made.id)
    assert (str(found.status), str(found.category), found.allow_send) == ("approved", "MARKETING", False)


def test_a_scheduled_send_looks_again_at_its_time(world: World) -> None:
    watched(world)
    at = world.time.text(3600)
    message = world.say(send_at=at)
    instead = world.say(BOB, send_at=at, ttl=600, **world.instead("undelivered", 3600))
    recategorized(world, "MARKETING")
    world.run(3600)
    until(world, 2)
    assert (world.shown(message).held, world.shown(instead).held) == ("template", "template")
    until(world, 12)
    assert (world.status(instead), world.copies(BOB), world.meta.asked) == (Status.EXPIRED, [TEXT], 0)
    allowed(world)
    until(world, 2)
    assert (world.status(message), world.meta.asked) == (Status.ACCEPTED, 1)


def test_a_scheduled_send_that_is_allowed_in_time_goes_out(world: World) -> None:
    watched(world)
    message = world.say(send_at=world.time.text(3600))
    recategorized(world, "MARKETING")
    allowed(world)
    world.run(3605)
    assert (world.status(message), world.meta.asked) == (Status.ACCEPTED, 1)


def test_defaults_fill_what_a_send_leaves_empty(world: World) -> None:
    parts = [{"type": "BODY", "text": "Hello $(name), it is ready at $(store)."}]
    samples = {"name": "Ana", "store": "Centro"}
    world.approved("ready", components=parts, samples=samples, defaults={"name": "you", "store": "our shop"})
    named = world.say(template="ready", variables={"name": "Ana", "store": ""})
    nobody = world.say(BOB, template="ready", variables={})
    world.run(5)
    assert [words(world, message) for message in (named, nobody)] == [["Ana", "our shop"], ["you", "our shop"]]


def words(world: World, message: str) -> list[str]:
    """What stands in the text that Meta was given."""
    [part] = world.sent(message).body["template"]["components"]
    return [parameter["text"] for parameter in part["parameters"]]


def test_a_value_without_a_default_is_still_missed(world: World) -> None:
    parts = [{"type": "BODY", "text": "Hello $(name), it is ready at $(store)."}]
    samples = {"name": "Ana", "store": "Centro"}
    world.approved("ready", components=parts, samples=samples, defaults={"name": "you"})
    with pytest.raises(Invalid) as caught:
        world.say(template="ready", variables={})
    assert [problem.field for problem in caught.value.problems] == ["variables.store"]
