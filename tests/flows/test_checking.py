"""The check of a broadcast: nothing is sent of a file that is wrong, and every row of a right one is accounted for."""

from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from openpyxl import load_workbook
from parley.cloud import clients
from parley.model.broadcast import BroadcastChanges, BroadcastStatus
from parley.model.sheet import Signature
from parley.model.suppression import NewSuppression
from parley.model.template import Template
from parley.model.times import instant
from parley.operations import (
    broadcasts,
    checking,
    recount,
    reviews,
    row_files,
    starting,
    suppressions,
    templates,
    uploads,
)
from parley.sheets import writing

from tests.support import bulk, checks, kept, sheets
from tests.support.checks import HEADER, OFFER, book, checked, codes, given, rows, run_of, text
from tests.support.faults import Killed
from tests.support.world import World

GOOD = [["+34600111222", "Ana", "A-1", "Tuesday"], ["+34600111223", "Bob", "A-2", ""]]
S = BroadcastStatus


@pytest.fixture(autouse=True)
def recounts_do_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recount, "LAG", 0)


@pytest.fixture
def offer(world: World) -> Template:
    return world.approved("offer", "MARKETING", **OFFER)


def uploaded(world: World, raw: bytes | None, filename: str = "people.xlsx", **fields: Any) -> Any:
    return checked(world, template="offer", upload=given(world, raw, filename), **fields)


def test_a_sheet_with_everything_in_it(world: World, offer: Template) -> None:
    sheet = [
        *GOOD,
        [" 0034 (600) 111-224 ", "Eva", "A-3", "#N/A"],
        [34600111225, "Eve", 19, "Friday"],
        ["34600111222", "Ana again", "A-5", "Friday"],
        ["5.5E+12", "Rounded", "A-6", "Friday"],
        ["hello", "", "A-7", "Friday"],
        ["+34600111229", "x" * 5000, "A-8", "Friday"],
        ["+34600111230", "two\nlines", "A-9", "Friday"],
        ["", "", "", ""],
        ["+34600111231", "Last", "A-10", "=1/0"],
        ["+34600111232", "Very last", "A-11", ""],
    ]
    run = uploaded(world, book(sheet), on_bad_rows="skip")
    assert run.report is not None
    assert (run.report.rows, run.report.good, run.report.bad) == (11, 4, 7)
    assert [(row.line, row.to, row.values) for row in rows(run)] == [
        (2, "phone:+34600111222", ["Ana", "A-1", "Tuesday"]),
        (3, "phone:+34600111223", ["Bob", "A-2", "Monday"]),
        (5, "phone:+34600111225", ["Eve", "19", "Friday"]),
        (13, "phone:+34600111232", ["Very last", "A-11", "Monday"]),
    ]
    assert run.report.reasons == {
        "cell_error": 2,
        "duplicate": 1,
        "number_rounded": 1,
        "invalid_number": 1,
        "text_too_long": 1,
        "value_layout": 1,
    }
    assert [(each.line, each.column, each.code) for each in run.report.examples][:3] == [
        (4, "day", "cell_error"),
        (6, "to", "duplicate"),
        (7, "to", "number_rounded"),
    ]
    assert (run.status, run.waves[0].count, run.rows) == (S.RUNNING, 4, 4)


def test_bad_rows_come_back_in_the_same_shape_and_can_be_mended(world: World, offer: Template) -> None:
    sheet = [["hello", "", "A-7", "", "VIP"], *[[*row, "new"] for row in GOOD]]
    run = uploaded(world, book(sheet, [*HEADER, "note"]))
    assert run.status is S.CHECKED
    [header, row] = checks.bad_rows(run)
    assert (header, row[:5]) == ([*HEADER, "note", "reason"], ["hello", "", "A-7", "", "VIP"])
    assert "phone number" in row[5]
    assert '"name" needs a value' in row[5]
    again = uploaded(world, book([["+34600111229", "Eva", *row[2:]]], header))
    assert [row.values for row in rows(again)] == [["Eva", "A-7", "Monday"]]
    worse = uploaded(world, book([row, *[[*each, "", "old"] for each in GOOD]], header))
    assert checks.bad_rows(worse)[0] == header


def test_a_csv_comes_back_as_a_csv(world: World, offer: Template) -> None:
    run = uploaded(world, text([*GOOD, ["=1", "Eva", "A-3", ""]]), "people.csv", on_bad_rows="skip")
    assert checks.bad_rows(run)[1][:3] == ["=1", "Eva", "A-3"]
    shown = bulk.shown(world, run.id)
    assert "bad_rows.csv" in str(shown.bad_rows)
    assert len(rows(run)) == 2


