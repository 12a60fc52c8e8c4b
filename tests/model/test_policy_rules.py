"""What a policy must keep to: waits, words, channels, and triggers that the channel before can fulfil."""

import pytest
from parley.model.fallback_policy import PolicyStep
from parley.model.message import Trigger
from parley.model.policy_rules import Sender, check
from parley.model.status import Status

TELLS = frozenset({Status.SENT, Status.DELIVERED, Status.READ})
FULL, SILENT = Sender("full", TELLS), Sender("silent", frozenset({Status.SENT}))
ARRIVES = Sender("arrives", TELLS - {Status.READ})


def found(*steps: tuple[Sender | None, dict[str, object]]) -> list[tuple[str, str]]:
    parts = [PolicyStep.model_validate({"rule_id": "r", **fields}) for _, fields in steps]
    return [(each.field, each.code) for each in check(parts, [sender for sender, _ in steps])]


@pytest.mark.parametrize("wait", [None, 10, 72 * 3600])
def test_waits_that_are_taken(wait: int | None) -> None:
    assert found((FULL, {"wait": wait})) == []


@pytest.mark.parametrize("wait", [-1, 0, 9, 72 * 3600 + 1, 10**30])
def test_waits_that_are_not(wait: int) -> None:
    assert found((FULL, {"wait": wait})) == [("steps.0.wait", "wait_out_of_range")]


@pytest.mark.parametrize(
    ("before", "triggers"),
    [
        (FULL, {"send_failed", "undelivered", "unread"}),
        (ARRIVES, {"send_failed", "undelivered"}),
        (SILENT, {"send_failed"}),
        (None, {"send_failed", "undelivered", "unread"}),
    ],
)
def test_a_trigger_needs_its_receipt_from_the_step_before(before: Sender | None, triggers: set[str]) -> None:
    other = Sender("other", TELLS)
    taken = {each for each in Trigger if not found((before, {}), (other, {"trigger": each, "wait": 60}))}
    assert taken == triggers


def test_a_channel_stands_once() -> None:
    assert found((FULL, {}), (ARRIVES, {}), (FULL, {})) == [("steps.2.rule_id", "same_channel")]


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({}, []),
        ({"text": "a"}, []),
        ({"template": "a", "language": "en", "variables": {"b": "c"}}, []),
        ({"template": "a"}, ["language"]),
        ({"template": "a", "language": "en", "text": "b"}, ["text"]),
        ({"text": "a", "language": "en"}, ["language"]),
        ({"variables": {"b": "c"}}, ["variables"]),
    ],
)
def test_a_step_has_a_text_or_a_template_or_neither(fields: dict[str, object], wrong: list[str]) -> None:
    assert [field for field, _ in found((FULL, fields))] == [f"steps.0.{each}" for each in wrong]
