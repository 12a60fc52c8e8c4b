"""A message counts once for each thing that became of it, whatever its receipts did on their way."""

from collections import Counter
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parley.errors import Invalid
from parley.model.metrics import (
    COUNTS_NOTHING,
    Change,
    Metrics,
    Place,
    achieved,
    counts_of,
    increments,
    place,
    shown,
    span,
)
from parley.model.status import RANK, Status, outranks
from parley.model.times import DAY, HOUR

NOON = 1_772_366_400_000
"""2026-03-01T12:00:00Z"""

WHO, T = "organization", "template"
REPORTS = (Status.SENT, Status.FAILED, Status.DELIVERED, Status.READ)
LIFE = (Status.SENDING, Status.UNKNOWN, Status.ACCEPTED, *REPORTS, Status.EXPIRED, Status.SKIPPED)
Stored = dict[str, Any]


def stored(status: Status = Status.QUEUED, **changes: Any) -> Stored:
    known = {"template": T, "status": str(status), "times": {str(status): NOON}}
    return {**known, "listed_at": NOON, "send_at": NOON, **changes}


def inbound(**changes: Any) -> Stored:
    return stored(Status.RECEIVED, direction="in", **changes)


def told(message: Stored, status: Status) -> Stored:
    """The item after a report: its status rises or stays, its time is kept."""
    rises = outranks(status, Status(message["status"]))
    fault = {"error": {"code": "undeliverable"}} if rises and status is Status.FAILED else {}
    times = {str(status): NOON, **message["times"]}
    return {**message, **fault, "times": times, "status": str(status) if rises else message["status"]}


def lives(reports: list[Status]) -> list[Stored]:
    """Every state that a message goes through."""
    states = [stored()]
    for status in reports:
        states.append(told(states[-1], status))
        if status is Status.UNKNOWN and states[-1]["status"] == Status.UNKNOWN:
            states.append({**states[-1], "settled": True, "error": {"code": "outcome_unknown"}})
    return states


def counted(*changes: tuple[Stored | None, Stored | None]) -> Counter[str]:
    return sum(increments(Change(WHO, old, new) for old, new in changes).values(), Counter())


@given(st.lists(st.sampled_from(LIFE), max_size=12), st.data())
def test_the_counts_of_a_life_are_those_of_its_end(reports: list[Status], data: st.DataObject) -> None:
    """Whatever the batches; after each of them nothing counts less than zero or more than once."""
    states = lives(reports)
    changes = [Change(WHO, old, new) for old, new in zip([None, *states], states, strict=False)]
    changes = [change for change in changes if change.new and change.new["status"] not in COUNTS_NOTHING]
    total: Counter[str] = Counter()
    while changes:
        size = data.draw(st.integers(1, len(changes)))
        for counts in increments(changes[:size]).values():
            total.update(counts)
        changes = changes[size:]
        assert set(total.values()) <= {0, 1}
    assert +total == achieved(states[-1])


@given(st.lists(st.sampled_from(REPORTS), min_size=1, max_size=6))
def test_who_read_it_got_it_and_what_arrived_has_not_failed(reports: list[Status]) -> None:
    counts = achieved(lives(reports)[-1])
    assert counts["sent"] >= counts["delivered"] >= counts["read"]
    assert counts["delivered"] + counts["failed#undeliverable"] <= 1


@pytest.mark.parametrize("size", range(1, 5))
def test_every_order_of_receipts_counts_the_same(size: int) -> None:
    for chosen in {frozenset(order[:size]) for order in permutations(REPORTS)}:
        ends = [achieved(lives(list(order))[-1]) for order in permutations(chosen)]
        assert all(end == ends[0] for end in ends)


@pytest.mark.parametrize(
    ("status", "counts"),
    [
        (Status.SENT, ["sent"]),
        (Status.DELIVERED, ["sent", "delivered"]),
        (Status.READ, ["sent", "delivered", "read"]),
        (Status.EXPIRED, ["expired"]),
        (Status.SKIPPED, ["skipped"]),
        (Status.FAILED, ["failed#undeliverable"]),
    ],
)
def test_each_status_counts_as_what_it_proves(status: Status, counts: list[str]) -> None:
    assert achieved(stored(status, error={"code": "undeliverable"})) == Counter(counts)


