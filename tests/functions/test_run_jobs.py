"""run_jobs: long work from its queue; every job may come twice, and what fails comes back."""

from collections import Counter
from types import SimpleNamespace
from typing import Any

import pytest
from parley.cloud import files, queues
from parley.cloud.clients import client
from parley.edge.queue import SOON
from parley.model.metrics import NOW as NOW_PLACE
from parley.model.metrics import Place
from parley.model.status import Status
from parley.operations import recount, starting
from parley.settings import settings
from parley.store import broadcasts, groups, metrics

from tests.support import audience, builders, kept, runs
from tests.support.audience import GROUP
from tests.support.builders import ORGANIZATION
from tests.support.events import LEFT_OUT, Json, call, records, sample
from tests.support.invoke import invoke
from tests.support.runs import BROADCAST
from tests.support.time import NOW, Clock

DONE: Json = {"batchItemFailures": []}
PLACE = Place(ORGANIZATION, BROADCAST, NOW_PLACE, broadcast=True)


@pytest.fixture(autouse=True)
def _cast(monkeypatch: pytest.MonkeyPatch) -> None:
    builders.story()
    monkeypatch.setattr(recount, "time", SimpleNamespace(sleep=lambda seconds: None))


def job(kind: str, left: int = 900_000, **more: Any) -> Any:
    return invoke("run_jobs", records({"kind": kind, "organization": ORGANIZATION, **more}), left)


def received() -> Json:
    """A batch of what waits in the queue, as the queue hands it out: hidden, and counted."""
    queue = settings().jobs_queue
    messages = client("sqs").receive_message(QueueUrl=queue, AttributeNames=["ApproximateReceiveCount"])["Messages"]
    event = sample("run_jobs")
    [record] = event["Records"]
    event["Records"] = [
        {
            **record,
            "messageId": each["MessageId"],
            "receiptHandle": each["ReceiptHandle"],
            "body": each["Body"],
            "attributes": each["Attributes"],
        }
        for each in messages
    ]
    return event


def made(**fields: Any) -> str:
    return str(call("create_broadcast", fields).body["id"])


# ---- checks


def test_a_check_finds_the_rows_and_the_run_begins(time: Clock) -> None:
    id = made()
    assert job("check", broadcast=id) == DONE
    shown = runs.shown(id)
    assert (shown["status"], shown["started_at"]) == ("running", time.text())
    assert (shown["report"]["rows"], shown["report"]["good"], shown["progress"]["rows"]) == (2, 2, 2)
    assert kept.queued("FeedsQueue") == [{"organization": ORGANIZATION, "broadcast": id}]
    assert runs.marks() == [NOW]


def test_its_rows_reach_the_platform() -> None:
    id = made()
    for body in kept.queued("JobsQueue"):
        invoke("run_jobs", records(body), 900_000)
    invoke("feed_broadcasts", records(*kept.queued("FeedsQueue")))
    invoke("deliver_messages", records(*kept.queued("MarketingQueue")))
    rows = call("list_broadcast_rows", path={"broadcast_id": id}, query={"status": None}).body["items"]
    assert [each["status"] for each in rows] == ["accepted", "accepted"]
    assert "Hello Ana, your order A-19" in rows[0]["text"]


def test_a_check_that_comes_twice_is_made_once() -> None:
    id = made()
    job("check", broadcast=id)
    with kept.nothing_changes():
        assert job("check", broadcast=id) == DONE


@pytest.mark.parametrize(
    ("wish", "status"), [("ask", "checked"), ("skip", "running"), ("refuse", "refused")], ids=lambda each: str(each)
)
def test_what_bad_rows_mean_is_what_was_asked_for(wish: str, status: str) -> None:
    people = [{"to": "+34600111222", "variables": {"name": "Ana", "order": "1"}}, {"to": "12"}]
    id = made(on_bad_rows=wish, recipients=people)
    job("check", broadcast=id)
    shown = runs.shown(id)
    assert (shown["status"], shown["report"]["good"], shown["report"]["bad"]) == (status, 1, 1)
    assert shown["bad_rows"] is not None
    assert bool(kept.queued("FeedsQueue")) == (status == "running")


def test_a_dry_run_stops_there_even_if_all_rows_are_good() -> None:
    id = made(dry_run=True)
    job("check", broadcast=id)
    assert (runs.shown(id)["status"], kept.queued("FeedsQueue")) == ("checked", [])