def test_columns_are_found_by_their_names(world: World, offer: Template) -> None:
    sheet = book([["Friday", "A-1", "x", "+34600111222", "Ana"]], ["day", "order", "note", "to", "name"])
    assert [row.values for row in rows(uploaded(world, sheet))] == [["Ana", "A-1", "Friday"]]


def broken_header(offer: Template) -> bytes:
    signed = writing.recipients(HEADER, [], Signature(offer.id, HEADER))
    return edited(signed, {"B1": "Name", "A2": "+34600111222", "B2": "Ana", "C2": "A-1", "D2": "x"})


def edited(raw: bytes, cells: dict[str, str]) -> bytes:
    opened, saved = load_workbook(BytesIO(raw)), BytesIO()
    for place, value in cells.items():
        opened.worksheets[0][place] = value
    opened.save(saved)
    return saved.getvalue()


def of_another(_: Template) -> bytes:
    return edited(writing.recipients(HEADER, [], Signature("another", HEADER)), {"A2": "+34600111222"})


def protected(_: Template) -> bytes:
    """By a password of the times before 2007."""
    with TemporaryDirectory() as folder:
        raw = Path(sheets.xls(Path(folder) / "x.xls")).read_bytes()
    return raw.replace(b"\xe1\x00\x02\x00", b"\x2f\x00\x02\x00", 1)


@pytest.mark.parametrize(
    ("raw", "code", "sentence"),
    [
        (lambda _: None, "nothing_uploaded", "Nothing was put"),
        (lambda _: b"", "nothing_uploaded", "Nothing was put"),
        (lambda _: b" \n", "sheet_empty", "The sheet is empty."),
        (lambda _: book([]), "sheet_without_rows", "no recipients below"),
        (lambda _: b"%PDF-1.7", "sheet_format", "people.xlsx is no spreadsheet"),
        (protected, "sheet_password", "protected by a password"),
        (lambda _: b"PK\x03\x04 broken", "sheet_unreadable", "damaged"),
        (broken_header, "header_edited", 'Cell B1 of the header was "name" and is "Name" now'),
        (of_another, "wrong_sheet", "made for another template"),
        (lambda _: book([["+34600111222", "x"]], ["to", "name"]), "column_missing", '"order"'),
        (lambda _: book([["+34600111222", ""]], ["phone", "name"]), "column_missing", '"to"'),
        (
            lambda _: book([["hello", "x", "y", "z"]]),
            "no_good_rows",
            "None of the 1 rows can be sent: invalid_number (1).",
        ),
        (lambda _: book(GOOD * 3), "too_many_rows", "at most 5 rows"),
    ],
)
def test_a_file_that_cannot_be_sent_at_all(
    world: World, offer: Template, raw: Callable[[Template], bytes | None], code: str, sentence: str, monkeypatch: Any
) -> None:
    monkeypatch.setattr(checking, "settings", lambda: type("Few", (), {"broadcast_rows": 5}))
    run = uploaded(world, raw(offer))
    assert (run.status, codes(run)[0]) == (S.REFUSED, code)
    assert sentence in run.errors[0].message
    assert run.rows == 0
    world.run(60)
    assert world.meta.accepted == []


def test_when_no_row_is_good_the_sheet_says_why(world: World, offer: Template) -> None:
    run = uploaded(world, book([["hello", "x", "y", "z"]]))
    assert run.report is not None
    assert (run.report.rows, run.report.bad, run.report.good) == (1, 1, 0)
    assert bulk.shown(world, run.id).bad_rows
    assert checks.bad_rows(run)[1][0] == "hello"


def test_an_upload_that_is_gone(world: World, offer: Template) -> None:
    upload = given(world, book(GOOD))
    broadcast = bulk.made(world, template="offer", upload=upload)
    uploads.store.delete(world.organization, uploads.store.get(world.organization, upload))
    checking.run(world.organization, broadcast)
    assert codes(run_of(world, broadcast)) == ["unknown_upload"]


@pytest.mark.parametrize(("word", "code"), [("PAUSED", "template_not_approved"), ("DISABLED", "template_not_approved")])
def test_a_template_that_may_not_be_sent_any_more(world: World, offer: Template, word: str, code: str) -> None:
    broadcast = bulk.made(world, template="offer", upload=given(world, book(GOOD)))
    world.judge(str(templates.get(world.organization, offer.id).provider_id), word)
    checking.run(world.organization, broadcast)
    assert codes(run_of(world, broadcast)) == [code]


