"""Receipts: early, repeated, shuffled, foreign; by our echo or by the platform's own id (sending rules §10)."""

import random
from itertools import permutations
from typing import Any

import pytest
from parley.model.status import Status
from parley.operations import binding

from tests.support.phones import Sent
from tests.support.world import ANA, BOB, NUMBER, OTHER_NUMBER, TEXT, WABA, World

SILENT = {"gateway": "HTTP", "url": "https://sms.example/send", "sender_id": "ACME"}
NO_ECHO = {**SILENT, "body": {"to": "$(to)", "text": "$(text)"}}
CREDENTIALS = {"token": "t", "report_secret": "report-secret"}


@pytest.mark.parametrize("order", list(permutations(["sent", "delivered", "read"])))
def test_any_order_ends_the_same(world: World, order: tuple[str, ...]) -> None:
    message = world.say()
    world.run()
    times = {"sent": 10, "delivered": 20, "read": 30}
    for word in order:
        world.reports(message, word, at=world.time() + times[word] * 1000)
    shown = world.shown(message)
    assert shown.status is Status.READ
    assert [str(entry.status) for entry in shown.timeline][-3:] == ["sent", "delivered", "read"]


def test_shuffled_and_repeated_over_many_messages(world: World) -> None:
    ends = {"a": ["sent"], "b": ["sent", "delivered"], "c": ["read"], "d": ["failed"], "e": ["failed", "delivered"]}
    said = {name: world.say(f"+3460044000{number}") for number, name in enumerate(ends)}
    world.run(1)
    reports = [world.meta.report(world.sent(said[name]), word) for name, words in ends.items() for word in words * 3]
    dice = random.Random(7)
    dice.shuffle(reports)
    world.pump.dice, world.pump.copies = dice, 2
    for start in range(0, len(reports), 4):
        world.meta.says(*reports[start : start + 4])
    world.run(60)
    found = {name: str(world.status(message)) for name, message in said.items()}
    assert found == {"a": "sent", "b": "delivered", "c": "read", "d": "failed", "e": "delivered"}


def test_a_receipt_that_is_faster_than_our_own_record(world: World) -> None:
    """It comes while the message stands at `sending`."""
    message = world.say(**world.instead("undelivered", 60))
    echo = f"{world.organization}.{message}"
    world.meta._take = _reporting_first(world, echo, "sent")  # type: ignore[method-assign]
    world.run(1)
    shown = world.shown(message)
    assert (shown.status, shown.provider_message_id) == (Status.SENT, "wamid.fast")
    assert {"accepted", "sent"} <= {str(entry.status) for entry in shown.timeline}
    world.run(61)
    assert world.copies() == [TEXT]


def _reporting_first(world: World, echo: str, word: str) -> Any:
    def take(sent: Sent, answer: Any, request: Any) -> Any:
        fast = Sent(sent.to, echo, "wamid.fast", sent.sender, sent.body)
        world.meta.says(world.meta.report(fast, word))
        world.pump.drain("webhooks")
        import httpx

        return httpx.Response(200, json={"contacts": [], "messages": [{"id": "wamid.fast"}]})

    return take


@pytest.mark.parametrize("word", ["failed", "delivered", "read"])
def test_an_end_that_is_faster_than_our_own_record(world: World, word: str) -> None:
    message = world.say(**world.instead("undelivered", 60))
    world.meta._take = _reporting_first(world, f"{world.organization}.{message}", word)  # type: ignore[method-assign]
    world.run(3600)
    assert str(world.status(message)) == word
    assert world.copies() == ([TEXT] if word == "failed" else [])


def test_a_worker_that_died_after_the_call_and_the_receipt_that_came_first(world: World) -> None:
    """Nobody recorded an acceptance; the receipt proves it, and the wait starts with it."""
    message = world.say(**world.instead("undelivered", 120))
    world.faults.arm(1, "after", "provider")
    world.run(1)
    assert (world.status(message), world.faults.fired) == (Status.SENDING, True)
    world.reports(message, "sent")
    world.run(1200)
    assert (world.status(message), world.copies(), world.meta.asked) == (Status.SENT, [TEXT], 1)


