"""A broadcast from its list to its export: what the sheet says is what the platforms saw, row by row."""

from collections import Counter
from typing import Any

import pytest
from parley.model.export import ExportKind, NewExport
from parley.model.organization import Scope
from parley.operations import exports
from parley.store import people

from tests.support import bulk, exported
from tests.support.world import World

Json = dict[str, Any]
GOOD, SILENT, REFUSED, LOST = bulk.numbers(12), "+34600000003", "+34600000005", "+34600000007"
BAD: list[Json] = [{"to": "call me", "variables": {"name": "Eve"}}, {"to": GOOD[0], "variables": {"name": "Again"}}]
SCOPES = frozenset(Scope)


@pytest.fixture(autouse=True)
def _nobody_is_suppressed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "all_suppressed", lambda *_: set(), raising=False)


def export_of(world: World, broadcast: str, **fields: Any) -> list[Json]:
    new = NewExport(kind=ExportKind.BROADCAST_ROWS, broadcast_id=broadcast, **fields)
    made = exports.create(world.organization, new, None, SCOPES)
    world.pump.drain("jobs")
    answer = exports.get(world.organization, made.id, SCOPES)
    assert answer.status == "ready"
    return exported.table(exported.file(answer.key), answer.format)


def live(world: World, minutes: int = 15) -> None:
    for _ in range(minutes):
        world.run(60)
        world.pump.minute()


def test_the_sheet_equals_the_logs_of_the_platforms(world: World) -> None:
    world.meta.happens(REFUSED, "131026")
    world.meta.happens(LOST, "cut")
    step = {"channel_id": world.gateway, "trigger": "undelivered", "wait": 600, "text": "Hello by SMS"}
    listed = [*bulk.people(6), BAD[0], *bulk.people(6, first=7), BAD[1]]
    broadcast = bulk.made(world, listed, fallbacks=[step], on_bad_rows="skip")
    world.run(30)
    for sent in world.meta.accepted:
        if sent.to != SILENT:
            world.meta.says(world.meta.report(sent, "delivered"), world.meta.report(sent, "read"))
    world.hears()
    live(world)
    rows = export_of(world, broadcast)
    report = bulk.shown(world, broadcast).report
    assert report
    assert (len(rows), Counter(row["status"] for row in rows)["bad"]) == (report.rows, report.bad) == (14, 2)
    assert [row["line"] for row in rows] == list(range(1, 15))
    assert [row["to"] for row in rows] == [each["to"] for each in listed]

    good = {row["message_id"]: row for row in rows if row["status"] != "bad"}
    assert {row["to"] for row in good.values()} == set(GOOD)
    log = {sent.message: sent.to for sent in world.meta.accepted}
    reached = {"accepted", "sent", "delivered", "read"}
    assert {name: row["to"] for name, row in good.items() if row["status"] in reached} == log
    assert {row["to"] for row in good.values() if row["status"] == "read"} == set(log.values()) - {SILENT}
    instead = {row["fallback_message_id"]: row["to"] for row in good.values() if "fallback_message_id" in row}
    assert instead == {sent.message: sent.to for sent in world.sms.accepted}
    assert {SILENT, REFUSED} == set(instead.values())
    assert Counter(row["status"] for row in good.values()) == bulk.statuses(world, broadcast)


def test_of_a_list_without_a_good_row_all_are_exported(world: World) -> None:
    broadcast = bulk.made(world, [BAD[0], {"to": "+34", "variables": {"name": "=Bob"}}])
    world.run(5)
    assert bulk.shown(world, broadcast).status == "refused"
    rows = export_of(world, broadcast, format="csv")
    assert [(row["line"], row["to"], row["name"], row["status"]) for row in rows] == [
        ("1", "call me", "Eve", "bad"),
        ("2", "+34", "'=Bob", "bad"),
    ]
    assert all(row["code"] and row["reason"] for row in rows)
