"""Exports from the request to the file, read by another program: complete, in order, and true to every row."""

from collections.abc import Iterator
from typing import Any

import pytest
from parley.cloud import clock, files, queues
from parley.model import ids
from parley.model.broadcast import BroadcastStatus
from parley.model.message import Fault
from parley.model.run import Wave
from parley.model.status import Status
from parley.model.times import rfc3339
from parley.operations import export_files, row_files
from parley.sheets import writing
from parley.store import exports as store

from tests.support import audience, builders, exported, kept
from tests.support.audience import GROUP
from tests.support.builders import ORGANIZATION, WHATSAPP
from tests.support.cloud import account
from tests.support.events import LEFT_OUT, Json, call, records
from tests.support.exported import message, stands, table
from tests.support.invoke import invoke
from tests.support.time import NOW, Clock

PEOPLE = [(line, f"+34600111{line:03}", f"Name {line}") for line in (2, 3, 5, 6, 7, 8)]
BAD = [(4, "call me", ["Eve"], "invalid_number", "This is not a phone number."), (9, "", ["-"], "field_missing", "No.")]
FAULT = Fault(code="undeliverable", message="The person has no account.", provider_code="131026")


@pytest.fixture(autouse=True)
def time(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    standing = Clock()
    with account():
        monkeypatch.setattr(clock, "now", standing)
        monkeypatch.setattr(queues, "show_job_again", lambda *_: None)  # these jobs never were in a queue
        builders.organization()
        yield standing


def ask(**fields: Any) -> str:
    answer = call("create_export", fields, headers={"idempotency-key": None})
    assert answer.status == 202, answer
    return str(answer.body["id"])


def work(export: str, left: int = 900_000) -> int:
    """The job, as the queue brings it; how many records come back to the queue."""
    job = {"kind": "export", "organization": ORGANIZATION, "export": export}
    return len(invoke("run_jobs", records(job), left)["batchItemFailures"])


def shown(export: str) -> Json:
    return dict(call("get_export", path={"export_id": export}).body)


def file_of(export: str) -> bytes:
    return exported.file(f"exports/{ORGANIZATION}/{export}.{shown(export)['format']}")


def done(**fields: Any) -> list[Json]:
    """The rows of the file that a job makes."""
    export = ask(**fields)
    assert work(export) == 0
    answer = shown(export)
    assert answer["status"] == "ready", answer
    found = table(file_of(export), answer["format"])
    assert len(found) == answer["rows"]
    return found


def test_every_row_stands_there_as_it_is() -> None:
    run = exported.broadcast(PEOPLE, BAD)
    times = {"sending": NOW, "accepted": NOW + 120, "sent": NOW + 900, "delivered": NOW + 2000, "read": NOW + 61_000}
    stands(run, 0, Status.READ, times=times, late=True)
    stands(run, 1, Status.FAILED, times={"sending": NOW, "failed": NOW + 5}, error=FAULT)
    rows = done()
    assert [row["line"] for row in rows] == [2, 3, 4, 5, 6, 7, 8, 9]
    assert rows[0] == {
        "line": 2,
        "to": "+34600111002",
        "name": "Name 2",
        "channel_id": WHATSAPP,
        "message_id": message(0),
        "status": "read",
        "late": "true",
        **{f"{name}_at": rfc3339(at) for name, at in times.items()},
    }
    assert rows[1] == {
        "line": 3,
        "to": "+34600111003",
        "name": "Name 3",
        "channel_id": WHATSAPP,
        "message_id": message(1),
        "status": "failed",
        "code": "undeliverable",
        "reason": "The person has no account.",
        "provider_code": "131026",
        "sending_at": rfc3339(NOW),
        "failed_at": rfc3339(NOW + 5),
    }
    told = {"status": "bad", "code": "invalid_number", "reason": "This is not a phone number."}
    assert rows[2] == {"line": 4, "to": "call me", "name": "Eve", **told}
    waits = {"channel_id": WHATSAPP, "message_id": message(2), "status": "waiting"}
    assert rows[3] == {"line": 5, "to": "+34600111005", "name": "Name 5", **waits}
    assert rows[7] == {"line": 9, "name": "-", "status": "bad", "code": "field_missing", "reason": "No."}


def test_it_tells_what_the_list_of_rows_tells() -> None:
    run = exported.broadcast(PEOPLE)
    builders.whatsapp()
    builders.template()
    stands(run, 0, Status.UNKNOWN, settled=True, times={"unknown": NOW}, error=FAULT)
    stands(run, 1, Status.UNKNOWN, times={"unknown": NOW})
    stands(run, 2, Status.DELIVERED, times={"failed": NOW, "delivered": NOW + 1}, error=FAULT)
    stands(run, 3, Status.SKIPPED, times={"skipped": NOW}, error=FAULT)
    stands(run, 4, Status.CANCELLED, times={"cancelled": NOW}, error=FAULT)
    listed = call("list_broadcast_rows", query={"status": None, "to": None, "limit": "100"}).body["items"]
    told = [(row["message_id"], row["status"], (row["error"] or {}).get("code"), row["times"]) for row in listed]
    assert [row["status"] for row in listed] == ["failed", "unknown", "delivered", "skipped", "cancelled", "waiting"]
    rows = done()
    at = [{name[:-3]: row[name] for name in row if name.endswith("_at")} for row in rows]
    found = [(row["message_id"], row["status"], row.get("code"), at) for row, at in zip(rows, at, strict=True)]
    assert found == told


def test_the_csv_has_the_same_rows() -> None:
    run = exported.broadcast(PEOPLE, BAD)
    stands(run, 0, Status.SENT, times={"sent": NOW})
    texts = [{name: str(cell) for name, cell in row.items()} for row in done()]
    assert done(format="csv") == texts


def test_nothing_becomes_a_formula() -> None:
    evil = ["=HYPERLINK(A1)", "+A1", "-A1", "@A1", "=1+1"]
    exported.broadcast([(line, f"+3460011122{line}", value) for line, value in enumerate(evil)])
    assert [row["name"] for row in done()] == evil
    rows = done(format="csv")
    assert [row["name"] for row in rows] == [f"'{value}" for value in evil]
    assert rows[0]["to"] == "+34600111220"


def test_a_broadcast_that_was_cancelled_has_no_rows_that_wait() -> None:
    run = exported.broadcast(PEOPLE, status=BroadcastStatus.CANCELLED)
    stands(run, 3, Status.SENT, times={"sent": NOW})
    assert [row["status"] for row in done()] == [*["cancelled"] * 3, "sent", *["cancelled"] * 2]


@pytest.mark.parametrize(
    ("status", "lines"), [("sent", [2]), ("failed", [3]), ("waiting", [5, 6, 7, 8]), ("bad", [4, 9]), ("read", [])]
)
def test_only_rows_of_one_status(status: str, lines: list[int]) -> None:
    run = exported.broadcast(PEOPLE, BAD)
    stands(run, 0, Status.SENT, times={"sent": NOW})
    stands(run, 1, Status.UNKNOWN, settled=True, times={"unknown": NOW})
    assert [row["line"] for row in done(status=status)] == lines


def test_what_goes_out_in_waves_stands_in_the_order_of_the_sheet() -> None:
    waves = [Wave(due=NOW, first=0, count=3), Wave(due=NOW + 1, first=3, count=2), Wave(due=NOW + 2, first=5, count=1)]
    people = [(line, f"+34600111{line:03}", f"Name {line}") for line in (3, 5, 9, 2, 8, 6)]
    exported.broadcast(people, [(4, "", ["x"], "field_missing", "No.")], waves=waves)
    rows = done()
    assert [row["line"] for row in rows] == [2, 3, 4, 5, 6, 8, 9]
    assert [row["name"] for row in rows if row["status"] != "bad"] == [f"Name {line}" for line in (2, 3, 5, 6, 8, 9)]
    assert rows[0]["message_id"] == message(3)


def test_what_went_out_instead() -> None:
    run = exported.broadcast(PEOPLE)
    stands(run, 0, Status.FAILED, times={"failed": NOW}, error=FAULT, fired_at=NOW, step=2)
    stands(run, 1, Status.SENT, times={"sent": NOW}, fired_at=NOW, step=1)
    copy = ids.copy_of(message(0), 2)
    builders.message(copy, Status.DELIVERED, copy_of=message(0), copy_step=2)
    rows = done()
    assert [row.get("fallback_message_id") for row in rows] == [copy, ids.copy_of(message(1), 1), *[None] * 4]
    assert [row.get("fallback_status") for row in rows] == ["delivered", *[None] * 5]


def test_variables_that_are_called_like_our_columns_have_columns_of_their_own() -> None:
    exported.broadcast([(2, "+34600111222", "gold", "Ana")], variables=["status", "to"])
    (row,) = done()
    assert (row["to"], row["to (variable)"]) == ("+34600111222", "Ana")
    assert (row["status"], row["status (variable)"]) == ("waiting", "gold")


def test_more_than_one_file_of_rows() -> None:
    count = 2 * row_files.ROWS + 7
    run = exported.broadcast([(line, f"+34600{line:06}", f"Name {line}") for line in range(2, count + 2)])
    stands(run, count - 1, Status.SENT, times={"sent": NOW})
    rows = done(format="csv")
    assert [row["line"] for row in rows] == [str(line) for line in range(2, count + 2)]
    assert (rows[-1]["status"], rows[-2]["status"]) == ("sent", "waiting")


def test_what_a_sheet_does_not_hold_goes_on_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "MOST_ROWS", 5)
    exported.broadcast(PEOPLE)
    export = ask()
    work(export)
    found = exported.sheets(file_of(export))
    assert [len(sheet) for sheet in found] == [5, 3]
    assert found[0][0] == found[1][0]
    assert [row[0] for sheet in found for row in sheet[1:]] == [2, 3, 5, 6, 7, 8]


