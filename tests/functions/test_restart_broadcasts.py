"""restart_broadcasts: a run whose next step did not come is begun again."""

from typing import Any

import pytest
from parley.cloud.clients import client
from parley.settings import settings
from parley.store import cursors

from tests.support import builders, kept, runs
from tests.support.builders import ORGANIZATION
from tests.support.events import sample
from tests.support.invoke import invoke
from tests.support.runs import BROADCAST
from tests.support.time import NOW, Clock

STEP = {"organization": ORGANIZATION, "broadcast": BROADCAST}


@pytest.fixture(autouse=True)
def _cast() -> None:
    builders.story()


def restart(left: int = 60_000) -> Any:
    return invoke("restart_broadcasts", sample("restart_broadcasts"), left)


@pytest.mark.parametrize("status", ["scheduled", "running", "cancelled", "done"])
def test_a_step_that_is_late_is_made_again(status: str, time: Clock) -> None:
    cursors.mark(runs.broadcast(status=status), NOW)
    time.forward(61)
    assert restart() == {"runs": 1, "restarted": 1}
    assert kept.queued("FeedsQueue") == [STEP]


def test_one_that_is_due_or_will_be_is_left_alone(time: Clock) -> None:
    cursors.mark(runs.broadcast(), NOW)
    cursors.mark(runs.broadcast("other"), NOW + 3_600_000)
    time.forward(59)
    with kept.nothing_changes():
        assert restart() == {"runs": 2, "restarted": 0}


@pytest.mark.parametrize("status", ["checking", "refused", "checked", "paused"])
def test_the_mark_of_one_that_does_not_go_on_goes(status: str, time: Clock) -> None:
    cursors.mark(runs.broadcast(status=status), NOW)
    time.forward(61)
    assert restart()["restarted"] == 0
    assert (runs.marks(), kept.queued("FeedsQueue")) == ([], [])


def test_without_runs_there_is_nothing_to_do() -> None:
    with kept.nothing_changes():
        assert restart() == {"runs": 0, "restarted": 0}


def test_it_stops_when_its_time_is_over(time: Clock) -> None:
    cursors.mark(runs.broadcast(), NOW)
    time.forward(61)
    with kept.nothing_changes():
        assert restart(left=4000)["restarted"] == 0


def test_one_broken_mark_does_not_stop_the_others(time: Clock) -> None:
    cursors.mark(runs.broadcast(), NOW)
    broken = {"pk": {"S": "RUNNING"}, "sk": {"S": "A"}, "due": {"N": "1"}}
    client("dynamodb").put_item(TableName=settings().runtime_table, Item=broken)
    time.forward(61)
    assert restart() == {"runs": 2, "restarted": 1}