def test_people_of_a_list(world: World) -> None:
    listed = [
        {"to": "+34600111222", "variables": {"name": "Ana"}},
        {"to": {"type": "bsuid", "value": "US.13491208655302741918"}, "variables": {"name": "#N/A"}},
        {"to": "600 111 223", "variables": {"name": "Bob"}},
        {"to": "+34600111224", "variables": {"name": "Eve", "age": "7"}},
        {"to": "+34600111225"},
        {"to": {"type": "chat", "value": "4211"}, "variables": {"name": "Eve"}},
    ]
    run = checked(world, listed, default_country="ES", on_bad_rows="skip")
    assert [(row.line, row.to, row.values) for row in rows(run)] == [
        (1, "phone:+34600111222", ["Ana"]),
        (2, "bsuid:US.13491208655302741918", ["#N/A"]),
        (3, "phone:+34600111223", ["Bob"]),
    ]
    assert run.report is not None
    assert [(each.line, each.code) for each in run.report.examples] == [
        (4, "variable_unknown"),
        (5, "variable_missing"),
        (6, "address_kind"),
    ]
    assert checks.bad_rows(run)[0] == ["to", "name", "time_zone", "reason"]


def test_a_person_twice_is_written_to_twice_where_that_is_wanted(world: World) -> None:
    twice = [*bulk.people(2), *bulk.people(1)]
    assert len(rows(checked(world, twice, deduplicate=False))) == 3
    once = checked(world, twice)
    assert once.report is not None
    assert once.report.examples[0].reason == "This recipient stands in line 1 already."
    assert once.status is S.CHECKED


def test_a_bad_row_does_not_stand_for_its_person(world: World) -> None:
    listed = [{"to": "+34600111222"}, {"to": "0034600111222", "variables": {"name": "Ana"}}]
    assert [row.line for row in rows(checked(world, listed))] == [2]


def test_people_who_are_not_written_to_are_counted(world: World) -> None:
    here, everywhere, _, utility = bulk.numbers(4)
    for to, more in ((here, {"channel_id": world.whatsapp}), (everywhere, {}), (utility, {"scope": "marketing"})):
        suppressions.create(world.organization, NewSuppression.model_validate({"to": to, **more}))
    run = checked(world, bulk.people(4))
    assert run.report is not None
    assert (run.report.good, run.report.suppressed, run.rows) == (4, 2, 4)


def test_the_parts_of_an_sms_are_counted_and_every_sender_has_to_fit(world: World) -> None:
    for channel, words in ((world.gateway, "Hello $(name)."), (world.other_gateway, "Good morning, $(name).")):
        made = world.designed("hello", channel_id=channel, components=[{"type": "BODY", "text": words}])
        reviews.submit(world.organization, made.id)
    names = ["A", "x" * 200, "x" * 1590]
    listed = [{"to": to, "variables": {"name": name}} for to, name in zip(bulk.numbers(3), names, strict=True)]
    run = checked(
        world, listed, channel_id=world.gateway, more_channel_ids=[world.other_gateway], template="hello", dry_run=True
    )
    assert run.report is not None
    assert (run.report.good, run.report.parts, run.report.reasons) == (2, 3, {"text_too_long": 1})


LOCAL = {"local_time": True, "send_at": "2026-03-02T09:00", "time_zone": "Europe/Madrid", "on_bad_rows": "skip"}
"""The clock of the tests stands at 2026-03-01T09:30Z."""


def at(text: str) -> int:
    return instant(text, None)


def test_each_person_is_due_by_their_own_clock(world: World, offer: Template) -> None:
    sheet = [
        ["+34600111222", "a", "1", "x", "Asia/Tokyo"],
        ["+34600111223", "b", "1", "x", ""],
        ["+13125550123", "c", "1", "x", ""],
        ["+34600111224", "d", "1", "x", "Mars/Olympus"],
        ["+819012345678", "e", "1", "x", ""],
        ["+34600111225", "f", "1", "x", "Europe/Berlin"],
    ]
    run = uploaded(world, book(sheet, [*HEADER, "time_zone"]), **LOCAL)
    assert [(wave.due, wave.first, wave.count) for wave in run.waves] == [
        (at("2026-03-02T09:00+09:00"), 0, 2),
        (at("2026-03-02T09:00+01:00"), 2, 2),
        (at("2026-03-02T09:00-06:00"), 4, 1),
    ]
    assert [row.values[0] for row in rows(run)] == ["a", "e", "b", "f", "c"]
    assert run.report is not None
    assert [(each.line, each.column, each.code) for each in run.report.examples] == [(5, "time_zone", "unknown_zone")]


