"""resend_broadcast: rows that failed or were not sent go out once more, as a child; nobody gets it twice."""

import json
from typing import Any

import pytest
from parley.cloud import files
from parley.model import ids
from parley.model.run import Account
from parley.model.status import Status
from parley.store import broadcasts, messages

from tests.support import builders, kept, runs
from tests.support.builders import ORGANIZATION, PHONE_ID, TEMPLATE, WHATSAPP
from tests.support.events import LEFT_OUT, Json, call, records, refused
from tests.support.invoke import invoke
from tests.support.runs import BROADCAST
from tests.support.time import NOW, Clock

FIRST, SECOND = (ids.derived(BROADCAST, "resend", generation) for generation in (1, 2))
STATES = (Status.READ, Status.FAILED, Status.EXPIRED, Status.SKIPPED, Status.UNKNOWN)
EVERYTHING = {"failed": True, "unsent": True, "unknown": True}


@pytest.fixture(autouse=True)
def _cast() -> None:
    builders.story()


def over(status: str = "done", *states: Status, rows: int = 5, **changes: Any) -> None:
    """A broadcast whose rows stand like this, those after them have no item."""
    run = runs.broadcast(status=status, rows=rows, done_at=NOW, **changes)
    for at, state in enumerate(states):
        runs.row(run, at, state, settled=state is Status.UNKNOWN)


def check(id: str = FIRST) -> list[int]:
    """The job; the rows of the parent that the child sends."""
    invoke("run_jobs", records({"kind": "check", "organization": ORGANIZATION, "broadcast": id}))
    answer = runs.do("get", id=id)
    listed = [name for name in kept.files() if id in name and "rows-" in name]
    assert answer.body["status"] in ("running", "refused"), answer
    return [json.loads(line)[3]["parent"] for name in listed for line in _text(name).splitlines()]


def _text(name: str) -> str:
    found = files.read(name, 1 << 20)
    assert found is not None
    return found[1].decode()


def ends(id: str, **states: str) -> None:
    """The child is over; `row_0="read"` is how its first row stands."""
    run = runs.kept(id)
    for name, state in states.items():
        runs.row(run, int(name.removeprefix("row_")), state)
    assert broadcasts.change(run, {"status": "done", "done_at": NOW}, frozenset({run.status}), NOW)


def test_a_child_is_made_and_checked(time: Clock) -> None:
    over("done", *STATES, reference="orders", speed=5)
    answer = runs.do("resend")
    wanted = {"id": FIRST, "parent": BROADCAST, "source": "resend", "status": "checking", "speed": 5}
    wanted |= {"name": "Orders of this morning, again", "reference": "orders", "created_at": time.text()}
    wanted |= {"report": None, "progress": None, "started_at": None, "done_at": None, "on_bad_rows": "skip"}
    assert answer.status == 201
    assert answer.body == answer.body | wanted
    assert kept.queued("JobsQueue") == [{"kind": "check", "organization": ORGANIZATION, "broadcast": FIRST}]
    assert runs.do("resend", {"name": LEFT_OUT}).body["name"] == wanted["name"]


def test_it_goes_out_from_the_sender_that_the_channel_has_now() -> None:
    over("done", Status.FAILED, accounts=[Account(channel=WHATSAPP, sender="before", template=TEMPLATE)])
    runs.do("resend")
    assert [account.sender for account in runs.kept(FIRST).accounts] == [PHONE_ID]


def test_without_a_name_it_is_called_like_its_parent() -> None:
    over(name="x" * 60)
    assert runs.do("resend", {"name": LEFT_OUT}).body["name"] == "x" * 50 + " (again)"


@pytest.mark.parametrize(
    ("status", "wish", "rows"),
    [
        ("done", {"failed": True, "unsent": True}, [1, 2]),
        ("done", EVERYTHING, [1, 2, 4]),
        ("done", {"failed": False, "unsent": False, "unknown": True}, [4]),
        ("cancelled", {"failed": False, "unsent": True}, [5, 6]),
        ("cancelled", {"failed": True, "unsent": False}, [1, 2]),
        ("cancelled", EVERYTHING, [1, 2, 4, 5, 6]),
    ],
)
def test_only_rows_of_these_kinds_go_out_again(status: str, wish: Json, rows: list[int]) -> None:
    over(status, *STATES, rows=7)
    runs.do("resend", wish)
    assert check() == rows


def test_a_row_whose_fallback_went_out_is_not_sent_again() -> None:
    run = runs.broadcast(status="done", rows=2, done_at=NOW)
    runs.row(run, 0, "failed", fired_at=NOW)
    runs.row(run, 1, "failed")
    runs.do("resend")
    assert check() == [1]


