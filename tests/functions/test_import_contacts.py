"""import_contacts: sheets of contacts, checked to the last row before the first write; a job that dies goes on, and
every row is written and counted once."""

from collections.abc import Iterator
from contextlib import suppress

import pytest
from parley.cloud import files
from parley.model.contact_import import ContactImport
from parley.operations import contact_checks, contact_imports, contact_writes
from parley.store import contact_imports as store
from parley.store import groups

from tests.support import audience, builders, kept
from tests.support.audience import CONTACT, GROUP, UPLOAD, do
from tests.support.builders import ORGANIZATION, STRANGER
from tests.support.events import LEFT_OUT, Json, call, refused
from tests.support.faults import Faults, Killed
from tests.support.time import Clock

NAME, LEFT = "import_contacts", {"group_ids": LEFT_OUT}
SHEET = "phone,email,name,language,time_zone,City,last order\n"
SHEET += "600111222,Ana@example.com,Ana,es-mx,Europe/Madrid,Madrid,A-19\n"


@pytest.fixture(autouse=True)
def _cast() -> Iterator[None]:
    builders.organization()
    audience.group()
    yield
    audience.consistent()


def counts(done: Json) -> Json:
    """Those that are not zero."""
    return {name: done[name] for name in ("rows", "created", "overwritten", "ignored", "bad") if done[name]}


def contacts() -> list[Json]:
    return list(do("list_contacts", query={"limit": "100"}).body["items"])


def test_an_import_is_kept_and_a_job_is_told(time: Clock) -> None:
    audience.uploaded(SHEET)
    answer = call(NAME)
    asked = {"upload": UPLOAD, "group_ids": [GROUP], "on_duplicate": "overwrite", "default_country": "ES"}
    assert answer.status == 202
    assert answer.body == {
        "id": answer.body["id"],
        "organization_id": ORGANIZATION,
        "filename": "contacts.csv",
        "status": "waiting",
        **dict.fromkeys(("rows", "bad", "created", "overwritten", "ignored"), 0),
        **{"errors": [], "reasons": {}, "bad_rows": None, "finished_at": None},
        **{"created_at": time.text(), "updated_at": time.text()},
        **asked,
    }
    job = {"kind": "import_contacts", "organization": ORGANIZATION, "import": answer.body["id"]}
    assert (kept.queued("JobsQueue"), kept.delays("JobsQueue")) == ([job, job], [60, 0])
    assert call("get_contact_import", path={"import_id": answer.body["id"]}).body == answer.body


def test_every_column_becomes_what_it_is_called(time: Clock) -> None:
    done = audience.imported(SHEET)
    assert (done["status"], counts(done), done["bad_rows"]) == ("done", {"rows": 1, "created": 1}, None)
    assert done["finished_at"] == time.text()
    [ana] = contacts()
    identities = [{"type": "phone", "value": "+34600111222"}, {"type": "email", "value": "ana@example.com"}]
    assert ana["identities"] == identities
    assert (ana["name"], ana["language"], ana["time_zone"]) == ("Ana", "es_MX", "Europe/Madrid")
    assert (ana["attributes"], ana["groups"]) == ({"City": "Madrid", "last order": "A-19"}, [GROUP])


def test_sheets_of_excel_are_read_too() -> None:
    header, rows = ["To", "phone 2", "BSUID"], [["+34 600 111 222", "+1 202 555 0111", ""], ["", "", "US.1"]]
    done = audience.imported(audience.workbook(header, rows), "people.xlsx")
    assert counts(done) == {"rows": 2, "created": 2}
    kinds = [[each["type"] for each in contact["identities"]] for contact in contacts()]
    assert sorted(kinds) == [["bsuid"], ["phone", "phone"]]


