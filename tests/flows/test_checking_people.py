"""Broadcasts to an audience group, and once more to those whom the first one did not reach."""

from types import SimpleNamespace
from typing import Any

import pytest
from parley.errors import Invalid, Problem
from parley.model.broadcast import BroadcastStatus, NewResend
from parley.model.contact import NewContact
from parley.model.group import NewGroup
from parley.model.message import NewTime
from parley.model.run import Run
from parley.operations import (
    broadcast_rows,
    broadcasts,
    checking,
    contacts,
    groups,
    members,
    recount,
    rows_of_group,
    starting,
)

from tests.flows.test_checking import LOCAL, at
from tests.support import bulk, checks
from tests.support.checks import checked, codes, rows, run_of
from tests.support.world import World

S = BroadcastStatus


@pytest.fixture(autouse=True)
def recounts_do_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recount, "LAG", 0)


def contact(world: World, *identities: Any, **fields: Any) -> str:
    new = NewContact.model_validate({"identities": identities, **fields})
    return contacts.create(world.organization, new, None).id


def group(world: World, *of: str) -> str:
    return groups.create(world.organization, NewGroup(name=f"Regulars {len(of)}", members=list(of)), None).id


def test_attributes_fill_the_variables_of_their_names(world: World) -> None:
    world.approved(
        "greeting",
        components=[{"type": "BODY", "text": "Dear $(name) of $(city)."}],
        samples={"name": "Ana", "city": "Lima"},
    )
    ana = contact(world, "+34600111222", name="Ana", attributes={"city": "Madrid"}, time_zone="Asia/Tokyo")
    bob = contact(
        world, "email:bob@example.com", "bsuid:US.13491208655302741918", name="Bob", attributes={"city": "Lima"}
    )
    eve = contact(world, "email:eve@example.com", name="Eve", attributes={"city": "Rome"})
    ned = contact(world, "+34600111223", name="Ned")
    run = checked(world, template="greeting", group_id=group(world, ana, bob, eve, ned), **LOCAL)
    assert run.report is not None
    assert run.report.reasons == {"no_address": 1, "variable_missing": 1}
    assert sorted(row.to for row in rows(run)) == ["bsuid:US.13491208655302741918", "phone:+34600111222"]
    assert (rows(run)[0].to, rows(run)[0].values) == ("phone:+34600111222", ["Ana", "Madrid"])
    assert run.waves[0].due == at("2026-03-02T09:00+09:00")
    bad = checks.bad_rows(run)
    assert bad[0] == ["to", "name", "city", "time_zone", "reason"]
    assert ["Eve", "Eve", "Rome"] in [row[:3] for row in bad]


def test_a_group_is_taken_as_it_is_and_stays_so(world: World) -> None:
    ana, bob = (contact(world, number, name="Somebody") for number in bulk.numbers(2))
    regulars = group(world, ana)
    run = checked(world, group_id=regulars, **LOCAL)
    assert (run.status, run.rows) == (S.SCHEDULED, 1)
    members.add(world.organization, regulars, [bob])
    groups.delete(world.organization, regulars)
    broadcasts.move(world.organization, run.id, NewTime(send_at="2026-03-03T09:00"))
    checking.run(world.organization, run.id)
    moved = run_of(world, run.id)
    assert (moved.status, moved.rows, moved.waves[0].due) == (S.SCHEDULED, 1, at("2026-03-03T09:00+01:00"))


def test_a_group_with_nobody_in_it_and_one_that_is_gone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert codes(checked(world, group_id=group(world))) == ["empty_group"]
    broadcast = bulk.made(world, group_id=group(world, contact(world, "+34600111222", name="Ana")))
    monkeypatch.setattr(rows_of_group.groups, "get", lambda *_: None)
    checking.run(world.organization, broadcast)
    assert codes(run_of(world, broadcast)) == ["unknown_group"]


@pytest.mark.parametrize("field", ["group_id", "recipients"])
def test_what_is_wrong_with_all_of_it_is_told_of_where_it_comes_from(
    world: World, field: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, refuse = list[tuple[str, str]](), starting.refused

    def hear(run: Run, problems: list[Problem], *rest: Any) -> None:
        told.extend((each.field, each.code) for each in problems)
        refuse(run, problems, *rest)

    monkeypatch.setattr(starting, "refused", hear)
    people = {
        "recipients": [{"to": "12", "variables": {"name": "Ana"}}],
        "group_id": group(world, contact(world, "email:ana@example.com")),
    }[field]
    checked(world, **{field: people})
    monkeypatch.setattr(checking, "settings", lambda: SimpleNamespace(broadcast_rows=0))
    checked(world, **{field: people})
    assert told == [(field, "no_good_rows"), (field, "too_many_rows")]


def over(world: World, broadcast: str) -> None:
    for _ in range(10):
        world.run(5)
        if bulk.shown(world, broadcast).done_at:
            return
        world.pump.minute()


def test_what_failed_goes_out_once_more(quick: World) -> None:
    world = quick
    run, (_, second, third) = checked(world, bulk.people(3)), bulk.numbers(3)
    world.meta.happens(second, "131026")
    over(world, run.id)
    child = broadcast_rows.resend(world.organization, run.id, NewResend())
    checking.run(world.organization, child.id)
    again = run_of(world, child.id)
    assert [(row.line, row.to, row.values, row.extra) for row in rows(again)] == [
        (2, f"phone:{second}", ["Name 1"], {"parent": 1})
    ]
    world.run(10)
    assert [each.to for each in world.meta.accepted] == [bulk.numbers(1)[0], third, second]


def test_there_is_nothing_to_send_again(quick: World) -> None:
    world = quick
    run = checked(world, bulk.people(1))
    over(world, run.id)
    child = broadcast_rows.resend(world.organization, run.id, NewResend())
    checking.run(world.organization, child.id)
    assert codes(run_of(world, child.id)) == ["nothing_to_resend"]


VALUES = ["Ana", "", " ", "two\nlines", "a     b", "$(name)", "#N/A", "x" * 4067, "x" * 4068, "é" * 4067, "😀" * 2034]
ADDRESSES = ["0034 600 111 222", "+34", "hello", "600111222", "US.13491208655302741918", "+1 (415) 555-0123", "4211"]


def test_a_list_takes_and_refuses_what_a_single_send_does(world: World) -> None:
    """For the same reasons, of which a list tells one more precisely."""
    tried = [*((number, value) for number, value in zip(bulk.numbers(len(VALUES)), VALUES, strict=True))]
    tried += [(address, "Ana") for address in ADDRESSES]
    listed = [{"to": to, "variables": {"name": value}} for to, value in tried]
    run = checked(world, listed, on_bad_rows="skip")
    assert run.report is not None
    bad = {each.line: each.code for each in run.report.examples}
    single = {place: refusal(world, *each) for place, each in enumerate(tried, 1)}
    assert bad.pop(15) == "country_code_missing"
    assert single[15] == "invalid_number"
    assert bad == {place: code for place, code in single.items() if code and place != 15}
    assert {row.line: row.to for row in rows(run)} == {
        place: world.post(to, variables={"name": value}, dry_run=True).to.key
        for place, (to, value) in enumerate(tried, 1)
        if not single[place]
    }


def refusal(world: World, to: str, value: str) -> str | None:
    try:
        world.post(to, variables={"name": value}, dry_run=True)
    except Invalid as refused:
        return refused.code
    return None