def test_a_local_time_that_is_over_somewhere(world: World) -> None:
    people = [
        {**each, "time_zone": zone} for each, zone in zip(bulk.people(2), ["Asia/Tokyo", "America/Lima"], strict=True)
    ]
    run = checked(world, people, **{**LOCAL, "send_at": "2026-03-01T12:00"})
    assert run.report is not None
    assert (run.report.reasons, [row.line for row in rows(run)]) == ({"in_the_past": 1}, [2])


def test_two_checks_at_once_record_one_and_find_the_same(world: World, offer: Template, monkeypatch: Any) -> None:
    sheet = book([*GOOD, ["hello", "x", "y", "z"]])
    broadcast = bulk.made(world, template="offer", upload=given(world, sheet), on_bad_rows="skip")
    record, told = starting.checked, []
    found: list[Any] = []

    def in_between(run: Any, folder: str, *rest: Any) -> None:
        told.append(folder)
        if len(told) == 1:
            checking.run(world.organization, broadcast)
        else:
            found.extend(row_files.read.__wrapped__(each, 0) for each in told)
        record(run, folder, *rest)

    monkeypatch.setattr(starting, "checked", in_between)
    checking.run(world.organization, broadcast)
    run = run_of(world, broadcast)
    assert (run.folder, run.rows, len(set(told))) == (told[1], 2, 2)
    assert found[0] == found[1]
    assert [name for name in kept.files() if name.startswith(told[0])] == []
    checking.run(world.organization, broadcast)
    assert run_of(world, broadcast).version == run.version
    world.run(3)
    assert sorted(each.to for each in world.meta.accepted) == ["+34600111222", "+34600111223"]


def test_an_attempt_that_fails_leaves_nothing_and_one_that_is_recorded_no_copy_of_the_sheet(
    world: World, offer: Template, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet, close = book([*GOOD, ["hello", "x", "y", "z"]]), row_files.Writer.close
    broadcast = bulk.made(world, template="offer", upload=given(world, sheet), on_bad_rows="skip")

    def fail(writer: row_files.Writer) -> int:
        close(writer)
        raise OSError("slow down")

    with monkeypatch.context() as patch:
        patch.setattr(row_files.Writer, "close", fail)
        with pytest.raises(OSError, match="slow"):
            checking.run(world.organization, broadcast)
    assert [name for name in kept.files() if name.startswith("broadcasts/")] == []
    checking.run(world.organization, broadcast)
    names = {name.rpartition("/")[2] for name in kept.files() if name.startswith("broadcasts/")}
    assert names == {"rows-00000.jsonl", "bad_rows.jsonl", "bad_rows.xlsx"}


def test_a_speed_that_is_changed_meanwhile_does_not_lose_the_check(world: World, monkeypatch: Any) -> None:
    broadcast, record, calls = bulk.made(world, bulk.people(2)), starting.checked, []

    def in_between(run: Any, *rest: Any) -> None:
        calls.append(run.version)
        if len(calls) == 1:
            broadcasts.update(world.organization, broadcast, BroadcastChanges(speed=5))
        record(run, *rest)

    monkeypatch.setattr(starting, "checked", in_between)
    checking.run(world.organization, broadcast)
    run = run_of(world, broadcast)
    assert (run.status, run.speed, len(calls)) == (S.RUNNING, 5, 2)


@pytest.mark.parametrize("how", ["before", "after", "error"])
def test_it_may_die_anywhere(world: World, offer: Template, how: str) -> None:
    """At each call to AWS in turn; the next attempt finds the same, and nobody gets anything twice."""
    sheet, died = book([*GOOD, ["hello", "x", "y", "z"]]), 0
    for nth in range(1, 100):
        broadcast = bulk.made(world, template="offer", upload=given(world, sheet), on_bad_rows="skip")
        world.pump.forget("jobs")
        world.faults.arm(nth, how)
        with suppress(Killed, *clients.AWS_ERRORS):
            checking.run(world.organization, broadcast)
        world.faults.disarm()
        died += world.faults.fired
        checking.run(world.organization, broadcast)
        run = run_of(world, broadcast)
        assert (run.status, run.rows, run.report and run.report.bad) == (S.RUNNING, 2, 1)
        assert [row.to for row in rows(run)] == ["phone:+34600111222", "phone:+34600111223"]
        if not world.faults.fired:
            break
    assert died > 10