def test_bad_rows_are_listed_and_the_good_ones_written() -> None:
    sheet = "phone,email,name,language,time_zone,city,reason\n"
    sheet += "600111222,,Ana,,,Madrid,old\n12,x@,,,,,\n,,Bob,,,Paris,\n5.5E+12,,,,,,\n"
    sheet += "600111333,,,Spanish,Mars,,\n600111444,,,,," + "x" * 1025 + ",\n600111555,,,,,,\n"
    done = audience.imported(sheet)
    assert (done["status"], counts(done)) == ("done", {"rows": 7, "created": 2, "bad": 5})
    codes = ("invalid_number", "recipient_missing", "number_rounded", "invalid_language", "value_too_long")
    assert done["reasons"] == dict.fromkeys(codes, 1)
    header, *rows = audience.bad_rows(done)
    assert header == ["phone", "email", "name", "language", "time_zone", "city", "reason"]
    assert [row[:3] for row in rows[:3]] == [["12", "x@", ""], ["", "", "Bob"], ["5.5E+12", "", ""]]
    assert [row[-1].split(":")[0] for row in rows] == ["phone", "phone", "phone", "language", "city"]
    assert "email: This is not an address of the kind email." in rows[0][-1]
    assert all("reason" not in each["attributes"] for each in contacts())


def test_the_sheet_of_bad_rows_is_mended_and_imported() -> None:
    first = audience.imported("phone,name\n1,Ana\n+34600111222,Bob\n")
    [header, row] = audience.bad_rows(first)
    mended = audience.workbook(header, [["+34600111333", *row[1:]]])
    audience.uploaded(mended, "mended.xlsx", "second")
    asked = call(NAME, {"upload": "second"}, headers={"idempotency-key": "second"}).body
    contact_imports.run(ORGANIZATION, asked["id"])
    assert sorted(each["name"] for each in contacts()) == ["Ana", "Bob"]


@pytest.mark.parametrize(
    ("sheet", "codes"),
    [
        ("", {"sheet_empty"}),
        ("phone\n", {"sheet_without_rows"}),
        ("%PDF-1.7 ...", {"sheet_format"}),
        ("name,city\nAna,Madrid\n", {"recipient_column_missing"}),
        ("phone,Phone\n1,2\n", {"column_repeated"}),
        ("phone,city,city\n1,2,3\n", {"column_repeated"}),
        ("phone,,city\n1,2,3\n", {"column_unnamed"}),
        (f"phone,{'x' * 65}\n1,2\n", {"column_name"}),
        ("name,,a\u0007,a\u0007\n1,2,3,4\n", {"column_unnamed", "column_repeated", "recipient_column_missing"}),
        ("phone," + ",".join(f"a{i}" for i in range(51)) + "\n" + "1," * 51 + "1\n", {"too_many_columns"}),
        ("phone\n1\n2\n", {"no_good_rows"}),
    ],
)
def test_a_sheet_that_cannot_be_imported_is_refused(sheet: str, codes: set[str]) -> None:
    audience.contact()
    before = contacts()
    done = audience.imported(sheet or "\n", group_ids=[GROUP])
    assert (done["status"], {each["code"] for each in done["errors"]}) == ("refused", codes)
    assert all(each["reason"].endswith(".") and each["field"].startswith("upload") for each in done["errors"])
    assert contacts() == before
    assert groups.users(ORGANIZATION, GROUP) == []
    assert (done["bad_rows"] is not None) == (codes == {"no_good_rows"})


def test_the_cell_of_a_wrong_column_is_named() -> None:
    done = audience.imported("phone,city,,city\n1,2,3,4\n")
    assert [each["field"] for each in done["errors"]] == ["upload.B1", "upload.C1", "upload.D1"]


@pytest.mark.parametrize(
    ("changes", "code", "fields"),
    [
        ({"upload": "nowhere"}, "unknown_upload", ["upload"]),
        ({"upload": "empty"}, "nothing_uploaded", ["upload"]),
        ({"group_ids": [GROUP, "nowhere"]}, "unknown_group", ["group_ids.1"]),
        ({"group_ids": [f"g{i}" for i in range(11)]}, "too_long", ["group_ids"]),
        ({"default_country": "XX"}, "unknown_country", ["default_country"]),
        ({"default_country": "Spain"}, "string_pattern_mismatch", ["default_country"]),
        ({"on_duplicate": "merge"}, "unknown_value", ["on_duplicate"]),
    ],
)
def test_what_cannot_be_asked_for_is_refused(changes: Json, code: str, fields: list[str]) -> None:
    audience.uploaded(SHEET)
    audience.uploaded(b"", id="empty")
    with kept.nothing_changes():
        assert refused(call(NAME, changes)) == (422, code, fields)