@pytest.mark.parametrize("status", COUNTS_NOTHING)
def test_what_the_stream_leaves_out_counts_nothing(status: str) -> None:
    assert achieved(stored(Status(status))) == Counter()


def test_every_other_status_can_count() -> None:
    assert set(RANK) - set(COUNTS_NOTHING) == {
        *REPORTS,
        Status.UNKNOWN,
        Status.ACCEPTED,
        Status.EXPIRED,
        Status.SKIPPED,
        Status.RECEIVED,
    }


def test_an_unknown_one_has_failed_once_it_is_settled_and_no_more_when_it_arrives() -> None:
    waits = stored(Status.UNKNOWN)
    settled = {**waits, "settled": True, "error": {"code": "outcome_unknown"}}
    assert achieved(waits) == Counter()
    assert counted((waits, settled)) == {"failed#outcome_unknown": 1}
    arrived = counted((waits, settled), (settled, told(settled, Status.DELIVERED)))
    assert +arrived == {"sent": 1, "delivered": 1}


def test_an_answer_counts_for_the_template_that_it_answers() -> None:
    assert counted((None, inbound())) == {"replied": 1}
    pressed = inbound(pressed="Stop promotions", opted_out=True)
    assert counted((None, pressed)) == {"replied": 1, "pressed#Stop promotions": 1, "opted_out": 1}
    assert counted((pressed, {**pressed, "edited_at": NOON})) == {}


def test_a_long_button_is_cut() -> None:
    assert counted((None, inbound(pressed="x" * 500))) == {"replied": 1, f"pressed#{'x' * 64}": 1}


def test_messages_without_a_template_and_deletions_count_nothing() -> None:
    without = {name: value for name, value in stored(Status.READ).items() if name != "template"}
    assert counted((None, without), (stored(Status.READ), None)) == {}


def test_changes_of_a_batch_are_added_by_place() -> None:
    tomorrow = {"listed_at": NOON + DAY, "send_at": NOON + DAY}
    read, other = stored(Status.READ), stored(Status.SENT, **tomorrow)
    found = increments(
        [Change(WHO, None, read), Change(WHO, None, read), Change(WHO, None, other), Change("p", None, other)]
    )
    assert found == {
        Place(WHO, T, "2026-03-01"): {"sent": 2, "delivered": 2, "read": 2},
        Place(WHO, T, "2026-03-02"): {"sent": 1},
        Place("p", T, "2026-03-02"): {"sent": 1},
    }


def test_a_day_is_the_one_it_was_sent_for() -> None:
    """Of what was made on another day too, and that is told apart."""
    assert place(WHO, stored(send_at=NOON + 2 * HOUR)) == Place(WHO, T, "2026-03-01", timed=False)
    assert place(WHO, stored(send_at=NOON + 13 * HOUR)) == Place(WHO, T, "2026-03-02", timed=True)


def test_counts_are_shown_by_their_names() -> None:
    counts = Counter({"sent": 3, "read": -1, "failed#undeliverable": 2, "failed#expired": 0, "pressed#A#B": 1})
    assert Metrics(**shown(counts)) == Metrics(sent=3, failed={"undeliverable": 2}, pressed={"A#B": 1})


# ---- under a fallback policy

P, CHANNEL = "policy", "channel"


def under(status: Status, **changes: Any) -> Stored:
    """A message without a template, under a policy."""
    known = stored(status, policy=P, channel=CHANNEL, **changes)
    return {name: value for name, value in known.items() if name != "template"}


def legs(*changes: tuple[Stored | None, Stored | None]) -> dict[Place, dict[str, int]]:
    return {where: dict(counts) for where, counts in increments(Change(WHO, old, new) for old, new in changes).items()}


TODAYS = Place(WHO, P, "2026-03-01", channel=CHANNEL)


