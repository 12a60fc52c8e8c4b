"""Putting events on the queues of endpoints: as many a call as fit, what is refused again, and faults told by name."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parley.cloud import receipt_queues
from parley.cloud.clients import client

from tests.support import kept
from tests.support.cloud import account
from tests.support.endpoints import ENDPOINT, ROLE

NAME = f"parley-receipts-{ENDPOINT}-Status"


@pytest.fixture
def url() -> Iterator[str]:
    with account():
        yield receipt_queues.create(ENDPOINT, "ChatAppStatus", ROLE)[0]


def test_every_event_is_a_message(url: str) -> None:
    bodies = [f'{{"number":{number}}}' for number in range(25)]
    assert receipt_queues.put(url, bodies) is None
    assert [each["number"] for each in kept.queued(NAME)] == list(range(25))
    assert receipt_queues.put(url, []) is None


@given(st.lists(st.integers(1, 300_000), max_size=40))
def test_calls_are_within_their_limits_and_hold_everything_in_order(sizes: list[int]) -> None:
    entries = [{"Id": str(number), "MessageBody": "x" * size} for number, size in enumerate(sizes)]
    batches = list(receipt_queues._batches(entries))
    assert [entry for batch in batches for entry in batch] == entries
    for batch in batches:
        assert 1 <= len(batch) <= 10
        assert len(batch) == 1 or sum(len(each["MessageBody"]) for each in batch) <= 262_144


class Refusing:
    """A queue that takes one entry of each call, so often."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, times: int) -> None:
        self.times, self.sent = times, client("sqs").send_message_batch
        monkeypatch.setattr(client("sqs"), "send_message_batch", self)

    def __call__(self, QueueUrl: str, Entries: list[dict[str, Any]]) -> Any:
        if not self.times:
            return self.sent(QueueUrl=QueueUrl, Entries=Entries)
        self.times -= 1
        refused = [{"Id": each["Id"], "SenderFault": False, "Code": "InternalError"} for each in Entries[1:]]
        return {**self.sent(QueueUrl=QueueUrl, Entries=Entries[:1]), "Failed": refused}


def test_what_is_refused_is_sent_again_and_nothing_else(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    Refusing(monkeypatch, 3)
    assert receipt_queues.put(url, ["0", "1", "2", "3", "4"]) is None
    assert kept.queued(NAME) == [0, 1, 2, 3, 4]


def test_a_queue_that_goes_on_refusing_is_told(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    Refusing(monkeypatch, 100)
    assert receipt_queues.put(url, [str(number) for number in range(9)]) == "queue_refused"


def test_an_event_that_no_queue_takes_is_told(url: str) -> None:
    assert receipt_queues.put(url, ["x" * 1_100_000]) == "event_too_large"


def test_a_queue_that_is_gone_is_told(url: str) -> None:
    receipt_queues.delete(url)
    receipt_queues.delete(url)
    assert receipt_queues.find(ENDPOINT, "ChatAppStatus") is None
    assert receipt_queues.put(url, ["{}"]) == "queue_gone"


def test_one_that_is_there_is_set_anew(url: str) -> None:
    other = ROLE.replace("reader", "other")
    assert receipt_queues.create(ENDPOINT, "ChatAppStatus", other)[0] == url
    found = client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])["Attributes"]
    assert other in found["Policy"]
    assert ROLE not in found["Policy"]