def test_a_file_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contact_imports, "LARGEST", 10)
    audience.uploaded(SHEET)
    assert refused(call(NAME)) == (422, "file_too_large", ["upload"])


def test_an_upload_of_others_does_not_exist() -> None:
    builders.organization(STRANGER)
    audience.uploaded(SHEET)
    assert refused(call(NAME, LEFT, organization=STRANGER)) == (422, "unknown_upload", ["upload"])


def test_a_repeat_answers_the_same_import_as_it_is_now() -> None:
    done = audience.imported(SHEET)
    assert call(NAME).body == {**done, "bad_rows": None}
    assert refused(call(NAME, {"on_duplicate": "ignore"}))[:2] == (409, "idempotency_key_reused")


def test_a_request_that_dies_is_repeated_or_forgotten() -> None:
    """At whatever call: the job that was told before finds it, or the caller asks again."""
    audience.uploaded(SHEET)
    faults = Faults()
    faults.install()
    for death in range(1, 8):
        for how in ("before", "after", "error"):
            key = {"idempotency-key": f"{death}-{how}"}
            faults.arm(death, how)
            with suppress(Killed):
                assert call(NAME, headers=key).status in (202, 503, 500)
            faults.disarm()
            asked = call(NAME, headers=key)
            assert asked.status == 202
            job = {"kind": NAME, "organization": ORGANIZATION, "import": asked.body["id"]}
            assert kept.queued("JobsQueue").count(job) >= 2
            contact_imports.run(ORGANIZATION, asked.body["id"])
    assert groups.users(ORGANIZATION, GROUP) == []


OLD = {"name": "Ana Marín", "attributes": {"city": "Madrid", "shoe": "38"}, "time_zone": "Europe/Madrid"}
DUPLICATE = "phone,chat,name,time_zone,city\n+34600111222,4211,Ana M.,,Sevilla\n"


def test_overwrite_replaces_what_the_row_says_and_loses_nothing_else() -> None:
    audience.contact(**OLD)
    assert counts(audience.imported(DUPLICATE)) == {"rows": 1, "overwritten": 1}
    [ana] = contacts()
    assert [each["type"] for each in ana["identities"]] == ["phone", "email", "chat"]
    assert (ana["name"], ana["time_zone"]) == ("Ana M.", "Europe/Madrid")
    assert (ana["attributes"], ana["groups"]) == ({"city": "Sevilla", "shoe": "38"}, [GROUP])


def test_ignore_only_adds_to_the_groups() -> None:
    audience.contact(**OLD)
    before = do("get_contact").body
    assert counts(audience.imported(DUPLICATE, on_duplicate="ignore")) == {"rows": 1, "ignored": 1}
    assert do("get_contact").body == before | {"groups": [GROUP]}


def test_duplicates_within_the_sheet_are_treated_alike() -> None:
    sheet = "phone,name\n" + "".join(f"+34600111222,Ana {i}\n" for i in range(5))
    assert counts(audience.imported(sheet)) == {"rows": 5, "created": 1, "overwritten": 4}
    assert [each["name"] for each in contacts()] == ["Ana 4"]


def test_the_first_one_stays_where_duplicates_are_ignored() -> None:
    sheet = "phone,name\n+34600111222,Ana\n+34600111222,Bob\n"
    assert counts(audience.imported(sheet, on_duplicate="ignore")) == {"rows": 2, "created": 1, "ignored": 1}
    assert [each["name"] for each in contacts()] == ["Ana"]


