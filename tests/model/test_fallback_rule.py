"""When a fallback fires: every status, trigger, wait and local fault, written out as a table."""

from itertools import product

import pytest
from parley.model.fallback import firing_statuses, reason_to_fire, seconds_to_deliver, wait_ends
from parley.model.message import Fault, State, Trigger
from parley.model.status import Status

from tests.support.make import NOW, state

MINUTE = 60_000
BROKEN = Fault(code="x", message="x")
LOCAL = Fault(code="x", message="x", local=True)
S, T = Status, Trigger
WAITED = "the wait is over"


def original(status: Status, trigger: Trigger | None, wait: int | None = 60, **fields: object) -> State:
    """Accepted at NOW unless it never left."""
    started = {} if status in (S.SCHEDULED, S.QUEUED) else {"accepted": NOW}
    return state(status, trigger=trigger, wait=wait, **{"times": started, **fields})


def fires(found: State, at: int = NOW + MINUTE) -> str | None:
    return reason_to_fire(found, at)


NEVER = dict.fromkeys(S)
OVER: dict[Trigger, dict[Status, str | None]] = {
    T.SEND_FAILED: {**NEVER, S.FAILED: "failed", S.EXPIRED: "expired"},
    T.UNDELIVERED: {
        **NEVER,
        **dict.fromkeys((S.UNKNOWN, S.ACCEPTED, S.SENT), "undelivered"),
        S.FAILED: "failed",
        S.EXPIRED: "expired",
    },
    T.UNREAD: {
        **NEVER,
        **dict.fromkeys((S.UNKNOWN, S.ACCEPTED, S.SENT, S.DELIVERED), "unread"),
        S.FAILED: "failed",
        S.EXPIRED: "expired",
    },
}


@pytest.mark.parametrize(("trigger", "status"), list(product(T, S)))
def test_after_the_wait(trigger: Trigger, status: Status) -> None:
    assert fires(original(status, trigger)) == OVER[trigger][status]


@pytest.mark.parametrize(("trigger", "status"), list(product(T, S)))
def test_before_the_wait_is_over_only_bad_ends_fire(trigger: Trigger, status: Status) -> None:
    wanted = str(status) if status in (S.FAILED, S.EXPIRED) else None
    assert fires(original(status, trigger), NOW + MINUTE - 1) == wanted


@pytest.mark.parametrize(("trigger", "status"), list(product(T, S)))
def test_without_a_wait_only_bad_ends_fire(trigger: Trigger, status: Status) -> None:
    wanted = str(status) if status in (S.FAILED, S.EXPIRED) else None
    assert fires(original(status, trigger, wait=None), NOW + 1000 * MINUTE) == wanted


@pytest.mark.parametrize(("trigger", "status"), list(product(T, (S.FAILED, S.EXPIRED))))
def test_local_faults_fire_for_send_failed_alone(trigger: Trigger, status: Status) -> None:
    wanted = str(status) if trigger is T.SEND_FAILED else None
    assert fires(original(status, trigger, error=LOCAL)) == wanted
    assert fires(original(status, trigger, error=BROKEN)) == str(status)


@pytest.mark.parametrize("status", S)
def test_nothing_fires_without_a_policy_or_twice(status: Status) -> None:
    assert fires(original(status, None)) is None
    assert all(fires(original(status, trigger, fired_at=NOW)) is None for trigger in T)


@pytest.mark.parametrize("trigger", T)
def test_an_unknown_outcome_fires_once_it_is_settled(trigger: Trigger) -> None:
    settled = original(S.UNKNOWN, trigger, wait=None, settled=True)
    assert fires(settled, NOW) == "outcome_unknown"
    assert fires(original(S.UNKNOWN, trigger, wait=None), NOW + 1000 * MINUTE) is None


def test_a_queued_one_fires_only_if_it_was_out_before() -> None:
    again = original(S.QUEUED, T.UNDELIVERED, times={"queued": NOW - 1, "unknown": NOW})
    assert fires(again) == "undelivered"
    assert fires(original(S.QUEUED, T.UNDELIVERED, times={"queued": NOW})) is None


@pytest.mark.parametrize(
    ("times", "ends"),
    [
        ({"accepted": NOW}, NOW + MINUTE),
        ({"unknown": NOW}, NOW + MINUTE),
        ({"accepted": NOW, "unknown": NOW - 5}, NOW - 5 + MINUTE),
        ({"unknown": NOW, "accepted": NOW - 5}, NOW - 5 + MINUTE),
        ({"sent": NOW, "accepted": NOW + 9}, NOW + 9 + MINUTE),
        ({"sent": NOW}, NOW + MINUTE),
        ({"delivered": NOW, "sent": NOW - 3}, NOW - 3 + MINUTE),
        ({"queued": NOW, "sending": NOW}, None),
        ({}, None),
    ],
)
def test_the_wait_starts_at_acceptance_at_unknown_or_at_the_first_proof(
    times: dict[str, int], ends: int | None
) -> None:
    assert wait_ends(original(S.SENT, T.UNREAD, times=times)) == ends


def test_send_failed_has_no_timer() -> None:
    assert wait_ends(original(S.SENT, T.SEND_FAILED)) is None


@pytest.mark.parametrize("trigger", T)
def test_what_fires_may_be_taken_over_and_what_ended_well_never(trigger: Trigger) -> None:
    allowed = firing_statuses(original(S.SENT, trigger))
    assert {status for status, reason in OVER[trigger].items() if reason} <= {*allowed}
    assert not {S.CANCELLED, S.SKIPPED, S.SUPERSEDED, S.READ, S.SENDING, S.SCHEDULED} & {*allowed}
    assert (S.DELIVERED in allowed) is (trigger is T.UNREAD)


@pytest.mark.parametrize(
    ("trigger", "wait", "seconds"),
    [
        (None, None, 600),
        (T.UNDELIVERED, 60, 60),
        (T.UNDELIVERED, 3600, 600),
        (T.UNDELIVERED, None, 600),
        (T.UNREAD, 60, 600),
        (T.SEND_FAILED, None, 600),
    ],
)
def test_the_platform_gives_up_before_the_fallback_goes_out(
    trigger: Trigger | None, wait: int | None, seconds: int
) -> None:
    found = state(trigger=trigger, wait=wait, expires_at=NOW + 600_000)
    assert seconds_to_deliver(found, NOW) == seconds
    assert seconds_to_deliver(found, NOW + 700_000) == 1
