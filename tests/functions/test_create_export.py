"""create_export: kept and given to a job; what cannot be exported is told at once."""

import pytest
from parley.model.broadcast import BroadcastStatus
from parley.settings import settings

from tests.support import audience, builders, exported, kept
from tests.support.audience import GROUP
from tests.support.builders import ORGANIZATION
from tests.support.events import LEFT_OUT, Json, call, refused
from tests.support.exported import BROADCAST
from tests.support.time import Clock

PEOPLE = [(2, "+34600111222", "Ana"), (3, "+34600111333", "Bob")]
CONTACTS: Json = {"kind": "contacts", "broadcast_id": LEFT_OUT}


@pytest.fixture(autouse=True)
def _cast() -> None:
    builders.organization()


def test_it_waits_for_its_job(time: Clock) -> None:
    exported.broadcast(PEOPLE)
    answer = call("create_export")
    assert answer.status == 202
    assert answer.body == {
        "id": answer.body["id"],
        "organization_id": ORGANIZATION,
        "kind": "broadcast_rows",
        "broadcast_id": BROADCAST,
        "group_id": None,
        "format": "xlsx",
        "row_status": None,
        "status": "waiting",
        "error": None,
        "rows": None,
        "filename": "Spring offers 2026-03-01.xlsx",
        "link": None,
        "created_at": time.text(),
        "ready_at": None,
        "expires_at": time.text(7 * 86_400),
    }
    job = {"kind": "export", "organization": ORGANIZATION, "export": answer.body["id"]}
    assert kept.queued("JobsQueue") == [job]


def test_it_is_kept_for_a_week(time: Clock) -> None:
    exported.broadcast(PEOPLE)
    call("create_export")
    (item,) = kept.items("EXPORT#", "runtime")
    assert item["pk"] == f"ORG#{ORGANIZATION}"
    assert item["expires"] == time() // 1000 + 7 * 86_400
    assert "link" not in item


def test_a_repeat_is_the_same_export_and_tells_its_job_again() -> None:
    exported.broadcast(PEOPLE)
    first, again = call("create_export"), call("create_export")
    assert again.body == first.body
    assert len(kept.items("EXPORT#", "runtime")) == 1
    assert len(kept.queued("JobsQueue")) == 2


def test_without_a_key_there_are_two() -> None:
    exported.broadcast(PEOPLE)
    ids = {call("create_export", headers={"idempotency-key": None}).body["id"] for _ in range(2)}
    assert len(ids) == len(kept.items("EXPORT#", "runtime")) == 2


def test_a_repeat_for_something_else() -> None:
    exported.broadcast(PEOPLE)
    call("create_export")
    with kept.nothing_changes():
        assert refused(call("create_export", {"format": "csv"}))[:2] == (409, "idempotency_key_reused")


def test_a_request_that_dies_before_its_job_is_mended_by_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    exported.broadcast(PEOPLE)
    with monkeypatch.context() as broken:
        broken.setenv("JOBS_QUEUE", "https://sqs.us-east-1.amazonaws.com/123456789012/Gone")
        settings.cache_clear()
        assert refused(call("create_export"))[:2] == (503, "not_stored")
    settings.cache_clear()
    assert call("create_export").status == 202
    assert len(kept.items("EXPORT#", "runtime")) == len(kept.queued("JobsQueue")) == 1


def test_rows_of_one_status_alone() -> None:
    exported.broadcast(PEOPLE)
    assert call("create_export", {"status": "failed"}).body["row_status"] == "failed"


def test_contacts_and_groups() -> None:
    audience.group()
    assert call("create_export", CONTACTS).body["filename"] == "Contacts 2026-03-01.xlsx"
    group = {"kind": "group", "broadcast_id": LEFT_OUT, "group_id": GROUP, "format": "csv"}
    answer = call("create_export", group, headers={"idempotency-key": "another"})
    assert (answer.status, answer.body["group_id"]) == (202, GROUP)
    assert answer.body["filename"] == "Regular customers 2026-03-01.csv"


def test_a_name_becomes_one_that_every_system_takes() -> None:
    exported.broadcast(PEOPLE, name='50 % off: "Spring" / año\n1')
    assert call("create_export").body["filename"] == "50 % off Spring año 1 2026-03-01.xlsx"


@pytest.mark.parametrize(
    ("change", "code", "fields"),
    [
        ({"broadcast_id": LEFT_OUT}, "field_missing", ["broadcast_id"]),
        ({"kind": "group"}, "field_not_expected", ["broadcast_id", "group_id"]),
        ({"kind": "contacts"}, "field_not_expected", ["broadcast_id"]),
        ({**CONTACTS, "status": "failed"}, "field_not_expected", ["status"]),
        ({"group_id": GROUP}, "field_not_expected", ["group_id"]),
        ({"broadcast_id": "another"}, "unknown_broadcast", ["broadcast_id"]),
        ({"kind": "group", "broadcast_id": LEFT_OUT, "group_id": GROUP}, "unknown_group", ["group_id"]),
    ],
)
def test_what_cannot_be_exported(change: Json, code: str, fields: list[str]) -> None:
    exported.broadcast(PEOPLE)
    with kept.nothing_changes():
        assert refused(call("create_export", change)) == (422, code, fields)


@pytest.mark.parametrize(
    ("change", "field"),
    [({"kind": LEFT_OUT}, "kind"), ({"kind": 1}, "kind"), ({"format": "pdf"}, "format"), ({"status": "x"}, "status")],
)
def test_bad_fields(change: Json, field: str) -> None:
    exported.broadcast(PEOPLE)
    with kept.nothing_changes():
        assert refused(call("create_export", change))[::2] == (422, [field])


def test_of_a_broadcast_that_is_not_checked_yet() -> None:
    exported.broadcast([], status=BroadcastStatus.CHECKING, folder="")
    with kept.nothing_changes():
        assert refused(call("create_export"))[:2] == (409, "not_checked")


@pytest.mark.parametrize(
    ("change", "scope"), [({}, "contacts"), ({}, "read"), (CONTACTS, "messages"), (CONTACTS, "read,messages")]
)
def test_a_key_exports_only_what_its_scope_is_about(change: Json, scope: str) -> None:
    exported.broadcast(PEOPLE)
    with kept.nothing_changes():
        assert refused(call("create_export", change, scopes=scope))[:2] == (403, "scope_missing")


@pytest.mark.parametrize(("change", "scope"), [({}, "messages"), (CONTACTS, "contacts")])
def test_that_scope_is_enough(change: Json, scope: str) -> None:
    exported.broadcast(PEOPLE)
    assert call("create_export", change, scopes=scope).status == 202