def test_a_timed_one_waits_for_its_time(time: Clock) -> None:
    id = made(send_at=time.text(600))
    job("check", broadcast=id)
    assert (runs.shown(id)["status"], kept.delays("FeedsQueue")) == ("scheduled", [590])
    assert runs.marks() == [NOW + 590_000]


def test_one_whose_time_came_during_the_check_runs_at_once(time: Clock) -> None:
    id = made(send_at=time.text(60))
    time.forward(61)
    job("check", broadcast=id)
    assert runs.shown(id)["status"] == "running"


def test_without_a_good_row_nothing_is_sent() -> None:
    id = made(recipients=[{"to": "12", "variables": {"name": "Ana", "order": "1"}}])
    assert job("check", broadcast=id) == DONE
    shown = runs.shown(id)
    assert (shown["status"], [each["code"] for each in shown["errors"]]) == ("refused", ["no_good_rows"])
    assert kept.queued("FeedsQueue") == []


def test_a_worker_that_dies_behind_the_result_leaves_a_run_that_is_found(
    monkeypatch: pytest.MonkeyPatch, time: Clock
) -> None:
    audience.group(members=[audience.contact(audience.CONTACT, attributes={"name": "Ana", "order": "A-19"}).id])
    id = made(recipients=LEFT_OUT, group_id=GROUP)

    def die(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(starting, "free_group", die)
        with pytest.raises(SystemExit):
            job("check", broadcast=id)
    assert runs.shown(id)["status"] == "running"
    job("check", broadcast=id)
    assert groups.users(ORGANIZATION, GROUP) == []
    time.forward(61)
    invoke("restart_broadcasts", sample("restart_broadcasts"))
    assert kept.queued("FeedsQueue") == [{"organization": ORGANIZATION, "broadcast": id}]


def test_a_check_that_fails_comes_back() -> None:
    id = made()
    for name in kept.files():
        files.delete(name)
    assert len(invoke("run_jobs", received(), 900_000)["batchItemFailures"]) == 1
    assert runs.shown(id)["status"] == "checking"
    assert kept.hidden("JobsQueue") == [SOON]


def test_what_fails_again_stays_hidden_as_long_as_its_queue_says() -> None:
    made()
    event = received()
    event["Records"][0]["attributes"]["ApproximateReceiveCount"] = "2"
    for name in kept.files():
        files.delete(name)
    assert len(invoke("run_jobs", event, 900_000)["batchItemFailures"]) == 1
    assert kept.hidden("JobsQueue")[0] > SOON


def test_organizations_share_its_queues_fairly(time: Clock) -> None:
    audience.group()
    call("groups.delete_group", path={"group_id": GROUP})
    id = made()
    job("check", broadcast=id)
    assert call("create_export", {"kind": "contacts", "broadcast_id": LEFT_OUT}).status == 202
    assert kept.groups_of("JobsQueue") == [ORGANIZATION] * 3
    assert kept.groups_of("FeedsQueue") == [ORGANIZATION]


def test_a_check_of_nothing_is_over() -> None:
    with kept.nothing_changes():
        assert invoke("run_jobs", sample("run_jobs")) == DONE


# ---- recounts


def test_the_counters_of_a_run_that_is_over_become_what_its_rows_say() -> None:
    run = runs.broadcast(status="done", done_at=NOW)
    for at, status in enumerate((Status.READ, Status.READ, Status.FAILED)):
        runs.row(run, at, status)
    metrics.add("changes", {PLACE: Counter(read=3)}, NOW)
    assert job("recount", broadcast=BROADCAST) == DONE
    assert metrics.of_broadcast(ORGANIZATION, BROADCAST) == Counter(read=2, failed=1)
    assert metrics.hours_of_broadcast(ORGANIZATION, BROADCAST) == {"2026-03-01T09": Counter(read=2, failed=1)}


def test_right_ones_stay() -> None:
    run = runs.broadcast(status="done", rows=1, done_at=NOW)
    runs.row(run, 0, Status.READ)
    job("recount", broadcast=BROADCAST)
    with kept.nothing_changes():
        assert job("recount", broadcast=BROADCAST) == DONE


def test_without_time_it_comes_back() -> None:
    runs.broadcast(status="done", done_at=NOW)
    queues.send(settings().jobs_queue, {"kind": "recount", "organization": ORGANIZATION, "broadcast": BROADCAST})
    assert len(invoke("run_jobs", received(), 50_000)["batchItemFailures"]) == 1


def test_a_recount_of_nothing_is_over() -> None:
    assert broadcasts.get(ORGANIZATION, BROADCAST) is None
    with kept.nothing_changes():
        assert job("recount", broadcast=BROADCAST) == DONE