def test_what_only_shows_when_a_row_is_written_is_a_bad_row_too() -> None:
    many = [f"chat:{i}" for i in range(1, 11)]
    audience.contact("full", *many)
    audience.contact("wordy", "chat:20", attributes={f"a{i}": "x" for i in range(50)})
    audience.contact("large", "chat:21", attributes={f"a{i}": "x" * 1000 for i in range(16)})
    for i in range(40):
        audience.group(f"group-{i}", name=f"group {i}")
    audience.contact("everywhere", "chat:22", groups=[f"group-{i}" for i in range(40)])
    sheet = "chat,phone,city\n1,,\n1,+34600111222,\n20,,Madrid\n21,," + "x" * 1000 + "\n22,,\n23,,\n,+34600111333,\n"
    sheet += "23,+34600111333,\n12,0,\n"
    done = audience.imported(sheet)
    assert counts(done) == {"rows": 9, "created": 2, "overwritten": 1, "bad": 6}
    late = ("too_many_identities", "too_many_attributes", "attributes_too_large", "too_many_groups")
    assert done["reasons"] == dict.fromkeys((*late, "identities_of_two_contacts", "invalid_number"), 1)
    assert [row[0] for row in audience.bad_rows(done)] == ["chat", "1", "20", "21", "22", "23", "12"]


def test_a_group_stays_while_an_import_fills_it() -> None:
    audience.uploaded(SHEET)
    asked = call(NAME).body
    assert refused(do("delete_group"))[:2] == (409, "group_in_use")
    contact_imports.run(ORGANIZATION, asked["id"])
    assert do("delete_group").status == 204


