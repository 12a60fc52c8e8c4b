"""What a worker does with a message: every status, channel state, template state and lane."""

from itertools import product
from typing import Any

import pytest
from parley.model.channel import Channel
from parley.model.decision import Decision, Step, decide
from parley.model.lane import Lane
from parley.model.message import Fault
from parley.model.status import Status
from parley.model.template import Template, TemplateStatus

from tests.support.make import NOW, binding, channel, state, template

S = Status
REST: dict[Status, Step] = {
    S.SCHEDULED: Step.IGNORE,
    S.UNKNOWN: Step.REARM,
    S.ACCEPTED: Step.REARM,
    S.SENT: Step.REARM,
    S.DELIVERED: Step.REARM,
    S.FAILED: Step.FIRE,
    S.EXPIRED: Step.FIRE,
    S.CANCELLED: Step.IGNORE,
    S.SKIPPED: Step.IGNORE,
    S.SUPERSEDED: Step.IGNORE,
    S.READ: Step.IGNORE,
    S.RECEIVED: Step.IGNORE,
}
CHANNELS: dict[str, Channel | None] = {
    "ready": channel(),
    "missing": None,
    "deleting": channel(life="deleting"),
    "deleted": channel(life="deleted"),
    "inactive": channel(is_active=False),
    "disconnected": channel(connection="disconnected"),
    "unbound": channel(connection="unbound", binding=None),
    "connecting": channel(connection="connecting"),
    "bound anew": channel(binding=binding(sender_id="another")),
    "inactive and bound anew": channel(is_active=False, binding=binding(sender_id="another")),
}
GONE, WAITS, OTHER, FAILS = "channel_deleted", "channel", "sender_gone", "channel_unavailable"
BY_CHANNEL = {
    "ready": ("send", "send"),
    "missing": (GONE, GONE),
    "deleting": (GONE, GONE),
    "deleted": (GONE, GONE),
    "inactive": (WAITS, FAILS),
    "disconnected": (WAITS, FAILS),
    "unbound": (WAITS, FAILS),
    "connecting": (WAITS, FAILS),
    "bound anew": (OTHER, OTHER),
    "inactive and bound anew": (WAITS, FAILS),
}
TEMPLATES: dict[str, Template | None] = {str(each): template(status=each) for each in TemplateStatus} | {
    "deleted": None,
    "put away": template(archived=True),
}
DEAD = (None, TEMPLATES["rejected"], TEMPLATES["disabled"])
BY_TEMPLATE = {
    "draft": ("template_not_approved", "template_not_approved"),
    "in_review": ("template_not_approved", "template_not_approved"),
    "approved": ("send", "send"),
    "rejected": ("template_not_approved", "template_not_approved"),
    "paused": ("template", "template_not_approved"),
    "disabled": ("template_not_approved", "template_not_approved"),
    "archived": ("template_not_approved", "template_not_approved"),
    "put away": ("template", "template_not_approved"),
    "deleted": ("template_deleted", "template_deleted"),
}


def seen(decision: Decision) -> str:
    """One word: the fault, what holds it, or the step."""
    return decision.fault.code if decision.fault else decision.hold or str(decision.step)


def queued(lane: Lane = Lane.TRANSACTIONAL, **fields: Any) -> Any:
    return state(S.QUEUED, lane=lane, **fields)


def test_the_tables_are_complete() -> None:
    assert set(REST) | {S.QUEUED, S.SENDING} == set(S)
    assert (set(BY_CHANNEL), set(BY_TEMPLATE)) == (set(CHANNELS), set(TEMPLATES))


@pytest.mark.parametrize(("status", "where", "lane"), list(product(REST, CHANNELS, Lane)))
def test_what_is_not_queued_is_finished_whatever_the_channel_says(status: Status, where: str, lane: Lane) -> None:
    for expires_at in (NOW - 1, NOW + 1):
        found = decide(state(status, lane=lane, expires_at=expires_at), CHANNELS[where], None, NOW)
        assert found == Decision(step=REST[status])


