"""get_broadcast_statistics: by hour, how many rows came to each status; counted from the changes of the table."""

from typing import Any

import pytest
from parley.model.status import Status
from parley.model.times import HOUR
from parley.store import messages

from tests.support import builders, kept, runs, stream
from tests.support.events import Json, call, refused
from tests.support.invoke import invoke
from tests.support.runs import BROADCAST
from tests.support.time import NOW


@pytest.fixture(autouse=True)
def _cast() -> None:
    builders.story()


def statistics() -> Json:
    answer = call("get_broadcast_statistics")
    assert answer.status == 200, answer
    return dict(answer.body)


def changes(run: Any, at: int, *steps: tuple[Status, int]) -> None:
    """A row reaches these statuses, each at its hour after the first."""
    first, *others = steps
    state = runs.row(run, at, first[0], times={str(first[0]): NOW + first[1] * HOUR})
    before = stream.stored(state.id)
    invoke("project_changes", stream.batch((None, before), name=f"{at}-0"))
    for number, (status, hours) in enumerate(others, 1):
        messages.reach(messages.read(before), status, NOW + hours * HOUR)
        after = stream.stored(state.id)
        invoke("project_changes", stream.batch((before, after), name=f"{at}-{number}"))
        before = after


def test_before_the_run_there_is_nothing() -> None:
    runs.broadcast(status="checked")
    assert statistics() == {"broadcast_id": BROADCAST, "rows": 3, "now": {}, "hours": []}


def test_each_status_counts_in_the_hour_in_which_it_came() -> None:
    run = runs.broadcast()
    changes(run, 0, (Status.ACCEPTED, 0), (Status.DELIVERED, 0), (Status.READ, 2))
    changes(run, 1, (Status.ACCEPTED, 0), (Status.FAILED, 1))
    changes(run, 2, (Status.SENDING, 0))
    found = statistics()
    assert found["now"] == {"read": 1, "failed": 1}
    assert found["hours"] == [
        {"hour": "2026-03-01T09", "counts": {"accepted": 2, "delivered": 1}},
        {"hour": "2026-03-01T10", "counts": {"failed": 1}},
        {"hour": "2026-03-01T11", "counts": {"read": 1}},
    ]


def test_the_counters_of_the_template_have_them_too() -> None:
    changes(runs.broadcast(), 0, (Status.ACCEPTED, 0), (Status.DELIVERED, 0))
    assert stream.counters()["METRIC#2026-03-01"] == {"sent": 1, "delivered": 1}


def test_an_outcome_that_nobody_knows_counts_as_failed() -> None:
    run = runs.broadcast()
    state = runs.row(run, 0, Status.UNKNOWN, settled=True)
    invoke("project_changes", stream.batch((None, stream.stored(state.id))))
    assert statistics()["now"] == {"failed": 1}


def test_what_was_cancelled_is_told_by_the_run() -> None:
    run = runs.broadcast(status="cancelled", done_at=NOW)
    changes(run, 0, (Status.ACCEPTED, 0))
    runs.moved(run, fed=1, seen=1, settled=3, tally={"accepted": 1, "cancelled": 2})
    assert statistics()["now"] == {"accepted": 1, "cancelled": 2}


def test_looking_changes_nothing() -> None:
    runs.broadcast()
    with kept.nothing_changes():
        statistics()


def test_what_does_not_exist_is_not_found() -> None:
    assert refused(call("get_broadcast_statistics"))[:2] == (404, "not_found")
