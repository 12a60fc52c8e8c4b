"""cancel_broadcast: it ends for every row that nobody has claimed; what went out goes on being counted."""

import pytest
from parley.model.broadcast import SourceKind
from parley.store import groups

from tests.support import audience, builders, kept, runs
from tests.support.audience import GROUP
from tests.support.builders import ORGANIZATION
from tests.support.events import records, refused
from tests.support.invoke import invoke
from tests.support.runs import BROADCAST
from tests.support.time import NOW, Clock

STEP = {"organization": ORGANIZATION, "broadcast": BROADCAST}


@pytest.fixture(autouse=True)
def _cast() -> None:
    builders.story()


def step() -> None:
    invoke("feed_broadcasts", records(STEP))


@pytest.mark.parametrize("status", ["checking", "checked", "scheduled", "running", "paused"])
def test_it_can_be_cancelled_until_it_is_over(status: str) -> None:
    runs.broadcast(status=status)
    answer = runs.do("cancel")
    assert (answer.status, answer.body["status"]) == (200, "cancelled")
    assert (kept.queued("FeedsQueue"), runs.marks()) == ([STEP], [NOW])
    assert runs.do("cancel").body == answer.body


@pytest.mark.parametrize("status", ["refused", "done"])
def test_what_is_over_cannot(status: str) -> None:
    runs.broadcast(status=status)
    assert refused(runs.do("cancel"))[:2] == (409, "not_cancellable")
    assert (runs.kept().status, kept.queued("FeedsQueue")) == (status, [])


@pytest.mark.parametrize("status", ["checking", "checked", "scheduled"])
def test_one_that_never_began_is_over_with_its_next_step(status: str, time: Clock) -> None:
    run = runs.broadcast(status=status)
    runs.do("cancel")
    time.forward(1)
    step()
    shown = runs.shown()
    assert (shown["status"], shown["done_at"]) == ("cancelled", time.text())
    assert runs.marks() == kept.states() == []
    assert (shown["progress"] or {}).get("by_status", {}) == ({"cancelled": 3} if run.rows else {})


def test_what_was_on_its_way_and_is_not_claimed_is_not_sent() -> None:
    runs.broadcast()
    step()
    runs.do("cancel")
    invoke("deliver_messages", records(*kept.queued("MarketingQueue")))
    assert kept.states() == []


def test_rows_that_were_held_end_as_cancelled(time: Clock) -> None:
    run = runs.broadcast(status="paused")
    runs.row(run, 0, "accepted")
    runs.row(run, 1, "queued")
    runs.moved(run, fed=2, seen=2)
    runs.do("cancel")
    step()
    shown = runs.shown()
    assert (shown["done_at"], shown["progress"]["settled"]) == (
        None,
        2,
    )  # a step may have handed out the third, and died
    time.forward(91)
    step()
    shown = runs.shown()
    assert (shown["done_at"], shown["progress"]["settled"]) == (time.text(), 3)
    assert shown["progress"]["by_status"] == {"accepted": 1, "cancelled": 2}
    assert [each["status"] for each in kept.states()].count("cancelled") == 1


def test_a_row_that_a_worker_may_still_have_is_waited_for(time: Clock) -> None:
    """It may have read the run before the cancel."""
    run = runs.broadcast()
    runs.moved(run, fed=1)
    runs.do("cancel")
    step()
    assert runs.shown()["done_at"] is None
    runs.row(run, 0, "sending", lease_until=NOW + 90_000)
    time.forward(60)
    step()
    assert runs.shown()["done_at"] is None
    time.forward(60)
    for body in kept.queued("FeedsQueue")[-1:]:
        invoke("feed_broadcasts", records(body))
    assert runs.shown()["progress"]["settled"] == 0  # its outcome is not known yet


def test_the_group_that_it_was_to_read_is_free_at_once() -> None:
    audience.group()
    run = runs.broadcast(status="checking", source=SourceKind.GROUP, group=GROUP)
    groups.use(ORGANIZATION, GROUP, f"broadcast {run.id}")
    runs.do("cancel")
    assert groups.users(ORGANIZATION, GROUP) == []


def test_a_check_that_comes_through_afterwards_changes_nothing() -> None:
    from tests.support import bulk

    runs.broadcast(status="checking")
    runs.do("cancel")
    bulk.check(ORGANIZATION, BROADCAST, [runs.number(1)])
    assert (runs.kept().status, runs.kept().rows) == ("cancelled", 0)
