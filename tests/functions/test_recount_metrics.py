"""recount_metrics: counters of complete days become what the messages say."""

from collections import Counter
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from parley.model.metrics import Place
from parley.model.status import Status
from parley.model.times import DAY
from parley.operations import recount
from parley.store import metrics

from tests.support import builders, kept, stream
from tests.support.builders import MESSAGE, ORGANIZATION, TEMPLATE, WHATSAPP
from tests.support.events import sample
from tests.support.invoke import invoke
from tests.support.time import NOW

YESTERDAY = Place(ORGANIZATION, TEMPLATE, "2026-02-28")
SENT = {"sent": 1, "delivered": 1}


class Pause:
    """Stands in for the wait for changes that are on their way; `meanwhile` happens in it."""

    def __init__(self) -> None:
        self.slept: list[float] = []
        self.meanwhile: Callable[[], object] = lambda: None

    def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.meanwhile()


@pytest.fixture(autouse=True)
def pause(monkeypatch: pytest.MonkeyPatch) -> Pause:
    found = Pause()
    monkeypatch.setattr(recount, "time", SimpleNamespace(sleep=found))
    builders.story()
    return found


def run(left: int = 900_000) -> Any:
    return invoke("recount_metrics", sample("recount_metrics"), left)


def message(id: str = MESSAGE, days_ago: int = 1, status: Status = Status.DELIVERED, **changes: Any) -> None:
    at = NOW - days_ago * DAY
    builders.message(id, status, **{"template": TEMPLATE, "created_at": at, "send_at": at, **changes})


def counts(where: Place = YESTERDAY, **counts: int) -> None:
    """What the changes have counted."""
    metrics.add(f"{where}{counts}", {where: Counter(counts)}, NOW)


def test_a_wrong_counter_is_mended(pause: Pause) -> None:
    message()
    counts(sent=2, read=1)
    assert run() == {"days": 6, "mended": 1}
    assert stream.counters() == {"METRIC#2026-02-28": SENT}
    assert pause.slept == [recount.LAG]


def test_so_is_a_missing_one() -> None:
    message()
    assert run()["mended"] == 1
    assert stream.counters() == {"METRIC#2026-02-28": SENT}


def test_changes_after_it_are_added_to_it() -> None:
    message()
    counts(sent=5)
    run()
    counts(read=1)
    assert stream.counters() == {"METRIC#2026-02-28": {**SENT, "read": 1}}


def test_a_right_one_is_left_alone(pause: Pause) -> None:
    message()
    counts(sent=1, delivered=1, read=0)
    before = kept.items()
    assert run() == {"days": 6, "mended": 0}
    assert kept.items() == before
    assert pause.slept == []


@pytest.mark.parametrize(("days_ago", "mended"), [(0, 0), (1, 1), (3, 1), (4, 0)])
def test_it_looks_at_the_last_three_complete_days(days_ago: int, mended: int) -> None:
    message(days_ago=days_ago)
    assert run()["mended"] == mended


def test_a_day_that_has_just_ended_is_not_complete(time: Any) -> None:
    message(days_ago=1)
    time.now = NOW - NOW % DAY + recount.QUIET - 1
    assert run()["mended"] == 0
    time.now += 1
    assert run()["mended"] == 1


def test_one_that_moves_meanwhile_is_left_to_the_next_night(pause: Pause) -> None:
    message()
    counts(sent=2)
    pause.meanwhile = lambda: counts(delivered=1)
    assert run()["mended"] == 0
    assert stream.counters() == {"METRIC#2026-02-28": {"sent": 2, "delivered": 1}}
    pause.meanwhile = lambda: None
    assert run()["mended"] == 1


def test_so_is_one_that_appears_meanwhile(pause: Pause) -> None:
    message()
    pause.meanwhile = lambda: counts(sent=1)
    assert run()["mended"] == 0
    assert stream.counters() == {"METRIC#2026-02-28": {"sent": 1}}


def test_what_was_timed_on_another_day_is_left_to_its_changes() -> None:
    message(days_ago=2, send_at=NOW - DAY)
    counts(YESTERDAY._replace(timed=True), sent=7)
    assert run()["mended"] == 0
    assert stream.counters() == {"METRIC#2026-02-28#TIMED": {"sent": 7}}


def test_the_steps_of_a_policy_are_mended_channel_by_channel() -> None:
    """The copy went out on another channel, whose messages the first one's round does not see."""
    fired = {"policy": "p", "fired_at": NOW - DAY, "fired_for": "undelivered", "template": None}
    message(status=Status.SENT, **fired)
    message(builders.KEY, channel=builders.SMS, copy_of=MESSAGE, copy_step=1, policy="p", template=None)
    counts(Place(ORGANIZATION, "p", "2026-02-28", channel=builders.SMS), **{"1#sent": 7})
    assert run()["mended"] == 2
    assert stream.counters() == {
        f"METRIC#2026-02-28#{WHATSAPP}": {"0#sent": 1, "1#fired#undelivered": 1},
        f"METRIC#2026-02-28#{builders.SMS}": {"1#sent": 1, "1#delivered": 1},
    }
    assert run()["mended"] == 0


def test_it_stops_when_its_time_is_over_and_goes_on_there() -> None:
    message()
    assert run(left=10_000) == {"days": 0, "mended": 0}
    assert kept.items("RECOUNT", "runtime")[0]["channel"] == min(WHATSAPP, builders.SMS)
    assert run()["mended"] == 1


def test_a_day_that_cannot_be_read_in_time_changes_nothing() -> None:
    """Half of its messages would be half of the truth; the next channels have their turn first."""
    message()
    counts(sent=2)
    times = iter([900_000] * 2)
    recount.recount(lambda: next(times, 10_000))
    assert stream.counters() == {"METRIC#2026-02-28": {"sent": 2}}