def test_our_echo_from_a_sender_that_is_not_the_messages_is_not_believed(world: World) -> None:
    message = world.say()
    world.run()
    report = world.meta.report(world.sent(message), "read")
    world.meta.says(report, sender=OTHER_NUMBER)
    world.meta.says(report, sender="")
    world.run(3600)
    assert world.status(message) is Status.ACCEPTED


def test_another_organizations_number_cannot_speak_for_ours(world: World) -> None:
    message = world.say()
    world.run()
    report = world.meta.report(world.sent(message), "read")
    mine = world.organization
    other = stranger(world)
    world.meta.says(report, sender=OTHER_NUMBER)
    world.run(60)
    world.organization = mine
    assert other
    assert world.status(message) is Status.ACCEPTED


def stranger(world: World) -> str:
    """Another business, bound to the other number."""
    from parley.model.organization import NewOrganization
    from parley.operations import organizations

    world.organization = organizations.create(NewOrganization(name="Stranger"), None, None).id
    settings = {"waba_id": WABA, "phone_number_id": OTHER_NUMBER}
    return world.bound("WHATSAPP_CLOUD", settings, {"access_token": "EAA-token"})


FOREIGN = [None, "", "order-17", "x.y", "00000000-0000-4000-8000-000000000000.00000000-0000-4000-8000-000000000000"]


@pytest.mark.parametrize("echo", FOREIGN)
def test_other_tools_receipts_are_counted_and_dropped(world: World, echo: str | None) -> None:
    message = world.say()
    world.run()
    foreign = Sent(ANA, echo, "wamid.other", NUMBER, {})
    assert world.meta.says(world.meta.report(foreign, "failed")) == 200
    world.run()
    assert world.pump.waiting("webhooks") == []
    assert world.status(message) is Status.ACCEPTED


def test_a_foreign_receipt_does_not_hold_up_ours_in_the_same_body(world: World) -> None:
    message = world.say()
    world.run()
    foreign = Sent(ANA, "order-17", "wamid.other", NUMBER, {})
    world.meta.says(world.meta.report(foreign, "sent"), world.meta.report(world.sent(message), "delivered"))
    world.run()
    assert world.status(message) is Status.DELIVERED


def test_receipts_after_an_unbind_still_arrive(world: World) -> None:
    message = world.say(**world.instead("undelivered", 3600))
    world.run(1)
    report = world.meta.report(world.sent(message), "delivered")
    binding.unbind(world.organization, world.whatsapp)
    world.meta.says(report)
    world.run(7200)
    assert (world.status(message), world.copies()) == (Status.DELIVERED, [])


# ---- gateways that carry nothing of ours


def silent_sms(world: World) -> Sent:
    """An SMS through a gateway without our reference; it is accepted."""
    world.bind(world.gateway, NO_ECHO, CREDENTIALS)
    world.run()
    world.message = world.say(
        channel_id=world.gateway, type="text", text=TEXT, template=None, language=None, variables=None
    )  # type: ignore[attr-defined]
    world.run(1)
    [sent] = world.sms.accepted
    assert sent.echo is None
    return sent


def sms_status(world: World) -> str:
    return str(world.status(world.message))  # type: ignore[attr-defined]


@pytest.mark.parametrize(("word", "status"), [("ACCEPTD", "sent"), ("DELIVRD", "delivered"), ("UNDELIV", "failed")])
def test_a_report_by_the_gateways_own_id(world: World, word: str, status: str) -> None:
    sent = silent_sms(world)
    assert world.sms.says(sent, word) == 200
    world.run(5)
    assert sms_status(world) == status


def test_a_report_that_is_faster_than_our_record_waits_for_it(world: World) -> None:
    sent = silent_sms(world)
    fast = Sent(BOB, None, "g-2", "ACME", {})
    world.sms.says(fast, "DELIVRD")
    world.run(120)
    assert len(world.pump.waiting("webhooks")) == 1
    second = world.say(
        BOB, channel_id=world.gateway, type="text", text=TEXT, template=None, language=None, variables=None
    )
    world.run(600)
    assert (str(world.status(second)), world.sms.accepted[1].id) == ("delivered", "g-2")
    assert (sms_status(world), sent.id) == ("accepted", "g-1")


