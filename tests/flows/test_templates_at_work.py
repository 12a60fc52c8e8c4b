"""Templates that change under messages that use them (sending rules §2, §4, §5)."""

from typing import Any

import pytest
from parley.errors import Invalid
from parley.model.status import Status
from parley.operations import templates

from tests.flows.test_holds import until
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
    templates.delete(world.organization, world.template)
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
