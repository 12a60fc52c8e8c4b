"""push_receipts: one call, its record, and whoever looks next."""

import json
from contextlib import suppress
from typing import Any

import pytest
from parley.cloud import files, queues, receipt_queues
from parley.model.receipt_delivery import STEPS
from parley.model.receipt_endpoint import ReceiptEndpointChanges
from parley.operations import callees, receipt_bodies
from parley.operations import receipt_endpoints as operations
from parley.providers.pushing import Answer
from parley.store import gates, receipt_deliveries, receipt_endpoints, receipt_keys

from tests.support import builders, endpoints, kept
from tests.support.builders import ORGANIZATION
from tests.support.endpoints import DELIVERY, ENDPOINT, EVENTS, URL
from tests.support.events import records, sample
from tests.support.faults import Killed
from tests.support.invoke import invoke
from tests.support.time import NOW, Clock
from tests.support.told import DOWN, FINE, Servers

Json = dict[str, Any]


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch, time: Clock) -> Servers:
    builders.story()
    return Servers(monkeypatch, time)


def push(event: Json | None = None) -> Any:
    return invoke("push_receipts", event or sample("push_receipts"))


def delivery() -> receipt_deliveries.Stored:
    found = receipt_deliveries.get(ORGANIZATION, DELIVERY)
    assert found
    return found


def test_the_sample_is_pushed(servers: Servers) -> None:
    endpoint = endpoints.endpoint()
    endpoints.delivery()
    assert push() == {"batchItemFailures": []}
    [post] = servers.at(URL)
    assert post.events == EVENTS
    assert post.id == DELIVERY
    assert post.signed_with(str(endpoint.secret))
    assert delivery().status == "delivered"
    assert kept.queued("ReceiptsQueue") == []


def test_nothing_is_due_nothing_happens(servers: Servers) -> None:
    endpoints.endpoint()
    assert push() == {"batchItemFailures": []}
    assert servers.posts == []


