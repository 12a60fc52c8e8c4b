"""One-time codes through a pool of numbers: which one sends, what is believed of it, and that no code goes twice."""

from typing import Any

import pytest
from parley.model.channel import ServiceSettingsChanges
from parley.model.events import StatusReport
from parley.model.organization import NewCustomer
from parley.model.status import Status
from parley.model.template import Template
from parley.operations import binding, channels, organizations, otp_pool, receipts, scheduling_resources
from parley.store import people, rates, scheduling, templates

from tests.support.pooled import THIRD, TOKEN, OfProvider, Pooled
from tests.support.world import ANA, BOB, NUMBER, OTHER_NUMBER, TEXT, WABA, World

FRENCH, FOURTH = "+33612345678", "106540352248888"
NOBODY = "no_scheduling_resource"


@pytest.fixture
def pooled(world: World) -> Pooled:
    return Pooled(world)


def ended(world: World, message: str) -> tuple[str, str | None]:
    shown = world.shown(message)
    return shown.status, shown.error and shown.error.code


# ---- which number sends


def test_a_code_to_a_chosen_country_goes_out_from_the_pool(pooled: Pooled) -> None:
    message = pooled.code()
    pooled.world.run()
    assert pooled.senders(message) == [OTHER_NUMBER]
    shown = pooled.world.shown(message)
    assert (shown.status, shown.origin, shown.sender) == ("accepted", OTHER_NUMBER, "+34600000001")
    assert pooled.shown().health.used == 1


def test_everything_else_goes_out_from_the_own_number(pooled: Pooled) -> None:
    said = [pooled.code(FRENCH), pooled.world.say(ANA)]
    pooled.world.run()
    for message in said:
        assert (pooled.senders(message), pooled.world.shown(message).origin) == ([NUMBER], NUMBER)
    assert pooled.shown().health.used == 0


def unserved(pooled: Pooled) -> None:
    pooled.change(countries=["FR"])


def disabled(pooled: Pooled) -> None:
    pooled.change(enabled=False)


def inactive(pooled: Pooled) -> None:
    pooled.world.switch(pooled.channel, on=False)


def without_template(pooled: Pooled) -> None:
    templates.delete(template_of_the_pool(pooled))


def paused(pooled: Pooled) -> None:
    pooled.world.judge(str(template_of_the_pool(pooled).provider_id), "PAUSED")


def template_of_the_pool(pooled: Pooled) -> Template:
    [kept] = templates.of_channel(pooled.pooler, pooled.channel)
    return kept


def taken_out(pooled: Pooled) -> None:
    scheduling_resources.delete(pooled.pooler, pooled.resource)


def exhausted(pooled: Pooled) -> None:
    pooled.change(capacity=1)
    pooled.code(BOB)
    pooled.world.run()


NO_RESOURCE = [unserved, disabled, inactive, without_template, paused, taken_out, exhausted]


@pytest.mark.parametrize("why", NO_RESOURCE)
@pytest.mark.parametrize("own", [True, False], ids=["own numbers", "no own numbers"])
def test_where_the_pool_has_none(pooled: Pooled, why: Any, own: bool) -> None:
    why(pooled)
    pooled.schedule(use_own_numbers=own)
    message = pooled.code(**pooled.world.instead("send_failed", None))
    pooled.world.run()
    if own:
        assert (pooled.senders(message), ended(pooled.world, message)) == ([NUMBER], ("accepted", None))
        assert pooled.world.shown(message).origin == NUMBER
    else:
        assert (pooled.senders(message), ended(pooled.world, message)) == ([], ("failed", NOBODY))
        assert pooled.world.copies() == [TEXT]


def test_it_is_chosen_when_it_is_about_to_be_sent(pooled: Pooled) -> None:
    """Not when it was accepted."""
    message = pooled.code(send_at=pooled.world.time.text(60))
    other = pooled.bind(THIRD)
    pooled.add(other)
    pooled.change(enabled=False)
    pooled.world.run(61)
    assert pooled.senders(message) == [THIRD]


def test_the_load_is_shared_by_capacity(pooled: Pooled) -> None:
    pooled.change(capacity=40)
    pooled.add(pooled.bind(THIRD), capacity=20)
    said = [pooled.code(f"+346002{number:05}") for number in range(30)]
    pooled.world.run(5)
    senders = [pooled.senders(message)[0] for message in said]
    assert (senders.count(OTHER_NUMBER), senders.count(THIRD)) == (20, 10)