def test_a_sheet_that_is_put_again_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bytes count that were there when the job began."""
    audience.uploaded("phone\n+34600111222\n")
    asked = call(NAME, LEFT).body
    check = contact_checks.check
    monkeypatch.setattr(contact_checks, "check", lambda *_: (_ for _ in ()).throw(Killed))
    with pytest.raises(Killed):
        contact_imports.run(ORGANIZATION, asked["id"])
    monkeypatch.setattr(contact_checks, "check", check)
    audience.uploaded("phone\n+34600111333\n")
    over(asked["id"])
    assert [each["identities"][0]["value"] for each in contacts()] == ["+34600111222"]


def over(id: str) -> Json:
    """Jobs come until the import has ended, each when the lease of the one before is over."""
    for _ in range(20):
        found = store.get(ORGANIZATION, id)
        assert found is not None
        store.release(found)
        contact_imports.run(ORGANIZATION, id)
        told: Json = call("get_contact_import", path={"import_id": id}).body
        if told["status"] in ("done", "refused"):
            return told
    raise AssertionError("it never ends")


DEATHS = [*(("after", nth) for nth in range(1, 24)), *(("error", nth) for nth in range(1, 24, 2))]
"""To die after a call is to die before the next one, too."""
LONG = "phone,email,name\n" + "".join(f"+346001{i:05},,Person {i}\n" for i in range(7))
LONG += "+34600100003,,Again\n12,,Bad\n+34600199999,ana@example.com,Ana\n,ana@example.com,Ana M.\n"


@pytest.mark.parametrize(("how", "death"), DEATHS)
def test_a_death_at_any_call_writes_and_counts_every_row_once(how: str, death: int) -> None:
    audience.uploaded(LONG)
    faults = Faults()
    faults.install()
    id = call(NAME).body["id"]
    faults.arm(death, how)
    with suppress(Killed, Exception):
        contact_imports.run(ORGANIZATION, id)
    faults.disarm()
    done = over(id)
    assert done["status"] == "done"
    assert counts(done) == {"rows": 11, "created": 8, "overwritten": 2, "bad": 1}
    names = sorted(each["name"] for each in contacts())
    assert names == sorted(["Ana M.", "Again", *(f"Person {i}" for i in range(7) if i != 3)])
    assert len(audience.members()) == 8
    assert len(audience.bad_rows(done)) == 2


def test_a_job_without_time_leaves_the_rest_to_the_next_one(time: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    audience.uploaded(LONG)
    monkeypatch.setattr(contact_writes, "ROOM", 9)
    id, left = call(NAME).body["id"], iter([900_000, 60_000, 59_999])
    contact_imports.run(ORGANIZATION, id, lambda: next(left))
    told = call("get_contact_import", path={"import_id": id}).body
    assert (told["status"], told["created"]) == ("running", 6)
    assert kept.queued("JobsQueue")[-1] == {"kind": NAME, "organization": ORGANIZATION, "import": id}
    contact_imports.run(ORGANIZATION, id, lambda: 900_000)
    assert call("get_contact_import", path={"import_id": id}).body["status"] == "done"


def test_two_jobs_are_never_at_it_at_once(time: Clock) -> None:
    audience.uploaded(LONG)
    id = call(NAME).body["id"]
    found = store.get(ORGANIZATION, id)
    assert found is not None
    assert store.take(found, time(), time() + contact_imports.LEASE)
    contact_imports.run(ORGANIZATION, id)
    assert (contacts(), kept.delays("JobsQueue")) == ([], [60, 0, 60])
    time.forward(120)
    contact_imports.run(ORGANIZATION, id)
    assert len(contacts()) == 8


def test_two_that_are_still_write_every_row_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A job that was slow beyond its lease, beside the one that took it over."""
    audience.uploaded(LONG)
    monkeypatch.setattr(contact_writes, "ROOM", 9)
    id = call(NAME).body["id"]
    advance, busy = store.advance, [False]

    def beside(found: ContactImport, *rest: object) -> bool:
        if not busy[0]:
            busy[0] = True
            store.release(found)
            contact_imports.run(ORGANIZATION, id, iter([900_000, 0]).__next__)
        return advance(found, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(store, "advance", beside)
    contact_imports.run(ORGANIZATION, id, lambda: 900_000)
    done = call("get_contact_import", path={"import_id": id}).body
    assert counts(done) == {"rows": 11, "created": 8, "overwritten": 2, "bad": 1}


def test_contacts_that_change_meanwhile_are_looked_at_again(monkeypatch: pytest.MonkeyPatch) -> None:
    audience.contact()
    advance, others = store.advance, iter([lambda: do("delete_contact")])

    def late(found: ContactImport, *rest: object) -> bool:
        for act in others:
            act()
        return advance(found, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(store, "advance", late)
    assert counts(audience.imported(DUPLICATE)) == {"rows": 1, "created": 1}
    assert contacts()[0]["id"] != CONTACT


def test_an_import_that_fails_again_and_again_is_given_up() -> None:
    audience.uploaded(SHEET)
    id = call(NAME).body["id"]
    contact_imports.give_up(ORGANIZATION, id)
    told = call("get_contact_import", path={"import_id": id}).body
    assert (told["status"], [each["code"] for each in told["errors"]]) == ("refused", ["import_failed"])
    assert groups.users(ORGANIZATION, GROUP) == []
    with kept.nothing_changes():
        contact_imports.run(ORGANIZATION, id)
        contact_imports.give_up(ORGANIZATION, id)
        contact_imports.give_up(ORGANIZATION, "nowhere")
        contact_imports.run(ORGANIZATION, "nowhere")


def test_what_changes_all_the_time_makes_the_job_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    audience.uploaded(SHEET)
    id = call(NAME).body["id"]
    monkeypatch.setattr(store, "advance", lambda *_: False)
    with pytest.raises(RuntimeError):
        contact_imports.run(ORGANIZATION, id, lambda: 900_000)


def test_ids_and_rows_are_the_same_in_every_attempt() -> None:
    """So that a check that is repeated finds the same rows."""
    audience.uploaded(LONG)
    found = store.get(ORGANIZATION, call(NAME).body["id"])
    assert found is not None
    key = f"media/{ORGANIZATION}/{UPLOAD}"
    reports = [contact_checks.check(found, key, f"contact_imports/{i}", lambda: None) for i in range(2)]
    assert reports[0] == reports[1]
    rows = [files.read(f"contact_imports/{i}/good/rows-00000.jsonl", 1 << 20) for i in range(2)]
    assert rows[0] == rows[1]
