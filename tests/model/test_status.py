"""Ranks only grow: any order and any repetition of reports ends in the same state."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parley.model.status import ENDED, ENDED_BADLY, RANK, SILENT_ENDS, Status, outranks, rank

WRITTEN = """scheduled -10 < queued 0 < sending 10 < unknown 15 < accepted 20 < sent 30
< failed 40 cancelled 40 skipped 40 expired 40 superseded 40 < delivered 50 < read 60"""
RECEIPTS = (Status.SENT, Status.FAILED, Status.DELIVERED, Status.READ)


def settle(start: Status, reports: tuple[Status, ...]) -> Status:
    now = start
    for report in reports:
        now = report if outranks(report, now) else now
    return now


def test_the_ranks_are_those_of_the_rules() -> None:
    words = WRITTEN.replace("<", " ").split()
    wanted = dict(zip(words[::2], map(int, words[1::2]), strict=True))
    assert wanted == {str(status): RANK[status] for status in Status if status is not Status.RECEIVED}


@pytest.mark.parametrize("size", range(1, 5))
@pytest.mark.parametrize("start", [Status.SENDING, Status.UNKNOWN, Status.ACCEPTED])
def test_every_order_of_receipts_ends_the_same(start: Status, size: int) -> None:
    for chosen in {frozenset(order[:size]) for order in permutations(RECEIPTS)}:
        ends = {settle(start, order) for order in permutations(chosen)}
        assert ends == {max(chosen, key=rank)}


@given(st.lists(st.sampled_from(RECEIPTS), min_size=1, max_size=12))
def test_repetition_changes_nothing(reports: list[Status]) -> None:
    once = settle(Status.ACCEPTED, tuple(reports))
    assert settle(once, tuple(reports)) is once
    assert once is max(reports, key=rank)


@pytest.mark.parametrize("status", Status)
def test_nothing_outranks_itself_or_its_equals(status: Status) -> None:
    assert not any(outranks(other, status) for other in Status if RANK[other] == RANK[status])


def test_evidence_of_arrival_beats_every_bad_end() -> None:
    assert all(outranks(Status.DELIVERED, end) for end in ENDED_BADLY | SILENT_ENDS)
    assert not any(outranks(end, Status.DELIVERED) for end in ENDED_BADLY | SILENT_ENDS)


def test_ends_are_exactly_what_no_worker_goes_on_with() -> None:
    running = {"scheduled", "queued", "sending", "unknown", "accepted", "sent"}
    assert {str(status) for status in set(Status) - ENDED} == running
    assert not ENDED_BADLY & SILENT_ENDS
