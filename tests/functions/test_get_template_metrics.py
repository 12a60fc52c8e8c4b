"""get_template_metrics: what became of a template's messages, day by day and in all."""

from collections import Counter
from typing import Any

import pytest
from parley.model.metrics import Place
from parley.store import metrics

from tests.support import builders
from tests.support.builders import ORGANIZATION, STRANGER, TEMPLATE
from tests.support.events import Answer, call, refused
from tests.support.time import NOW

NOTHING: dict[str, Any] = {"failed": {}, "pressed": {}} | dict.fromkeys(
    ("sent", "delivered", "read", "expired", "skipped", "replied", "opted_out"), 0
)


@pytest.fixture(autouse=True)
def _cast() -> None:
    builders.template(quality="GREEN")


def counted(day: str, *, timed: bool = False, organization: str = ORGANIZATION, **counts: int) -> None:
    where = Place(organization, TEMPLATE, day, timed)
    named = Counter({name.replace("__", "#"): value for name, value in counts.items()})
    metrics.add(f"{where}{counts}", {where: named}, NOW)


def ask(start: str | None = None, end: str | None = None) -> Answer:
    return call("get_template_metrics", query={"start": start, "end": end})


def test_shows_each_day_and_the_sum() -> None:
    counted("2026-02-27", sent=2, delivered=2, read=1, failed__undeliverable=1, pressed__Later=1, replied=1)
    counted("2026-03-01", sent=1, failed__undeliverable=2, failed__expired=1)
    body = ask().body
    first = {"sent": 2, "delivered": 2, "read": 1, "failed": {"undeliverable": 1}, "pressed": {"Later": 1}}
    second = {"sent": 1, "failed": {"undeliverable": 2, "expired": 1}}
    assert body["days"] == [
        {**NOTHING, **first, "replied": 1, "day": "2026-02-27"},
        {**NOTHING, **second, "day": "2026-03-01"},
    ]
    failed = {"undeliverable": 3, "expired": 1}
    assert body["total"] == {**NOTHING, **first, "sent": 3, "failed": failed, "replied": 1}
    assert (body["template_id"], body["start"], body["end"]) == (TEMPLATE, "2026-01-31", "2026-03-01")
    assert body["quality"] == "GREEN"


def test_a_template_without_messages_has_no_days() -> None:
    answer = ask()
    assert (answer.status, answer.body["days"], answer.body["total"]) == (200, [], NOTHING)


def test_shows_the_days_that_are_asked_for() -> None:
    for day in ("2026-02-26", "2026-02-27", "2026-02-28", "2026-03-01"):
        counted(day, sent=1)
    body = ask("2026-02-27", "2026-02-28").body
    assert [each["day"] for each in body["days"]] == ["2026-02-27", "2026-02-28"]
    assert body["total"]["sent"] == 2


def test_what_was_timed_belongs_to_its_day() -> None:
    counted("2026-02-28", sent=1)
    counted("2026-02-28", timed=True, sent=2)
    assert [(each["day"], each["sent"]) for each in ask(end="2026-02-28").body["days"]] == [("2026-02-28", 3)]


def test_what_an_arrival_has_taken_back_is_not_shown() -> None:
    counted("2026-03-01", sent=1, failed__undeliverable=0)
    assert ask().body["days"][0]["failed"] == {}


@pytest.mark.parametrize(
    ("start", "end", "code", "fields"),
    [
        ("2026-02-30", "March", "invalid_day", ["start", "end"]),
        ("2026-03-02", None, "start_after_end", ["start"]),
        ("2025-02-28", None, "span_too_long", ["start"]),
        ("2026-03-01T00:00:00Z", None, "string_too_long", ["start"]),
    ],
)
def test_bad_days_are_named(start: str, end: str | None, code: str, fields: list[str]) -> None:
    assert refused(ask(start, end)) == (422, code, fields)


def test_a_foreign_template_does_not_exist() -> None:
    builders.organization(STRANGER)
    counted("2026-03-01", sent=1)
    assert refused(call("get_template_metrics", organization=STRANGER))[:2] == (404, "not_found")
