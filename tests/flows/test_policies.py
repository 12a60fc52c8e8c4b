"""Fallback policies at work: steps over real timers, steps that are skipped, and statistics that add up."""

from collections import Counter
from typing import Any

import pytest
from moto.dynamodb.models import dynamodb_backends
from parley.cloud.clients import client
from parley.errors import Conflict
from parley.model import ids
from parley.model.fallback_policy import FallbackPolicyChanges, NewFallbackPolicy, NewFallbackRule
from parley.model.metrics import COUNTS_NOTHING
from parley.model.policy_statistics import StepStatistics
from parley.model.status import Status
from parley.operations import fallback_policies, fallback_rules, messages, projection
from parley.settings import settings

from tests.support import kept
from tests.support.cloud import REGION
from tests.support.world import ANA, BOB, EVE, World

WORDS = "Hello Ana, your order is ready."
Json = dict[str, Any]


def rule(world: World, channel: str, type: str = "SMS") -> str:
    new = NewFallbackRule.model_validate({"name": f"By {type}", "type": type, "channel_id": channel})
    return fallback_rules.create(world.organization, new, None).id


def policy(world: World, *steps: Json) -> str:
    new = NewFallbackPolicy.model_validate({"name": "Whatever arrives", "steps": steps})
    return fallback_policies.create(world.organization, new, None).id


@pytest.fixture
def three(world: World) -> str:
    """By bot at once, by SMS after a minute, by another gateway after two more."""
    bot, first, second = (
        rule(world, world.bot, "TELEGRAM"),
        rule(world, world.gateway),
        rule(world, world.other_gateway),
    )
    return policy(
        world,
        {"rule_id": bot, "trigger": "undelivered", "wait": 60},
        {"rule_id": first, "trigger": "send_failed"},
        {"rule_id": second, "trigger": "undelivered", "wait": 120, "text": "$(name), look!"},
    )


def test_the_steps_go_out_one_after_the_other(world: World, three: str) -> None:
    """Nobody is known to a bot by their phone number, so the SMS goes when the bot would have."""
    message = world.say(fallback_policy_id=three)
    world.run(59)
    assert world.copies() == []
    world.run(3)
    assert world.copies() == [WORDS]
    world.run(117)
    assert world.copies() == [WORDS]
    world.run(5)
    assert world.copies() == [WORDS, "Ana, look!"]
    world.pump.live(12)
    assert len(world.copies()) == 2
    legs = [world.shown(ids.copy_of(message, step)) for step in (1, 2)]
    assert [leg.fallback_policy_id for leg in legs] == [three, three]
    assert [leg.channel_id for leg in legs] == [world.gateway, world.other_gateway]


def test_who_got_it_gets_no_further_step(world: World, three: str) -> None:
    message = world.say(fallback_policy_id=three)
    world.run(62)
    [sms] = world.sms.sent_to(ANA)
    world.sms.says(sms, "DELIVRD")
    world.pump.live(12)
    assert (world.copies(), world.copy(message).status) == ([WORDS], Status.DELIVERED)


def test_a_faulty_template_falls_back_where_the_policy_says_so(world: World) -> None:
    said = {"rule_id": rule(world, world.gateway), "trigger": "send_failed", "text": "Your order waits."}
    named = policy(world, said)
    message = world.say(fallback_policy_id=named, template="gone")
    world.run(1)
    assert (world.status(message), world.copies()) == (Status.FAILED, ["Your order waits."])


def test_a_policy_that_is_edited_later_changes_only_later_sends(world: World, three: str) -> None:
    world.say(fallback_policy_id=three)
    other = {"rule_id": rule(world, world.gateway), "trigger": "undelivered", "wait": 30, "text": "New words"}
    changes = FallbackPolicyChanges.model_validate({"steps": [other]})
    fallback_policies.update(world.organization, three, changes)
    world.say(BOB, fallback_policy_id=three)
    world.run(200)
    assert world.copies() == [WORDS, "Ana, look!"]
    assert world.copies(BOB) == ["New words"]


def test_a_scheduled_message_keeps_its_policy_until_it_went_out(world: World, three: str) -> None:
    message = world.say(fallback_policy_id=three, send_at=world.time.text(3600))
    with kept.nothing_changes(), pytest.raises(Conflict) as caught:
        fallback_policies.delete(world.organization, three)
    assert message in caught.value.problems[0].reason
    world.run(3601)
    fallback_policies.delete(world.organization, three)
    world.run(62)
    assert world.copies() == [WORDS]


# ---- statistics


@pytest.fixture
def followed(world: World) -> World:
    """The changes of its table can be read."""
    stream = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    client("dynamodb").update_table(TableName=settings().data_table, StreamSpecification=stream)
    return world


def project() -> None:
    """Every change that the stream's filters let through, a few at a time."""
    shard = dynamodb_backends["123456789012"][REGION].tables[settings().data_table].stream_shard
    images = [record.to_json()["dynamodb"] for record in shard.items]
    changes = [(each.get("OldImage"), each["NewImage"], 0) for each in images if _comes_through(each.get("NewImage"))]
    for start in range(0, len(changes), 7):
        projection.project(f"batch {start}", changes[start : start + 7])


def _comes_through(image: Json | None) -> bool:
    if image is None or image["sk"]["S"] != "STATE" or "policy" not in image:
        return False
    return image["status"]["S"] not in set(COUNTS_NOTHING) - {"superseded"}


def steps(world: World, named: str) -> list[StepStatistics]:
    return fallback_policies.statistics(world.organization, named, None, None).total


def test_the_statistics_add_up(followed: World, three: str) -> None:
    """Ana hears nothing, Bob reads it, Eve's phone is no WhatsApp's; what Ana gets late is late."""
    world = followed
    world.meta.happens(EVE, "131026")
    silent, read, _ = [world.say(to, fallback_policy_id=three) for to in (ANA, BOB, EVE)]
    world.run(5)
    world.reports(read, "delivered", "read")
    [eves] = world.sms.sent_to(EVE)
    world.sms.says(eves, "DELIVRD")
    world.run(200)
    world.reports(silent, "delivered")
    project()
    first, by_sms, last = steps(world, three)
    assert (first.sent, first.delivered, first.read, sum(first.failed.values())) == (2, 2, 1, 1)
    assert (by_sms.fired, by_sms.delivered, by_sms.late) == ({"undelivered": 1, "failed": 1}, 1, 1)
    assert (last.fired, last.late) == ({"undelivered": 1}, 0)
    legs = Counter(each.get("copy_step", 0) for each in kept.states())
    assert legs == {0: 3, 1: sum(by_sms.fired.values()), 2: sum(last.fired.values())}


def test_what_is_over_before_it_goes_out_has_fired_too(followed: World, three: str) -> None:
    """Its channel is off, so it waits in the queue until it is over; the SMS goes instead."""
    world = followed
    message = world.say(fallback_policy_id=three, ttl=60)
    world.switch(world.whatsapp, on=False)
    world.run(1)
    world.pump.live(0.1, 0.02)
    project()
    [*_, by_sms] = steps(world, three)[:2]
    assert (world.status(message), sum(by_sms.fired.values())) == (Status.EXPIRED, 1)


def test_a_cancelled_message_counts_nothing(followed: World, three: str) -> None:
    world = followed
    messages.cancel(world.organization, world.say(fallback_policy_id=three, send_at=world.time.text(60)))
    world.run(600)
    project()
    assert steps(world, three) == []