def test_if_there_is_nothing_to_send_it_is_refused_and_another_one_may_come() -> None:
    over("done", Status.READ, rows=1)
    runs.do("resend")
    assert check() == []
    assert [each["code"] for each in runs.shown(FIRST)["errors"]] == ["nothing_to_resend"]
    assert runs.do("resend").body["id"] == SECOND


def test_while_one_is_open_a_repeat_answers_that_one() -> None:
    over("done", *STATES)
    first = runs.do("resend").body
    assert runs.do("resend", {"failed": False, "name": "Other"}).body == first
    check()
    assert runs.do("resend").body["status"] == "running"
    assert len(kept.queued("JobsQueue")) == 2  # while it was not checked, a repeat had it checked


def test_the_next_one_leaves_out_what_an_earlier_one_sent() -> None:
    """The parent's own rows say failed for ever; whoever repeats a request late must not write to people twice."""
    over("done", *[Status.FAILED] * 5)
    runs.do("resend")
    assert check() == [0, 1, 2, 3, 4]
    ends(FIRST, row_0="accepted", row_1="read", row_2="failed", row_3="skipped", row_4="unknown")
    assert runs.do("resend").body["id"] == SECOND
    assert check(SECOND) == [2]


def test_a_child_is_resent_by_its_parent() -> None:
    over("done", Status.FAILED, rows=1)
    runs.do("resend")
    check()
    ends(FIRST, row_0="failed")
    with kept.nothing_changes():
        answer = runs.do("resend", id=FIRST)
    assert refused(answer)[:2] == (409, "resend_parent")
    assert BROADCAST in answer.body["detail"]


def test_evidence_that_comes_after_the_check_stops_the_row() -> None:
    over("done", Status.FAILED, rows=1)
    runs.do("resend")
    check()
    messages.reach(messages.read(kept.items("STATE")[0]), Status.DELIVERED, NOW)
    invoke("feed_broadcasts", records({"organization": ORGANIZATION, "broadcast": FIRST}))
    invoke("deliver_messages", records(*kept.queued("MarketingQueue")))
    [row] = call("list_broadcast_rows", path={"broadcast_id": FIRST}, query={"status": None}).body["items"]
    assert (row["status"], row["error"]["code"]) == ("skipped", "arrived_meanwhile")


@pytest.mark.parametrize("status", ["checking", "refused", "checked", "scheduled", "running", "paused", "cancelled"])
def test_only_what_is_over_can_be_resent(status: str) -> None:
    """A cancelled one is over when what was on its way has ended."""
    runs.broadcast(status=status)
    with kept.nothing_changes():
        assert refused(runs.do("resend"))[:2] == (409, "not_over")


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"failed": False, "unsent": False}, "nothing_named", "failed"),
        ({"failed": "perhaps"}, "bool_parsing", "failed"),
        ({"name": ""}, "string_too_short", "name"),
        ({"skipped": True}, "unknown_field", "skipped"),
    ],
)
def test_bad_wishes(body: Json, code: str, field: str) -> None:
    over()
    with kept.nothing_changes():
        assert refused(runs.do("resend", body)) == (422, code, [field])


def test_a_channel_that_cannot_send_now() -> None:
    over()
    call("update_channel", {"is_active": False})
    with kept.nothing_changes():
        assert refused(runs.do("resend"))[:2] == (409, "channel_inactive")
    call("delete_channel")
    assert refused(runs.do("resend"))[:2] == (422, "unknown_channel")


def test_two_at_once_mean_the_same_child(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second one read the parent before the first one wrote its child's name there."""
    over("done", *STATES)
    seen = runs.kept()
    first = runs.do("resend").body
    found, answers = broadcasts.get, iter([seen])
    monkeypatch.setattr(broadcasts, "get", lambda *key: next(answers, None) or found(*key))
    assert runs.do("resend").body == first
    assert runs.kept().generations == 1


@pytest.mark.parametrize("seen_before", [True, False])
def test_a_crash_between_the_name_and_the_child_leaves_one_child(
    seen_before: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    over("done", *STATES)
    seen = runs.kept()

    def die(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(broadcasts, "insert", die)
        with pytest.raises(SystemExit):
            runs.do("resend")
    if seen_before:
        found, answers = broadcasts.get, iter([seen])
        monkeypatch.setattr(broadcasts, "get", lambda *key: next(answers, None) or found(*key))
    assert runs.do("resend").body["id"] == FIRST
    assert (runs.kept().generations, runs.kept(FIRST).status) == (1, "checking")