def test_a_failure_is_recorded_marked_and_looked_at_again_in_five_seconds(
    servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoints.endpoint()
    endpoints.delivery()
    servers.answers[URL] = lambda _: DOWN
    sent: list[tuple[Json, int]] = []
    monkeypatch.setattr(queues, "send", lambda url, body, delay=0, group=None: sent.append((body, delay)))
    push()
    found = delivery()
    assert (found.status, found.tries, found.due) == ("waiting", 1, NOW + 5000)
    assert (found.attempts[0].status, found.attempts[0].problem, found.attempts[0].answer) == (503, "refused", "down")
    assert sent == [({"organization": ORGANIZATION, "target": ENDPOINT, "delivery": DELIVERY}, 5)]
    assert endpoints.marks() == [(ORGANIZATION, ENDPOINT)]


def test_a_success_must_have_the_code_where_that_is_asked(servers: Servers, time: Clock) -> None:
    endpoints.endpoint(expects_code=True)
    endpoints.delivery()
    push()
    assert delivery().attempts[0].problem == "code_missing"
    servers.answers[URL] = lambda _: Answer(200, '{"code": 0, "msg": "ok"}', None, 3)
    time.forward(6)
    push()
    assert (delivery().status, delivery().attempts[1].problem) == ("delivered", None)


def test_an_endpoint_that_was_switched_off_is_not_called(servers: Servers) -> None:
    endpoints.endpoint(is_active=False)
    endpoints.delivery()
    push()
    assert servers.posts == []
    assert delivery().status == "waiting"


def test_what_waits_for_a_deleted_endpoint_ends(servers: Servers) -> None:
    endpoints.delivery()
    push()
    assert (delivery().status, delivery().attempts[-1].problem) == ("failed", "destination_gone")
    assert kept.items("DUE-", "runtime") == []
    assert servers.posts == []


def test_the_clock_of_whoever_made_it_due_may_be_a_little_ahead(servers: Servers) -> None:
    endpoints.endpoint()
    endpoints.delivery(due=NOW + 500)
    push()
    assert delivery().status == "delivered"


def test_a_shut_gate_lets_nobody_in_until_its_time_and_then_one(servers: Servers, time: Clock) -> None:
    endpoints.endpoint()
    endpoints.delivery()
    for _ in range(3):
        place = gates.enter(ORGANIZATION, ENDPOINT, NOW)
        assert place
        shut = gates.leave(ORGANIZATION, ENDPOINT, place, NOW, ok=False).shut_until
    assert shut == NOW + 30_000
    push()
    assert servers.posts == []
    assert endpoints.marks() == [(ORGANIZATION, ENDPOINT)]
    time.forward(31)
    assert gates.enter(ORGANIZATION, ENDPOINT, time()) == gates.PROBE
    push()
    assert servers.posts == [], "one call alone decides whether it stays open"


def test_one_that_asks_to_be_left_alone_is(servers: Servers, time: Clock) -> None:
    endpoints.endpoint()
    endpoints.delivery()
    servers.answers[URL] = lambda _: Answer(429, "", "refused", 5, wait=600_000)
    push()
    assert delivery().due == NOW + 5000
    time.forward(599)
    push()
    assert len(servers.posts) == 1
    assert endpoints.marks() == [(ORGANIZATION, ENDPOINT)]
    servers.answers[URL] = lambda _: FINE
    time.forward(2)
    push()
    assert (len(servers.posts), delivery().status) == (2, "delivered")


def test_who_asked_to_be_left_alone_is_although_a_call_under_way_goes_well(time: Clock) -> None:
    slow, refused = gates.enter(ORGANIZATION, ENDPOINT, NOW), gates.enter(ORGANIZATION, ENDPOINT, NOW)
    gates.leave(ORGANIZATION, ENDPOINT, str(refused), NOW, ok=False, wait=600_000)
    gates.leave(ORGANIZATION, ENDPOINT, str(slow), NOW, ok=True)
    assert gates.enter(ORGANIZATION, ENDPOINT, NOW + 599_000) is None
    assert gates.enter(ORGANIZATION, ENDPOINT, NOW + 601_000) == gates.PROBE
    gates.leave(ORGANIZATION, ENDPOINT, gates.PROBE, NOW + 602_000, ok=True)
    assert [gates.enter(ORGANIZATION, ENDPOINT, NOW + 602_000) for _ in range(5)] == [*gates.PLACES, None]


def test_a_call_that_goes_well_ends_the_pause_of_others(time: Clock) -> None:
    places = [str(gates.enter(ORGANIZATION, ENDPOINT, NOW)) for _ in range(4)]
    for place in places[:3]:
        gates.leave(ORGANIZATION, ENDPOINT, place, NOW, ok=False)
    gates.leave(ORGANIZATION, ENDPOINT, places[3], NOW, ok=True)
    assert gates.enter(ORGANIZATION, ENDPOINT, NOW) in places


@pytest.mark.parametrize("others", [0, 1, 2])
def test_what_fails_at_the_old_address_does_not_shut_the_new_one(others: int) -> None:
    [*_, place] = [str(gates.enter(ORGANIZATION, ENDPOINT, NOW)) for _ in range(others + 1)]
    gates.open_again(ORGANIZATION, ENDPOINT, NOW)
    new = gates.enter(ORGANIZATION, ENDPOINT, NOW + 1)
    assert gates.leave(ORGANIZATION, ENDPOINT, place, NOW + 2, ok=False, wait=600_000) == gates.OPEN
    gates.leave(ORGANIZATION, ENDPOINT, str(new), NOW + 3, ok=True)
    assert gates.enter(ORGANIZATION, ENDPOINT, NOW + 4) == place


def test_nor_does_the_one_call_after_a_pause() -> None:
    for _ in range(3):
        gates.leave(ORGANIZATION, ENDPOINT, str(gates.enter(ORGANIZATION, ENDPOINT, NOW)), NOW, ok=False)
    assert gates.enter(ORGANIZATION, ENDPOINT, NOW + 31_000) == gates.PROBE
    gates.open_again(ORGANIZATION, ENDPOINT, NOW + 31_001)
    assert gates.leave(ORGANIZATION, ENDPOINT, gates.PROBE, NOW + 31_002, ok=False) == gates.OPEN
    assert gates.enter(ORGANIZATION, ENDPOINT, NOW + 31_003) == "place0"


def test_a_gate_that_is_opened_while_it_is_being_shut_stays_open(monkeypatch: pytest.MonkeyPatch) -> None:
    place, shut = str(gates.enter(ORGANIZATION, ENDPOINT, NOW)), gates._shut

    def opened_meanwhile(*known: Any) -> int | None:
        gates.open_again(ORGANIZATION, ENDPOINT, NOW)
        return shut(*known)

    monkeypatch.setattr(gates, "_shut", opened_meanwhile)
    assert gates.leave(ORGANIZATION, ENDPOINT, place, NOW, ok=False, wait=600_000).shut_until is None
    assert gates.enter(ORGANIZATION, ENDPOINT, NOW) == "place0"


def test_the_one_call_after_a_pause_shuts_it_again_if_it_fails() -> None:
    gates.leave(ORGANIZATION, ENDPOINT, str(gates.enter(ORGANIZATION, ENDPOINT, NOW)), NOW, ok=False, wait=1000)
    assert gates.enter(ORGANIZATION, ENDPOINT, NOW + 1001) == gates.PROBE
    left = gates.leave(ORGANIZATION, ENDPOINT, gates.PROBE, NOW + 1100, ok=False)
    assert left.shut_until == NOW + 1100 + 60_000


@pytest.mark.parametrize("ok", [True, False])
def test_the_gate_of_what_was_deleted_does_not_come_back(ok: bool) -> None:
    place = str(gates.enter(ORGANIZATION, ENDPOINT, NOW))
    gates.forget(ORGANIZATION, ENDPOINT)
    assert gates.leave(ORGANIZATION, ENDPOINT, place, NOW, ok=ok) == gates.OPEN
    assert [each for each in kept.items(name="runtime") if each["sk"] == "GATE"] == []


def test_who_ends_what_waits_for_nobody_does_it_one_by_one(servers: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    endpoints.delivery()
    monkeypatch.setattr(receipt_deliveries, "claim", lambda *_: False)
    look = {"organization": ORGANIZATION, "target": ENDPOINT}
    push(records({**look, "delivery": DELIVERY}))
    assert kept.queued("ReceiptsQueue") == []
    push(records(look))
    assert kept.queued("ReceiptsQueue") == [look], "one kick each, not two"


def by_queue(
    monkeypatch: pytest.MonkeyPatch, time: Clock, **changes: Any
) -> tuple[receipt_deliveries.Stored, list[str]]:
    """Behind twelve deliveries for its address waits one for its queue; what it got."""
    queue = {"kind": "ChatAppStatus", "url": "https://queue.example", "arn": "arn"}
    endpoints.endpoint(queue_role_arn=endpoints.ROLE, queues=[queue], **changes)
    for at in range(12):
        endpoints.made_at(NOW + at)
    time.forward(1)
    got: list[str] = []
    monkeypatch.setattr(receipt_queues, "put", lambda _, bodies: got.extend(bodies))
    return endpoints.delivery(receipt_keys.delivery_id(ENDPOINT, time(), "queue"), way="queue"), got


def test_a_queue_goes_on_while_the_address_is_disabled(
    servers: Servers, monkeypatch: pytest.MonkeyPatch, time: Clock
) -> None:
    one, got = by_queue(monkeypatch, time, is_active=False, disabled_at="2026-03-01T00:00:00.000Z")
    push(records({"organization": ORGANIZATION, "target": ENDPOINT}))
    assert endpoints.state(one)[0] == "delivered"
    assert (len(got), servers.posts) == (1, [])


def test_a_queue_goes_on_while_the_gate_of_the_address_is_shut(
    servers: Servers, monkeypatch: pytest.MonkeyPatch, time: Clock
) -> None:
    one, got = by_queue(monkeypatch, time)
    for _ in range(4):
        gates.enter(ORGANIZATION, ENDPOINT, time())
    push(records({"organization": ORGANIZATION, "target": ENDPOINT}))
    assert endpoints.state(one)[0] == "delivered"
    assert (len(got), servers.posts) == (1, [])


def test_who_switched_it_off_gets_nothing_by_queue_either(
    servers: Servers, monkeypatch: pytest.MonkeyPatch, time: Clock
) -> None:
    one, got = by_queue(monkeypatch, time, is_active=False)
    push(records({"organization": ORGANIZATION, "target": ENDPOINT, "delivery": one.id}))
    assert (endpoints.state(one)[0], got) == ("waiting", [])


def test_a_slow_endpoint_has_four_calls_at_once_and_no_more(servers: Servers) -> None:
    endpoints.endpoint()
    endpoints.delivery()
    assert all(gates.enter(ORGANIZATION, ENDPOINT, NOW) for _ in range(4))
    push()
    assert servers.posts == []
    assert delivery().tries == 0


def test_a_body_that_is_gone_ends_it(servers: Servers) -> None:
    endpoints.endpoint()
    endpoints.delivery()
    files.delete(receipt_bodies.key(ORGANIZATION, ENDPOINT, DELIVERY))
    push()
    assert (delivery().status, delivery().attempts[0].problem) == ("failed", "body_gone")
    assert servers.posts == []


def test_a_record_that_fails_comes_back(servers: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(callees, "find", broken)
    endpoints.delivery()
    body = {"organization": ORGANIZATION, "target": ENDPOINT}
    assert push(records(body)) == {"batchItemFailures": [{"itemIdentifier": "record-0"}]}


def test_it_is_disabled_after_five_days_of_failures(servers: Servers, time: Clock) -> None:
    endpoints.endpoint()
    endpoints.delivery()
    servers.answers[URL] = lambda _: DOWN
    for step in STEPS:
        time.forward(step + 301)
        push()
    assert delivery().status == "failed"
    time.forward(5 * 86_400 - sum(STEPS))
    second = endpoints.made_at(time())
    push(records({"organization": ORGANIZATION, "target": ENDPOINT, "delivery": second.id}))
    found = receipt_endpoints.get(ORGANIZATION, ENDPOINT)
    assert found
    assert (found.is_active, found.disabled_reason) == (False, "Every call of the last five days failed.")


def test_two_failures_with_quiet_days_between_disable_nobody(servers: Servers, time: Clock) -> None:
    endpoints.endpoint()
    endpoints.delivery()
    servers.answers[URL] = lambda _: DOWN
    push()
    time.forward(6 * 86_400)
    push()
    assert operations.get(ORGANIZATION, ENDPOINT).is_active


def test_a_death_between_the_record_of_a_try_and_its_next_ticket_loses_nothing(
    servers: Servers, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next try is due long after the queue has brought the look again."""
    endpoints.endpoint()
    endpoints.delivery()
    servers.answers[URL] = lambda _: DOWN
    push()
    time.forward(5)
    with monkeypatch.context() as patch, suppress(Killed):
        patch.setattr(receipt_deliveries, "put_ticket", _die)
        push()
    assert delivery().tries == 2
    push()
    assert receipt_deliveries.tickets(ORGANIZATION, ENDPOINT, time() + 300_000) == [
        (DELIVERY, time() + 300_000, "http")
    ]


def _die(*_: Any) -> None:
    raise Killed


def test_a_look_that_fails_again_and_again_leaves_a_mark(servers: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its queue gives it up after a few times; the job of every minute does not."""

    def broken(*_: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(operations, "headers", broken)
    endpoints.endpoint()
    endpoints.delivery()
    assert push() != {"batchItemFailures": []}
    assert endpoints.marks() == [(ORGANIZATION, ENDPOINT)]


def test_what_was_for_an_address_that_was_taken_away_ends_and_harms_nobody(servers: Servers, time: Clock) -> None:
    endpoints.endpoint(queue_role_arn=endpoints.ROLE)
    endpoints.delivery()
    servers.answers[URL] = lambda _: DOWN
    push()
    operations.update(ORGANIZATION, ENDPOINT, ReceiptEndpointChanges(url=None))
    time.forward(5 * 86_400 + 60)
    push()
    assert (delivery().status, delivery().attempts[-1].problem) == ("failed", "destination_gone")
    assert len(servers.posts) == 1
    assert operations.get(ORGANIZATION, ENDPOINT).is_active


def test_letters_that_a_queue_does_not_take_are_written_as_json_can(
    servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = {"kind": "ChatAppStatus", "url": "https://queue.example", "arn": "arn"}
    endpoints.endpoint(url=None, queue_role_arn=endpoints.ROLE, queues=[queue])
    sent: list[str] = []
    monkeypatch.setattr(receipt_queues, "put", lambda _, bodies: sent.extend(bodies))
    said = {"Message": "a\uffff \ufffe b \U0001f600"}
    receipt_bodies.put_once(ORGANIZATION, ENDPOINT, DELIVERY, json.dumps([said], ensure_ascii=False).encode())
    endpoints.delivery(way="queue")
    push()
    [body] = sent
    assert json.loads(body) == said
    assert not {"\uffff", "\ufffe"} & set(body)


def test_who_loses_the_race_for_a_delivery_lets_somebody_look_for_the_next_one(
    servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoints.endpoint()
    endpoints.delivery()
    monkeypatch.setattr(receipt_deliveries, "claim", lambda *_: False)
    look = {"organization": ORGANIZATION, "target": ENDPOINT}
    push(records(look))
    assert kept.queued("ReceiptsQueue") == [look]
    push(records({**look, "delivery": DELIVERY}))
    assert kept.queued("ReceiptsQueue") == [look], "who looks for one that is named leaves it to the other"


def test_an_endpoint_that_its_owner_has_just_mended_is_not_disabled(servers: Servers) -> None:
    endpoints.endpoint()
    called = operations.get(ORGANIZATION, ENDPOINT)
    operations.update(ORGANIZATION, ENDPOINT, ReceiptEndpointChanges(url="https://shop.example.com/new"))
    assert receipt_endpoints.disable(called, "Every call failed.", NOW) is None
    assert operations.get(ORGANIZATION, ENDPOINT).is_active


def test_another_address_is_called_at_once(servers: Servers) -> None:
    endpoints.endpoint()
    endpoints.delivery()
    for _ in range(3):
        gates.leave(ORGANIZATION, ENDPOINT, gates.enter(ORGANIZATION, ENDPOINT, NOW) or "", NOW, ok=False)
    operations.update(ORGANIZATION, ENDPOINT, ReceiptEndpointChanges(url="https://shop.example.com/new"))
    push()
    assert len(servers.at("https://shop.example.com/new")) == 1


def test_one_that_says_it_is_gone_is_disabled_at_once(servers: Servers) -> None:
    endpoints.endpoint()
    endpoints.delivery()
    servers.answers[URL] = lambda _: Answer(410, "", "refused", 3)
    push()
    found = receipt_endpoints.get(ORGANIZATION, ENDPOINT)
    assert found
    assert (found.is_active, found.disabled_reason) == (False, "It answered 410, that it is gone.")
    assert delivery().status == "waiting", "it goes out if the owner says so"


def test_calls_that_fail_together_make_one_pause_and_each_pause_is_longer(time: Clock) -> None:
    builders.story()
    places = [gates.enter(ORGANIZATION, ENDPOINT, time()) for _ in range(4)]
    ends = [gates.leave(ORGANIZATION, ENDPOINT, str(each), time(), ok=False).shut_until for each in places]
    assert ends == [None, None, NOW + 30_000, NOW + 30_000]
    lengths = []
    for _ in range(5):
        time.forward(301)
        assert gates.enter(ORGANIZATION, ENDPOINT, time()) == gates.PROBE
        until = gates.leave(ORGANIZATION, ENDPOINT, gates.PROBE, time(), ok=False).shut_until
        lengths.append(((until or 0) - time()) // 1000)
    assert lengths == [60, 120, 300, 300, 300]