def test_a_report_about_nothing_is_given_up_after_a_quarter_of_an_hour(world: World) -> None:
    silent_sms(world)
    world.sms.says(Sent(BOB, None, "g-99", "ACME", {}), "DELIVRD")
    world.run(800)
    assert len(world.pump.waiting("webhooks")) == 1
    world.run(400)
    assert (world.pump.waiting("webhooks"), world.pump.lost) == ([], [])


def test_two_customers_of_gateways_with_one_name_and_the_same_ids(world: World) -> None:
    """Both send as ACME, and both gateways count from one."""
    first = silent_sms(world)
    mine, message, channel = world.organization, world.message, world.gateway  # type: ignore[attr-defined]
    other_world(world)
    second = world.say(
        BOB, channel_id=world.gateway, type="text", text=TEXT, template=None, language=None, variables=None
    )
    world.sms._ids = iter(["1"])  # type: ignore[assignment]
    world.run(1)
    assert [each.id for each in world.sms.accepted] == ["g-1", "g-1"]
    world.sms.channel = channel
    world.sms.says(first, "UNDELIV")
    world.sms.channel = world.gateway
    world.sms.says(world.sms.accepted[1], "DELIVRD")
    world.run(5)
    assert str(world.status(second)) == "delivered"
    world.organization = mine
    assert str(world.status(message)) == "failed"


def other_world(world: World) -> None:
    from parley.model.organization import NewOrganization
    from parley.operations import organizations

    world.organization = organizations.create(NewOrganization(name="Twin"), None, None).id
    world.gateway = world.bound("SMS", NO_ECHO, CREDENTIALS)


@pytest.mark.parametrize("secret", ["wrong", ""])
def test_a_report_that_nobody_signed_is_refused(world: World, secret: str) -> None:
    sent = silent_sms(world)
    assert world.sms.says(sent, "DELIVRD", secret) == 401
    world.run(60)
    assert sms_status(world) == "accepted"


def test_one_channels_secret_does_not_open_anothers_messages(world: World) -> None:
    sent = silent_sms(world)
    message = world.message  # type: ignore[attr-defined]
    mine = world.organization
    other_world(world)
    world.sms.channel = world.gateway
    assert world.sms.says(sent, "DELIVRD") == 200
    world.run(1200)
    world.organization = mine
    assert str(world.status(message)) == "accepted"


# ---- events of our own AWS account


def test_events_of_our_own_account(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    import json

    from parley.cloud import queues
    from parley.settings import settings

    message = world.say(**world.instead())
    detail = {"eventType": "TEXT_DELIVERED", "messageId": "x", "context": {"parley": f"{world.organization}.{message}"}}
    envelope = {"source": "aws.sms-voice", "detail-type": "Text Message Delivery Status Updated", "detail": detail}
    queues.send(settings().webhooks_queue, json.loads(json.dumps(envelope)))
    world.pump.drain("webhooks")
    assert world.status(message) is Status.DELIVERED


# ---- two numbers of one account behind a customer's own app


def test_receipts_of_a_sister_number_through_one_callback(world: World) -> None:
    """A callback override holds for the whole account: both numbers' receipts come to the channel bound last."""
    own = {"access_token": "EAA-token", "app_secret": "own-secret", "verify_token": "v"}
    world.bind(world.whatsapp, {"waba_id": WABA, "phone_number_id": NUMBER}, own)
    sister = world.bound("WHATSAPP_CLOUD", {"waba_id": WABA, "phone_number_id": OTHER_NUMBER}, own)
    message = world.say()
    world.run(1)
    post_to(world, sister, world.meta.report(world.sent(message), "delivered"))
    world.run(1)
    assert world.status(message) is Status.DELIVERED


def post_to(world: World, channel: str, status: dict[str, Any]) -> None:
    import json

    from tests.support.invoke import invoke
    from tests.support.phones import post, sign

    value = {"metadata": {"phone_number_id": NUMBER}, "statuses": [status]}
    entry = [{"changes": [{"field": "messages", "value": value}]}]
    raw = json.dumps({"object": "whatsapp_business_account", "entry": entry})
    event = post(f"/{channel}", raw, {"x-hub-signature-256": sign(raw, "own-secret")})
    assert invoke("receive_whatsapp", event)["statusCode"] == 200
