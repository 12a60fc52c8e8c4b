"""resume_broadcast: a paused run goes on where it stopped."""

import pytest

from tests.support import builders, kept, runs
from tests.support.builders import ORGANIZATION
from tests.support.events import records, refused, sample
from tests.support.invoke import invoke
from tests.support.runs import BROADCAST
from tests.support.time import NOW, Clock

HELD_BY = f"ORG#{ORGANIZATION}#BROADCAST#{BROADCAST}"
STEP = {"organization": ORGANIZATION, "broadcast": BROADCAST}


@pytest.fixture(autouse=True)
def _cast() -> None:
    builders.story()


def test_it_goes_on_and_what_was_held_is_released() -> None:
    runs.broadcast(status="paused")
    answer = runs.do("resume")
    assert (answer.status, answer.body["status"]) == (200, "running")
    assert kept.queued("TimersQueue") == [{"kind": "release", "held_by": HELD_BY, "due": NOW}]
    assert (kept.queued("FeedsQueue"), runs.marks()) == ([STEP], [NOW])


def test_held_rows_go_back_to_their_lane() -> None:
    runs.broadcast()
    invoke("feed_broadcasts", records(STEP))
    runs.do("pause")
    handed_out = kept.queued("MarketingQueue")
    invoke("deliver_messages", records(*handed_out))
    runs.do("resume")
    invoke("fire_timers", records(*kept.queued("TimersQueue")))
    back = [body["message"] for body in kept.queued("MarketingQueue")[len(handed_out) :]]
    assert set(back) == {body["message"] for body in handed_out}


def test_a_repeat_is_harmless(time: Clock) -> None:
    runs.broadcast(status="paused")
    first = runs.do("resume")
    time.forward(1)
    assert runs.do("resume").body == first.body
    assert kept.queued("FeedsQueue") == [STEP, STEP]


@pytest.mark.parametrize("status", ["checking", "refused", "checked", "scheduled", "cancelled", "done"])
def test_only_what_is_paused_can_be_resumed(status: str) -> None:
    runs.broadcast(status=status)
    assert refused(runs.do("resume"))[:2] == (409, "not_resumable")
    assert (runs.kept().status, kept.queued("FeedsQueue"), kept.queued("TimersQueue")) == (status, [], [])


@pytest.mark.parametrize("status", ["checked", "done"])
def test_the_mark_of_one_that_was_refused_goes_again(status: str, time: Clock) -> None:
    runs.moved(runs.broadcast(status=status), fed=3, seen=3, settled=3, trailed=3)
    runs.do("resume")
    time.forward(3600)
    invoke("restart_broadcasts", sample("restart_broadcasts"))
    invoke("feed_broadcasts", records(*kept.queued("FeedsQueue")))
    assert runs.marks() == []
