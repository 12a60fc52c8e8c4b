"""update_broadcast: name, speed, window and quiet hours, of a run too."""

import pytest
from parley.store import broadcasts

from tests.support import builders, kept, runs
from tests.support.builders import ORGANIZATION
from tests.support.events import LEFT_OUT, Json, records, refused
from tests.support.invoke import invoke
from tests.support.runs import BROADCAST
from tests.support.time import Clock

STEP = {"organization": ORGANIZATION, "broadcast": BROADCAST}
WINDOW = {"start": "09:00", "end": "21:00", "time_zone": "Europe/Madrid"}
SPEED = {"delivery_window": LEFT_OUT}


@pytest.fixture(autouse=True)
def _cast() -> None:
    builders.story()


@pytest.mark.parametrize("status", ["checking", "checked", "scheduled", "running", "paused"])
def test_it_can_be_changed_until_it_is_over(status: str, time: Clock) -> None:
    before = runs.broadcast(status=status)
    time.forward(1)
    answer = runs.do("update", {"name": "Other", "quiet_hours": {"start": "22:00", "end": "07:00"}})
    assert (answer.status, answer.body["status"], answer.body["name"]) == (200, status, "Other")
    assert (answer.body["speed"], answer.body["delivery_window"]) == (40, WINDOW)
    assert answer.body["quiet_hours"]["start"] == "22:00"
    changed = {"name", "speed", "delivery_window", "quiet_hours", "updated_at", "version"}
    assert runs.kept().model_dump(exclude=changed) == before.model_dump(exclude=changed)


@pytest.mark.parametrize("status", ["refused", "cancelled", "done"])
def test_what_is_over_cannot(status: str) -> None:
    runs.broadcast(status=status)
    with kept.nothing_changes():
        assert refused(runs.do("update"))[:2] == (409, "not_changeable")


def test_null_takes_a_limit_away() -> None:
    runs.broadcast(status="paused")
    runs.do("update", {"quiet_hours": {"start": "22:00", "end": "07:00"}})
    body = {"speed": None, "delivery_window": None, "quiet_hours": None, "name": None}
    shown = runs.do("update", body).body
    assert (shown["speed"], shown["delivery_window"], shown["quiet_hours"]) == (None, None, None)
    assert shown["name"] == "Orders of this morning"


def test_what_is_left_out_stays() -> None:
    runs.broadcast(status="paused")
    runs.do("update")
    assert runs.do("update", {"speed": 5, **SPEED}).body["delivery_window"] == WINDOW
    with kept.nothing_changes():
        assert runs.do("update", {"speed": LEFT_OUT, **SPEED}).body["speed"] == 5


def test_a_run_makes_its_next_step_at_once() -> None:
    runs.broadcast(rows=60)
    runs.do("update", {"speed": 1, **SPEED})
    assert kept.queued("FeedsQueue") == [STEP]
    invoke("feed_broadcasts", records(STEP))
    assert len(kept.queued("MarketingQueue")) == 10  # ten seconds ahead


def test_one_that_rests_is_not_woken() -> None:
    runs.broadcast(status="scheduled")
    runs.do("update")
    assert kept.queued("FeedsQueue") == []


def test_what_somebody_else_does_meanwhile_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = runs.broadcast()
    runs.do("pause")
    found, answers = broadcasts.get, iter([seen])
    monkeypatch.setattr(broadcasts, "get", lambda *key: next(answers, None) or found(*key))
    answer = runs.do("update")
    assert (answer.body["status"], answer.body["speed"]) == ("paused", 40)


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"speed": 0}, "greater_than", "speed"),
        ({"speed": 10_001}, "less_than_equal", "speed"),
        ({"speed": -1}, "greater_than", "speed"),
        ({"speed": "fast"}, "float_parsing", "speed"),
        ({"name": ""}, "string_too_short", "name"),
        ({"name": "x" * 61}, "string_too_long", "name"),
        ({"delivery_window": {"start": "09:00"}}, "field_missing", "delivery_window.end"),
        ({"delivery_window": {**WINDOW, "end": "24:00"}}, "string_pattern_mismatch", "delivery_window.end"),
        ({"delivery_window": {**WINDOW, "time_zone": "Mars"}}, "value_error", "delivery_window.time_zone"),
        ({"quiet_hours": {"start": "22:00", "end": "7"}}, "string_pattern_mismatch", "quiet_hours.end"),
        ({"template": "other"}, "unknown_field", "template"),
        ({"send_at": "2026-03-02T18:00:00Z"}, "unknown_field", "send_at"),
    ],
)
def test_bad_changes(body: Json, code: str, field: str) -> None:
    runs.broadcast()
    with kept.nothing_changes():
        assert refused(runs.do("update", body)) == (422, code, [field])