def test_capacity_is_never_overrun(pooled: Pooled) -> None:
    """What is too much goes out from the own number, and the next minute has room again."""
    world = pooled.world
    pooled.change(capacity=10)
    pooled.schedule(use_own_numbers=True)
    said = [pooled.code(f"+346003{number:05}") for number in range(25)]
    world.run(2)
    assert [pooled.senders(message)[0] for message in said].count(OTHER_NUMBER) == 10
    assert pooled.shown().health.used == 10
    world.run(60)
    message = pooled.code()
    world.run()
    assert pooled.senders(message) == [OTHER_NUMBER]


def test_a_place_that_somebody_else_took_meanwhile(pooled: Pooled, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last one of a minute is gone between the choice and the claim."""
    pooled.schedule(use_own_numbers=True)
    with monkeypatch.context() as patch:
        patch.setattr(otp_pool, "reserve", lambda route: False)
        message = pooled.code()
        pooled.world.run(2)
        assert (pooled.senders(message), pooled.world.state(message).attempt) == ([], 0)
    pooled.world.run(1)
    assert pooled.senders(message) == [OTHER_NUMBER]


def test_the_pace_of_its_own_channel_holds_too(pooled: Pooled) -> None:
    world = pooled.world
    channels.update_service_settings(pooled.pooler, pooled.channel, ServiceSettingsChanges(messages_per_second=1))
    said = [pooled.code(f"+346004{number:05}") for number in range(6)]
    world.run(1)
    assert sum(bool(pooled.senders(message)) for message in said) <= 4
    world.run(10)
    assert [pooled.senders(message) for message in said] == [[OTHER_NUMBER]] * 6


# ---- a number that fails in the middle


def test_a_dead_credential_sends_the_code_from_the_next_number(pooled: Pooled) -> None:
    world = pooled.world
    third = pooled.add(pooled.bind(THIRD))
    world.meta.happens(ANA, "190")
    message = pooled.code()
    world.run(10)
    [sent] = world.meta.of(message)
    failed = pooled.channel if sent.sender == THIRD else "the third"
    assert ended(world, message) == ("accepted", None)
    assert (world.shown(message).origin, len(world.meta.sent_to(ANA))) == (sent.sender, 1)
    healths = {each: pooled.shown(each).health.failures for each in (pooled.resource, third)}
    assert sorted(healths.values()) == [0, 1], failed


@pytest.mark.parametrize("own", [True, False], ids=["own numbers", "no own numbers"])
@pytest.mark.parametrize("word", ["190", "131048", "130497", "132015", "131031", "80007"])
def test_without_a_next_number(pooled: Pooled, word: str, own: bool) -> None:
    """Certainly not accepted, so the own number may send it, where it may."""
    world = pooled.world
    pooled.schedule(use_own_numbers=own)
    world.meta.happens(ANA, word)
    message = pooled.code(**world.instead("undelivered", None))
    world.run(20)
    assert pooled.senders(message) == ([NUMBER] if own else [])
    assert ended(world, message) == (("accepted", None) if own else ("failed", NOBODY))
    assert world.copies() == ([] if own else [TEXT])
    assert channels.get(world.organization, world.whatsapp).can_send


def test_a_refusal_for_the_messages_sake_is_no_ones_failure(pooled: Pooled) -> None:
    pooled.schedule(use_own_numbers=True)
    pooled.world.meta.happens(ANA, "131026")
    message = pooled.code()
    pooled.world.run(20)
    assert (ended(pooled.world, message), pooled.world.meta.asked) == (("failed", "undeliverable"), 1)
    assert pooled.shown().health.failures == 0


def test_failures_in_a_row_make_it_rest_and_a_success_heals(pooled: Pooled) -> None:
    world = pooled.world
    world.meta.happens(ANA, "131016", "131016")
    message = pooled.code()
    world.run(10)
    assert pooled.senders(message) == [OTHER_NUMBER]
    assert pooled.shown().health.failures == 0
    world.meta.happens(ANA, *["131016"] * 3)
    message = pooled.code()
    world.run(10)
    assert (pooled.senders(message), ended(world, message)) == ([], ("failed", NOBODY))
    assert (pooled.shown().health.healthy, pooled.shown().health.failures) == (False, 3)
    world.run(180)
    message = pooled.code()
    world.run()
    assert (pooled.senders(message), pooled.shown().health.failures) == ([OTHER_NUMBER], 0)


def test_a_busy_channel_of_the_pool_is_left_to_itself(pooled: Pooled) -> None:
    """Its platform asked it to rest, for what it sent of its own."""
    world = pooled.world
    pooled.schedule(use_own_numbers=True)
    rates.push_back(pooled.pooler, pooled.channel, world.time() + 3_600_000)
    message = pooled.code()
    world.run(5)
    assert pooled.senders(message) == [NUMBER]
    assert (pooled.shown().health.healthy, pooled.shown().health.failures) == (False, 0)


# ---- nobody knows whether it went out


@pytest.mark.parametrize(("fate", "times"), [("cut", 2), ("lose", 1)])
def test_an_unknown_outcome_is_never_tried_elsewhere(pooled: Pooled, fate: str, times: int) -> None:
    """It goes once more after the time for evidence, from the same number, so that receipts of either count."""
    world = pooled.world
    pooled.schedule(use_own_numbers=True)
    pooled.add(pooled.bind(THIRD))
    world.meta.happens(ANA, fate)
    message = pooled.code()
    world.run(29)
    assert (world.status(message), world.meta.asked) == (Status.UNKNOWN, 1)
    first = world.shown(message).origin
    world.run(60)
    assert pooled.senders(message) == [first] * times


def test_what_went_out_from_the_own_number_goes_again_from_there(pooled: Pooled) -> None:
    world = pooled.world
    pooled.schedule(use_own_numbers=True)
    pooled.change(enabled=False)
    world.meta.happens(ANA, "cut")
    message = pooled.code()
    world.run(10)
    pooled.change(enabled=True)
    world.run(60)
    assert pooled.senders(message) == [NUMBER, NUMBER]


# ---- receipts


def test_receipts_of_the_number_that_sent_it(pooled: Pooled) -> None:
    message = pooled.code()
    pooled.world.run()
    pooled.reports(message, "sent", "delivered", "read")
    assert pooled.world.status(message) is Status.READ


@pytest.mark.parametrize("sender", [NUMBER, THIRD, "999"])
def test_receipts_of_another_number_are_not_believed(pooled: Pooled, sender: str) -> None:
    """Not even of its channel's own one."""
    pooled.bind(THIRD)
    message = pooled.code()
    pooled.world.run()
    pooled.reports(message, "delivered", sender=sender)
    assert pooled.world.status(message) is Status.ACCEPTED


def test_after_it_went_out_from_the_own_number_the_pool_says_nothing_of_it(pooled: Pooled) -> None:
    world = pooled.world
    pooled.schedule(use_own_numbers=True)
    world.meta.happens(ANA, "190")
    message = pooled.code()
    world.run(5)
    assert world.state(message).resource is None
    pooled.reports(message, "delivered", sender=OTHER_NUMBER)
    assert world.status(message) is Status.ACCEPTED
    pooled.reports(message, "delivered")
    assert world.status(message) is Status.DELIVERED


def test_receipts_after_the_resource_is_gone(pooled: Pooled) -> None:
    message = pooled.code()
    pooled.world.run()
    taken_out(pooled)
    pooled.reports(message, "delivered")
    assert pooled.world.status(message) is Status.DELIVERED


def test_the_persons_name_at_another_sender_is_not_kept(pooled: Pooled) -> None:
    pooled.code()
    pooled.world.run()
    assert people.get(pooled.world.organization, pooled.world.whatsapp, f"phone:{ANA}") == people.STRANGER


# ---- the pool of a service provider


def test_a_customer_sends_from_its_providers_number(world: World) -> None:
    pooled = OfProvider(world)
    message = pooled.code()
    world.run()
    assert (pooled.senders(message), world.shown(message).origin) == ([OTHER_NUMBER], OTHER_NUMBER)
    pooled.reports(message, "delivered")
    assert world.status(message) is Status.DELIVERED


def test_customers_share_the_capacity(world: World) -> None:
    first = OfProvider(world)
    first.change(capacity=3)
    messages = [first.code(f"+346006{number:05}") for number in range(2)]
    world.run()
    world.meta.numbers[FOURTH] = "+34 600 00 00 04"
    world.organization = organizations.create_customer(first.agency, NewCustomer(name="Kiosk"), None).id
    world.whatsapp = world.bound("WHATSAPP_CLOUD", {"waba_id": WABA, "phone_number_id": FOURTH}, TOKEN)
    first.approve(world.whatsapp)
    first.schedule()
    others = [first.code(f"+346007{number:05}") for number in range(2)]
    world.run()
    assert [first.senders(each) for each in messages] == [[OTHER_NUMBER]] * 2
    assert sorted(first.senders(each) for each in others) == [[], [OTHER_NUMBER]]
    assert first.shown().health.used == 3


def test_nobody_elses_pool_serves_it(world: World) -> None:
    """The bakery, which is no customer, has the same settings and templates."""
    pooled = OfProvider(world)
    world.organization, world.whatsapp = pooled.bakery, pooled.bakery_whatsapp
    pooled.approve(world.whatsapp)
    pooled.schedule()
    message = pooled.code()
    world.run()
    assert ended(world, message) == ("failed", NOBODY)


def test_a_number_that_belongs_to_somebody_else_by_now(world: World) -> None:
    """Its new owner speaks for what it sends from now on, not for what was sent before."""
    pooled = OfProvider(world)
    message = pooled.code()
    world.run()
    binding.unbind(pooled.agency, pooled.channel)
    world.organization, mine = pooled.bakery, world.organization
    world.bound("WHATSAPP_CLOUD", {"waba_id": WABA, "phone_number_id": OTHER_NUMBER}, TOKEN)
    world.organization = mine
    pooled.reports(message, "delivered")
    assert world.status(message) is Status.ACCEPTED


def test_a_customers_own_app_does_not_speak_for_its_providers_number(world: World) -> None:
    """Its secret signs what it likes; that of the number's owner counts."""
    pooled = OfProvider(world)
    message = pooled.code()
    world.run()
    [sent] = world.meta.of(message)
    report = StatusReport(OTHER_NUMBER, sent.id, Status.DELIVERED, world.time(), sent.echo)
    own = channels.get(world.organization, world.whatsapp)
    receipts.apply(report, "whatsapp_cloud", own, world.time())
    assert world.status(message) is Status.ACCEPTED
    receipts.apply(report, "whatsapp_cloud", channels.get(pooled.agency, pooled.channel), world.time())
    assert world.status(message) is Status.DELIVERED


# ---- what conversions teach


def test_codes_that_nobody_types_in_make_it_rest(pooled: Pooled) -> None:
    world = pooled.world
    message = pooled.code()
    world.run()
    state = world.state(message)
    for _ in range(20):
        otp_pool.learned(state, False)
    assert (pooled.shown().health.healthy, pooled.shown().health.misses) == (False, 20)
    otp_pool.learned(state, True)
    assert (pooled.shown().health.healthy, pooled.shown().health.misses) == (True, 0)


def test_a_code_from_the_own_number_teaches_the_pool_nothing(pooled: Pooled) -> None:
    message = pooled.code(FRENCH)
    pooled.world.run()
    otp_pool.learned(pooled.world.state(message), False)
    assert pooled.shown().health.misses == 0


# ---- what it costs


def test_what_a_code_costs(pooled: Pooled) -> None:
    """One that is not scheduled costs nothing more, although its channel has scheduling on; one that is costs a write,
    and reads that a batch shares."""
    plain, scheduled = requests(pooled.world, FRENCH), requests(pooled.world, ANA)
    assert plain == ["BatchGetItem"] * 2 + ["UpdateItem"] * 2 + ["provider", "UpdateItem"]
    more = ["GetItem", "Query", *["BatchGetItem"] * 3, "UpdateItem"]
    assert sorted(scheduled) == sorted([*plain, *more])


def requests(world: World, to: str) -> list[str]:
    world.run()
    world.say(to, template="code")
    world.faults.seen.clear()
    world.run()
    return list(world.faults.seen)


def test_a_batch_asks_the_pool_once(pooled: Pooled) -> None:
    world = pooled.world
    one = [name for name in requests(world, ANA) if name in ("Query", "BatchGetItem")]
    for number in range(10):
        pooled.code(f"+346005{number:05}")
    world.faults.seen.clear()
    world.run()
    assert [name for name in world.faults.seen if name in ("Query", "BatchGetItem")] == one


# ---- faults of ours


def test_a_pool_that_cannot_be_read_leaves_the_others_alone(pooled: Pooled, monkeypatch: pytest.MonkeyPatch) -> None:
    said = [pooled.code(), pooled.code(FRENCH)]
    with monkeypatch.context() as patch:
        patch.setattr(scheduling, "all_of", lambda organization: 1 / 0)
        pooled.world.run(1)
        assert [pooled.senders(message) for message in said] == [[], [NUMBER]]
