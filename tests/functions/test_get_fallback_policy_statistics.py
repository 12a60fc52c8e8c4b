"""get_fallback_policy_statistics: what became of a policy's messages, step by step."""

from collections import Counter
from typing import Any

import pytest
from parley.model.metrics import Place
from parley.store import metrics

from tests.support import builders
from tests.support.builders import ORGANIZATION, POLICY, SMS, STRANGER, WHATSAPP
from tests.support.events import Answer, call, refused
from tests.support.time import NOW

NOTHING: dict[str, Any] = {"fired": {}, "failed": {}} | dict.fromkeys(
    ("sent", "delivered", "read", "expired", "skipped", "late"), 0
)


@pytest.fixture(autouse=True)
def _cast() -> None:
    builders.fallback_rule()
    builders.fallback_policy()


def counted(day: str, channel: str, counts: dict[str, int], *, timed: bool = False) -> None:
    where = Place(ORGANIZATION, POLICY, day, timed, channel)
    metrics.add(f"{where}{counts}", {where: Counter(counts)}, NOW)


def ask(**query: str) -> Answer:
    return call("get_fallback_policy_statistics", query={"start": None, "end": None, **query})


def test_shows_the_steps_of_each_day_and_in_all() -> None:
    counted("2026-02-28", WHATSAPP, {"0#sent": 3, "0#failed#undeliverable": 1, "1#fired#failed": 1})
    counted("2026-02-28", WHATSAPP, {"1#fired#undelivered": 1, "1#late": 1}, timed=True)
    counted("2026-02-28", SMS, {"1#sent": 2, "1#delivered": 1})
    counted("2026-03-01", WHATSAPP, {"0#sent": 1, "0#read": 1, "0#delivered": 1})
    answer = ask()
    zero = {**NOTHING, "step": 0, "sent": 3, "failed": {"undeliverable": 1}}
    one = {**NOTHING, "step": 1, "fired": {"failed": 1, "undelivered": 1}, "sent": 2, "delivered": 1, "late": 1}
    today = {**NOTHING, "step": 0, "sent": 1, "delivered": 1, "read": 1}
    assert answer.body["days"] == [{"day": "2026-02-28", "steps": [zero, one]}, {"day": "2026-03-01", "steps": [today]}]
    assert answer.body["total"] == [{**zero, "sent": 4, "delivered": 1, "read": 1}, one]
    named = [answer.body[name] for name in ("policy_id", "start", "end")]
    assert named == [POLICY, "2026-01-31", "2026-03-01"]


def test_days_outside_are_left_out() -> None:
    for day in ("2026-02-26", "2026-02-27", "2026-02-28"):
        counted(day, WHATSAPP, {"0#sent": 1})
    assert [each["day"] for each in ask(start="2026-02-27", end="2026-02-27").body["days"]] == ["2026-02-27"]


def test_a_policy_without_messages_has_no_days() -> None:
    assert (ask().body["days"], ask().body["total"]) == ([], [])


def test_bad_days_and_foreign_policies() -> None:
    assert refused(ask(start="March")) == (422, "invalid_day", ["start"])
    builders.organization(STRANGER)
    assert refused(call("get_fallback_policy_statistics", organization=STRANGER))[:2] == (404, "not_found")