def test_each_leg_counts_under_its_step() -> None:
    copy = under(Status.FAILED, copy_step=2, error={"code": "undeliverable"})
    assert legs((None, under(Status.READ)), (None, copy)) == {
        TODAYS: {"0#sent": 1, "0#delivered": 1, "0#read": 1, "2#failed#undeliverable": 1}
    }


def test_what_fired_counts_for_the_step_after_it_whatever_became_of_the_message() -> None:
    fired = {"fired_at": NOON, "fired_for": "undelivered"}
    silent, superseded = under(Status.ACCEPTED), under(Status.SUPERSEDED, **fired)
    assert legs((under(Status.QUEUED), superseded)) == {TODAYS: {"1#fired#undelivered": 1}}
    after = {**silent, **fired}
    assert legs((silent, after)) == {TODAYS: {"1#fired#undelivered": 1}}
    late = told(after, Status.DELIVERED) | {"late": True}
    assert legs((after, late)) == {TODAYS: {"0#sent": 1, "0#delivered": 1, "1#late": 1}}
    assert legs((late, {**late, "edited_at": NOON})) == {}


def test_it_counts_on_the_day_on_which_it_fired() -> None:
    fired = under(Status.SENT, fired_at=NOON + DAY, fired_for="unread", copy_step=1)
    assert legs((None, fired)) == {
        TODAYS: {"1#sent": 1},
        Place(WHO, P, "2026-03-02", timed=True, channel=CHANNEL): {"2#fired#unread": 1},
    }


@given(st.lists(st.sampled_from(REPORTS), max_size=8), st.integers(0, 8), st.integers(1, 4))
def test_the_counts_of_a_leg_are_those_of_its_end(reports: list[Status], fires: int, size: int) -> None:
    """Whenever the step after it fires, and however the changes come in batches."""
    states = [{**state, "policy": P, "channel": CHANNEL} for state in lives(reports)]
    fired = {"fired_at": NOON, "fired_for": "undelivered"}
    states[fires:] = [state | fired for state in states[fires:]]
    changes = [Change(WHO, old, new) for old, new in zip([None, *states], states, strict=False)]
    total: Counter[str] = Counter()
    for start in range(0, len(changes), size):
        total.update(increments(changes[start : start + size]).get(TODAYS, Counter()))
    assert +total == counts_of(WHO, states[-1])[TODAYS]
    assert total["1#fired#undelivered"] == (fires < len(states))


def test_a_template_counts_beside_a_policy() -> None:
    assert legs((None, stored(Status.SENT, policy=P, channel=CHANNEL))) == {
        Place(WHO, T, "2026-03-01"): {"sent": 1},
        TODAYS: {"0#sent": 1},
    }


# ---- the span


TODAY = "2026-03-01"


@pytest.mark.parametrize(
    ("start", "end", "wanted"),
    [
        (None, None, ("2026-01-31", "2026-03-01")),
        ("2026-02-28", None, ("2026-02-28", "2026-03-01")),
        (None, "2026-02-28", ("2026-01-30", "2026-02-28")),
        ("2025-03-01", "2026-03-01", ("2025-03-01", "2026-03-01")),
        (None, "0001-01-05", ("0001-01-01", "0001-01-05")),
    ],
)
def test_a_span_is_the_last_month_unless_it_is_said(start: str, end: str, wanted: tuple[str, str]) -> None:
    assert span(start, end, TODAY) == wanted


@pytest.mark.parametrize(
    ("start", "end", "fields", "code"),
    [
        ("yesterday", "2026-13-01", ["start", "end"], "invalid_day"),
        ("20260301", None, ["start"], "invalid_day"),
        (None, "2026-W01-1", ["end"], "invalid_day"),
        ("2026-03-02", None, ["start"], "start_after_end"),
        ("2025-02-28", None, ["start"], "span_too_long"),
    ],
)
def test_what_is_no_span_is_refused(start: str, end: str, fields: list[str], code: str) -> None:
    with pytest.raises(Invalid) as error:
        span(start, end, TODAY)
    assert ([each.field for each in error.value.problems], error.value.code) == (fields, code)
