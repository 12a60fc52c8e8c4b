"""What a business is told of its messages: once or more often, never not at all, and nobody waits for anybody else."""

import pytest
from parley.model.receipt_endpoint import ReceiptEndpointChanges
from parley.operations import receipt_endpoints
from parley.store import channel_events

from tests.support.told import DOWN, FINE, HANGS, OTHER, SHOP, Told
from tests.support.world import ANA, BOB, World


@pytest.fixture
def told(world: World, monkeypatch: pytest.MonkeyPatch) -> Told:
    return Told(world, monkeypatch)


def test_every_status_of_a_message_is_told_once_and_signed(told: Told) -> None:
    endpoint = told.endpoint()
    message = told.world.say(ANA)
    told.run(5)
    told.world.reports(message, "sent", "delivered", "read")
    told.run(5)
    assert told.statuses() == [(message, "Sent"), (message, "Delivered"), (message, "Read")]
    assert all(post.signed_with(str(endpoint.secret)) for post in told.servers.posts)
    assert [each.status for each in told.deliveries(endpoint)] == ["delivered"] * len(told.servers.posts)


def test_read_before_delivered_gives_both(told: Told) -> None:
    told.endpoint()
    message = told.world.say(ANA)
    told.run(5)
    for word in ("read", "delivered", "sent"):
        told.world.reports(message, word)
        told.run()
    assert [status for _, status in told.statuses()] == ["Read", "Delivered", "Sent"]


def test_the_stream_may_repeat_itself(told: Told) -> None:
    endpoint = told.endpoint()
    message = told.world.say(ANA)
    told.world.run(5)
    told.world.reports(message, "sent")
    stream, place = told.stream, told.stream.place
    stream.flow(told.world.time())
    stream.place = place
    stream.flow(told.world.time())
    told.world.pump.run()
    told.run(60)
    assert told.deliveries(endpoint)
    assert len(told.deliveries(endpoint)) == len({post.id for post in told.servers.posts})
    assert len(told.servers.posts) == len(told.deliveries(endpoint))


def test_each_endpoint_gets_its_kinds_numbers_and_batches(told: Told) -> None:
    own = told.world.shown(told.world.say(ANA)).sender
    told.run(5)
    told.endpoint(SHOP, number=own, format="parley", batch_size=1)
    told.endpoint(OTHER, number="+4915112345678")
    told.endpoint("https://elsewhere.example/", channel_id=told.world.gateway)
    messages = {told.world.say(who) for who in (ANA, BOB)}
    told.run(5)
    said = [event for post in told.servers.at(SHOP) for event in post.events]
    assert {event["data"]["id"] for event in said} == messages
    assert all(len(post.events) == 1 for post in told.servers.at(SHOP))
    assert {post.url for post in told.servers.posts} == {SHOP}


def test_a_failure_is_tried_eight_times_over_a_day_and_then_replayed(told: Told) -> None:
    endpoint = told.endpoint()
    told.servers.answers[SHOP] = lambda _: DOWN
    message = told.world.say(BOB)
    told.world.run(1)
    told.world.reports(message, "sent")
    begun = told.world.time()
    told.run()
    told.later(30 * 3600)
    [delivery, *_] = told.deliveries(endpoint)
    assert (delivery.status, delivery.tries, len(delivery.attempts)) == ("failed", 8, 8)
    assert {post.id for post in told.servers.posts} == {each.id for each in told.deliveries(endpoint)}
    waited = [round((post.at - begun) / 1000) for post in told.servers.posts if post.id == delivery.id]
    assert [min(range(8), key=lambda n: abs(at - DUE[n])) for at in waited] == list(range(8)), waited


DUE = (0, 5, 305, 2105, 9305, 27305, 63305, 99305)


def test_a_dead_server_is_left_alone_for_a_while_and_gets_everything_when_it_is_back(told: Told) -> None:
    endpoint, sent = told.endpoint(batch_size=1), set()
    told.servers.answers[SHOP] = lambda _: HANGS
    for number in range(12):
        sent.add(told.world.say(f"+346001110{number:02}"))
    told.run(5)
    for message in sent:
        told.world.reports(message, "sent")
    told.run(1)
    told.wakes(600)
    dead = len(told.servers.posts)
    assert 3 <= dead <= 12, "the breaker lets one call through after each pause"
    told.servers.answers[SHOP] = lambda _: FINE
    told.wakes(3600)
    assert {message for message, _ in told.statuses()} == sent
    assert {each.status for each in told.deliveries(endpoint)} == {"delivered"}


def test_another_endpoint_does_not_wait_for_a_dead_one(told: Told) -> None:
    told.endpoint(SHOP)
    told.endpoint(OTHER)
    told.servers.answers[SHOP] = lambda _: HANGS
    message = told.world.say(ANA)
    told.world.run(2)
    told.world.reports(message, "sent")
    at = told.world.time()
    told.run()
    assert [post.at for post in told.servers.at(OTHER)] == [at]


def test_after_five_days_it_is_disabled_and_goes_on_when_its_owner_says_so(told: Told) -> None:
    endpoint = told.endpoint()
    told.servers.answers[SHOP] = lambda _: DOWN
    first = told.world.say(ANA)
    told.world.run(1)
    told.world.reports(first, "sent")
    told.run()
    told.later(29 * 3600)
    told.world.run(4 * 86_400)
    second = told.world.say(BOB)
    told.world.run(1)
    told.world.reports(second, "sent")
    told.run()
    told.wakes(600)
    found = receipt_endpoints.get(told.world.organization, endpoint.id)
    assert (found.is_active, bool(found.disabled_at)) == (False, True)
    events, _ = channel_events.page(told.world.organization, told.world.whatsapp, None, 50)
    assert "receipts_disabled" in {each.kind for each in events}
    told.servers.answers[SHOP] = lambda _: FINE
    third = told.world.say(ANA)
    told.world.run(1)
    told.world.reports(third, "sent")
    told.run()
    posts = len(told.servers.posts)
    told.wakes(300)
    assert len(told.servers.posts) == posts, "nobody calls it"
    receipt_endpoints.update(told.world.organization, endpoint.id, ReceiptEndpointChanges(is_active=True))
    told.wakes(300)
    waiting = [each for each in told.deliveries(endpoint) if each.status == "waiting"]
    assert {third, second} <= {message for message, _ in told.statuses()}
    assert waiting == []


def test_a_kick_that_nobody_hears_is_made_good(told: Told) -> None:
    endpoint = told.endpoint()
    told.reach(ANA)
    told.stream.flow(told.world.time())
    told.world.pump.forget("receipts")
    told.wakes(120)
    assert [each.status for each in told.deliveries(endpoint)] == ["delivered"]


def test_what_somebody_else_already_tries_is_not_tried_twice(told: Told) -> None:
    told.endpoint()
    message = told.world.say(ANA)
    told.world.run(1)
    told.world.reports(message, "sent")
    told.stream.flow(told.world.time())
    told.world.pump.copies = 3
    told.world.pump.run()
    told.world.pump.copies = 1
    assert told.servers.posts
    assert len({post.id for post in told.servers.posts}) == len(told.servers.posts)