@pytest.mark.parametrize(("until", "step"), [(NOW + 1, "give_back"), (NOW, "lost"), (NOW - 1, "lost"), (None, "lost")])
def test_a_lease_is_waited_for_and_then_lost(until: int | None, step: str) -> None:
    for expires_at in (NOW - 1, NOW + 1):
        found = state(S.SENDING, lease_until=until, expires_at=expires_at)
        assert seen(decide(found, None, None, NOW)) == step


@pytest.mark.parametrize(("where", "lane"), list(product(CHANNELS, Lane)))
def test_by_channel_and_lane(where: str, lane: Lane) -> None:
    assert seen(decide(queued(lane), CHANNELS[where], None, NOW)) == BY_CHANNEL[where][lane is Lane.OTP]


@pytest.mark.parametrize(("which", "lane"), list(product(TEMPLATES, Lane)))
def test_by_template_and_lane(which: str, lane: Lane) -> None:
    found = decide(queued(lane, template="t1"), channel(), TEMPLATES[which], NOW)
    assert seen(found) == BY_TEMPLATE[which][lane is Lane.OTP]


@pytest.mark.parametrize(("where", "which", "lane"), list(product(CHANNELS, TEMPLATES, Lane)))
def test_the_channel_comes_before_the_template(where: str, which: str, lane: Lane) -> None:
    found = decide(queued(lane, template="t1"), CHANNELS[where], TEMPLATES[which], NOW)
    table = BY_TEMPLATE[which] if where == "ready" else BY_CHANNEL[where]
    assert seen(found) == table[lane is Lane.OTP]


@pytest.mark.parametrize(("where", "which", "lane"), list(product(CHANNELS, TEMPLATES, Lane)))
def test_what_is_over_is_neither_sent_nor_held(where: str, which: str, lane: Lane) -> None:
    late = queued(lane, template="t1", expires_at=NOW)
    assert decide(late, CHANNELS[where], TEMPLATES[which], NOW) == Decision(step=Step.EXPIRE)


@pytest.mark.parametrize(("where", "which"), list(product(CHANNELS, TEMPLATES)))
def test_a_code_is_never_held(where: str, which: str) -> None:
    assert decide(queued(Lane.OTP, template="t1"), CHANNELS[where], TEMPLATES[which], NOW).step is not Step.HOLD


@pytest.mark.parametrize(("where", "lane"), list(product(CHANNELS, Lane)))
def test_what_was_accepted_with_a_fault_fails_with_it_at_its_time(where: str, lane: Lane) -> None:
    fault = Fault(code="variable_missing", message="x", local=True)
    assert decide(queued(lane, error=fault), CHANNELS[where], None, NOW) == Decision(step=Step.FAIL, fault=fault)


def test_faults_that_came_after_acceptance_are_not_local() -> None:
    late = [decide(queued(), None, None, NOW), *(decide(queued(template="t1"), channel(), t, NOW) for t in DEAD)]
    assert [each.fault and each.fault.local for each in late] == [False] * 4


@pytest.mark.parametrize("lane", Lane)
def test_a_person_on_the_suppression_list_is_skipped_with_the_reason(lane: Lane) -> None:
    found = decide(state(lane=lane), channel(), None, NOW, "person_blocked")
    assert found.step is Step.SKIP
    assert found.fault is not None
    assert (found.fault.code, found.fault.local) == ("person_blocked", False)


@pytest.mark.parametrize("status", [each for each in Status if each is not Status.QUEUED])
def test_the_list_concerns_only_what_still_waits(status: Status) -> None:
    given = state(status, lease_until=NOW + 1)
    assert decide(given, channel(), None, NOW, "person_blocked") == decide(given, channel(), None, NOW)


def test_what_is_over_or_failed_is_not_skipped() -> None:
    """Their fallbacks fire; a skipped message has none."""
    over = state(expires_at=NOW)
    assert decide(over, channel(), None, NOW, "person_blocked").step is Step.EXPIRE
    broken = state(error=Fault(code="variable_missing", message="x", local=True))
    assert decide(broken, channel(), None, NOW, "person_blocked").step is Step.FAIL
