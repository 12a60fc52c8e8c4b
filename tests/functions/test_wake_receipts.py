"""wake_receipts: whatever waits is looked at when its time has come, and marks of nothing go."""

from typing import Any

import pytest
from parley.model.times import MINUTE
from parley.operations import waking
from parley.store import receipt_keys, receipt_marks, table

from tests.support import builders, endpoints, kept
from tests.support.builders import ORGANIZATION
from tests.support.endpoints import ENDPOINT
from tests.support.events import sample
from tests.support.invoke import invoke
from tests.support.time import NOW, Clock


@pytest.fixture(autouse=True)
def _story() -> None:
    builders.story()
    endpoints.endpoint()


def wake() -> Any:
    return invoke("wake_receipts", sample("wake_receipts"), 60_000)


def test_what_is_due_is_woken(time: Clock) -> None:
    endpoints.delivery(due=NOW + 5 * MINUTE)
    receipt_marks.mark(ORGANIZATION, ENDPOINT, NOW)
    assert wake() == {"woken": 0}
    time.forward(301)
    assert wake() == {"woken": 1}
    assert kept.queued("ReceiptsQueue") == [{"organization": ORGANIZATION, "target": ENDPOINT}]
    assert endpoints.marks() == [(ORGANIZATION, ENDPOINT)]


def test_a_mark_of_nothing_goes_when_nobody_renewed_it(time: Clock) -> None:
    receipt_marks.mark(ORGANIZATION, ENDPOINT, NOW)
    wake()
    assert endpoints.marks() == [(ORGANIZATION, ENDPOINT)]
    time.forward(121)
    wake()
    assert endpoints.marks() == []


def test_where_the_time_is_too_short_it_is_not_always_the_same_ones_who_wait() -> None:
    others = [f"00000000-0000-0000-0000-00000000000{n}" for n in range(6)]
    for other in others:
        endpoints.delivery(receipt_keys.delivery_id(other, NOW, "one"))
        receipt_marks.mark(ORGANIZATION, other, NOW)
    for _ in range(100):
        left = iter([60_000])
        waking.wake(lambda left=left: next(left, 0))  # type: ignore[misc]
    assert {each["target"] for each in kept.queued("ReceiptsQueue")} == set(others)


def test_a_burst_at_one_endpoint_writes_one_mark(time: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """All marks share one partition."""
    written, put = list[Any](), table.put
    monkeypatch.setattr(table, "put", lambda name, item: written.append(item) or put(name, item))
    for _ in range(100):
        receipt_marks.mark(ORGANIZATION, ENDPOINT, time())
        time.forward(0.1)
    assert len(written) == 1
    for _ in range(3):
        time.forward(60)
        receipt_marks.mark(ORGANIZATION, ENDPOINT, time())
        wake()
    assert endpoints.marks() == [(ORGANIZATION, ENDPOINT)]
