"""pause_broadcast: from the next claim on nothing goes out."""

import pytest
from parley.model.status import Status

from tests.support import builders, kept, runs
from tests.support.events import records, refused
from tests.support.invoke import invoke
from tests.support.runs import BROADCAST


@pytest.fixture(autouse=True)
def _cast() -> None:
    builders.story()


def on_its_way() -> None:
    """The first portion lies on its lane."""
    invoke("feed_broadcasts", records({"organization": builders.ORGANIZATION, "broadcast": BROADCAST}))


def test_a_run_rests() -> None:
    runs.broadcast()
    on_its_way()
    assert runs.marks() != []
    answer = runs.do("pause")
    assert (answer.status, answer.body["status"]) == (200, "paused")
    assert runs.marks() == []
    assert runs.do("pause").body == answer.body


def test_what_was_on_its_way_is_held_and_nothing_is_handed_out() -> None:
    runs.broadcast()
    on_its_way()
    runs.do("pause")
    invoke("deliver_messages", records(*kept.queued("MarketingQueue")))
    states = kept.states()
    assert {(each["status"], each["held_by"]) for each in states} == {
        (Status.QUEUED, f"ORG#{builders.ORGANIZATION}#BROADCAST#{BROADCAST}")
    }
    with kept.nothing_changes():
        on_its_way()


@pytest.mark.parametrize("status", ["checking", "refused", "checked", "scheduled", "cancelled", "done"])
def test_only_what_runs_can_be_paused(status: str) -> None:
    runs.broadcast(status=status)
    with kept.nothing_changes():
        assert refused(runs.do("pause"))[:2] == (409, "not_pausable")