def test_contacts_and_the_members_of_a_group() -> None:
    _, second = audience.crowd(2)
    audience.group(members=[second])
    everybody = done(kind="contacts", broadcast_id=LEFT_OUT)
    assert [row["phone"] for row in everybody] == ["+34600100000", "+34600100001"]
    assert done(kind="group", broadcast_id=LEFT_OUT, group_id=GROUP) == everybody[1:]


def test_a_job_that_comes_twice_writes_once() -> None:
    exported.broadcast(PEOPLE)
    export = ask()
    work(export)
    with kept.nothing_changes():
        assert work(export) == 0


def test_a_second_job_leaves_it_to_the_first(time: Clock) -> None:
    exported.broadcast(PEOPLE)
    export = ask()
    found = store.get(ORGANIZATION, export, time())
    assert found
    first = store.take(found, time(), time() + 900_000)
    assert first
    assert work(export) == 0
    assert shown(export)["status"] == "running"
    assert (len(kept.queued("JobsQueue")), kept.delays("JobsQueue")[-1]) == (2, 900)
    assert store.ready(first, 6, time())
    with kept.nothing_changes():
        assert work(export) == 0


def test_an_attempt_that_died_is_made_again(time: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    exported.broadcast(PEOPLE)
    export = ask()
    with monkeypatch.context() as broken:
        broken.setattr(files, "put", _dies)
        with pytest.raises(_Death):
            work(export)
    assert shown(export)["status"] == "running"
    assert work(export) == 0
    assert shown(export)["status"] == "running"
    time.forward(960)
    assert work(export) == 0
    assert (shown(export)["status"], shown(export)["rows"]) == ("ready", 6)


class _Death(BaseException):
    """What no handler catches."""


def _dies(*_: object) -> None:
    raise _Death


def test_after_a_fault_of_ours_it_is_tried_again_and_in_the_end_told(
    time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    exported.broadcast(PEOPLE)
    export = ask()
    with monkeypatch.context() as broken:
        broken.setattr(files, "put", _fails)
        assert [work(export), work(export)] == [1, 1]
    invoke("recover_dead_letters", records({"kind": "export", "organization": ORGANIZATION, "export": export}))
    answer = shown(export)
    assert (answer["status"], answer["error"]["code"], answer["link"]) == ("failed", "export_failed", None)
    time.forward(960)
    with kept.nothing_changes():
        assert work(export) == 0


def _fails(*_: object) -> None:
    raise OSError("no space left on device")


def test_an_attempt_that_was_given_up_may_still_succeed(time: Clock) -> None:
    exported.broadcast(PEOPLE)
    export = ask()
    found = store.get(ORGANIZATION, export, time())
    taken = store.take(found, time(), time() + 900_000) if found else None
    assert taken
    invoke("recover_dead_letters", records({"kind": "export", "organization": ORGANIZATION, "export": export}))
    assert store.ready(taken, export_files.put(taken), time())
    assert (shown(export)["status"], shown(export)["error"]) == ("ready", None)


def test_what_is_gone_is_told() -> None:
    audience.group()
    run = exported.broadcast(PEOPLE)
    of_group, of_rows = ask(kind="group", broadcast_id=LEFT_OUT, group_id=GROUP), ask()
    call("groups.delete_group", path={"group_id": GROUP})
    files.delete(f"{run.folder}/rows-00000.jsonl")
    for export in (of_group, of_rows):
        assert work(export) == 0
        assert (shown(export)["status"], shown(export)["error"]["code"]) == ("failed", "gone")


def test_a_fault_of_ours_is_not_taken_for_that(monkeypatch: pytest.MonkeyPatch) -> None:
    exported.broadcast(PEOPLE)
    export = ask()
    with monkeypatch.context() as patch:
        patch.setattr(export_files, "put", lambda _: {}["a bug"])
        work(export)
    assert shown(export)["status"] not in ("failed", "ready")
    work(export)
    assert shown(export)["status"] == "ready"


def test_an_attempt_leaves_nothing_on_disk(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_files, "gettempdir", lambda: str(tmp_path))
    exported.broadcast(PEOPLE, BAD)
    export = ask()
    left = tmp_path / f"parley-export-{export}"
    left.mkdir()
    (left / "sheet").write_text("of an attempt that died")
    work(export)
    assert list(tmp_path.iterdir()) == []
