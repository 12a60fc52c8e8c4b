"""project_changes: what changes of messages say is counted for their templates, once."""

from typing import Any

import pytest
from parley.model.status import Status, rank
from parley.model.times import DAY
from parley.store import messages, metrics, table
from parley.store.table import TransactionFailed

from tests.support import builders, kept, stream
from tests.support.builders import MESSAGE, ORGANIZATION, TEMPLATE
from tests.support.events import sample
from tests.support.invoke import invoke
from tests.support.time import NOW

TODAY = "METRIC#2026-03-01"
Json = dict[str, Any]


def project(event: Json) -> None:
    invoke("project_changes", event)


def message(status: Status = Status.QUEUED, id: str = MESSAGE, **changes: Any) -> Json:
    """Its item, as the store keeps it."""
    known = {"template": TEMPLATE, "error": {"code": "undeliverable", "message": "-"} if status == "failed" else None}
    builders.message(id, status, **{**known, **changes})
    return stream.stored(id)


def reaches(status: Status, **more: Any) -> tuple[Json, Json]:
    """The change that a report makes."""
    before = stream.stored(MESSAGE)
    messages.reach(messages.read(before), status, NOW, **more)
    return before, stream.stored(MESSAGE)


def test_the_sample_counts() -> None:
    project(sample("project_changes"))
    assert stream.counters() == {TODAY: {"sent": 1, "delivered": 1}}
    assert kept.items("METRIC#")[0]["pk"] == f"ORG#{ORGANIZATION}#TEMPLATE#{TEMPLATE}"


def test_a_batch_that_comes_twice_counts_once() -> None:
    for _ in range(3):
        project(sample("project_changes"))
    assert stream.counters() == {TODAY: {"sent": 1, "delivered": 1}}


def test_its_mark_is_forgotten_after_two_days() -> None:
    project(sample("project_changes"))
    (mark,) = kept.items("COUNTED#", "runtime")
    assert mark["expires"] == (NOW + 2 * DAY) // 1000


def test_a_life_counts_step_by_step() -> None:
    queued = message()
    sent, read, delivered = reaches(Status.SENT), reaches(Status.READ), reaches(Status.DELIVERED)
    for number, change in enumerate([(None, queued), sent, read, delivered]):
        project(stream.batch(change, name=f"batch{number}"))
    assert stream.counters() == {TODAY: {"sent": 1, "read": 1, "delivered": 1}}


def test_an_arrival_takes_its_failure_back() -> None:
    failed = message(Status.FAILED)
    project(stream.batch((None, failed), name="first"))
    assert stream.counters() == {TODAY: {"failed#undeliverable": 1}}
    project(stream.batch(reaches(Status.DELIVERED), name="second"))
    assert stream.counters() == {TODAY: {"failed#undeliverable": 0, "sent": 1, "delivered": 1}}


def test_answers_count_on_the_day_they_came() -> None:
    came = {"direction": "in", "rank": rank(Status.RECEIVED), "created_at": NOW + DAY, "send_at": NOW + DAY}
    answer = message(Status.RECEIVED, **came, pressed="On my way")
    project(stream.batch((None, answer)))
    assert stream.counters() == {"METRIC#2026-03-02": {"replied": 1, "pressed#On my way": 1}}


def test_what_was_timed_on_another_day_is_counted_apart() -> None:
    project(stream.batch((None, message(Status.SENT, send_at=NOW + DAY))))
    assert stream.counters() == {"METRIC#2026-03-02#TIMED": {"sent": 1}}


def test_what_counts_nothing_writes_nothing() -> None:
    event = stream.batch((None, message()))
    with kept.nothing_changes():
        project(event)


def test_a_batch_that_could_not_be_written_is_raised_and_counts_when_it_comes_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(table, "_transacted", lambda items: ["None", "ThrottlingError"])
        with pytest.raises(TransactionFailed):
            project(sample("project_changes"))
    project(sample("project_changes"))
    assert stream.counters() == {TODAY: {"sent": 1, "delivered": 1}}


def of_policy(status: Status, **changes: Any) -> Json:
    """Of a message under a policy whose fallback fired on the next day."""
    fired = {"policy": "p", "fired_at": NOW + DAY, "fired_for": "undelivered"}
    return message(status, **{**fired, **changes})


def test_the_steps_of_a_policy_are_counted_beside_the_template() -> None:
    project(stream.batch((None, of_policy(Status.SENT))))
    assert stream.counters() == {
        TODAY: {"sent": 1},
        f"{TODAY}#{builders.WHATSAPP}": {"0#sent": 1},
        f"METRIC#2026-03-02#{builders.WHATSAPP}#TIMED": {"1#fired#undelivered": 1},
    }
    assert {item["pk"] for item in kept.items("METRIC#")} == {
        f"ORG#{ORGANIZATION}#TEMPLATE#{TEMPLATE}",
        f"ORG#{ORGANIZATION}#POLICY#p",
    }


def test_what_one_transaction_cannot_hold_is_counted_once_too() -> None:
    sent = of_policy(Status.SENT)
    changes = [(None, sent | {"template": f"t-{n}", "policy": f"p-{n}"}) for n in range(metrics.MOST_PLACES)]
    for _ in range(2):
        project(stream.batch(*changes))
    assert len(kept.items("METRIC#")) == 3 * metrics.MOST_PLACES
    assert {value for counts in stream.counters().values() for value in counts.values()} == {1}
    assert len(kept.items("COUNTED#", "runtime")) == 3


def test_a_part_that_failed_is_counted_when_the_batch_comes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    sent, written = of_policy(Status.SENT), table._transacted
    changes = [(None, sent | {"template": f"t-{n}", "policy": f"p-{n}"}) for n in range(metrics.MOST_PLACES)]
    calls = iter([written, lambda items: ["ThrottlingError"]])
    with monkeypatch.context() as patch:
        patch.setattr(table, "_transacted", lambda items: next(calls)(items))
        with pytest.raises(TransactionFailed):
            project(stream.batch(*changes))
    assert len(kept.items("METRIC#")) == metrics.MOST_PLACES
    project(stream.batch(*changes))
    assert len(kept.items("METRIC#")) == 3 * metrics.MOST_PLACES
    assert {value for counts in stream.counters().values() for value in counts.values()} == {1}


def test_the_largest_batch_of_different_templates_fits_into_one_transaction() -> None:
    sent = message(Status.SENT)
    changes = [(None, sent | {"template": f"template-{number}"}) for number in range(metrics.MOST_PLACES)]
    project(stream.batch(*changes))
    assert len(kept.items("METRIC#")) == metrics.MOST_PLACES
