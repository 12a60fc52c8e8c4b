"""Broadcasts in process: made, checked and run over the World, with rows as they were checked."""

from typing import Any

from parley.cloud import clock
from parley.model.broadcast import NewBroadcast
from parley.model.broadcast_view import Broadcast, CheckReport
from parley.model.organization import Scope
from parley.model.run import Wave
from parley.operations import broadcast_rows, broadcasts, row_files, starting
from parley.store import broadcasts as store

from tests.support.world import World

Json = dict[str, Any]


def numbers(count: int, first: int = 1) -> list[str]:
    """Distinct numbers that get everything."""
    return [f"+34600{number:06d}" for number in range(first, first + count)]


def people(count: int, first: int = 1) -> list[Json]:
    return [{"to": to, "variables": {"name": f"Name {index}"}} for index, to in enumerate(numbers(count, first))]


def made(world: World, recipients: list[Json] | list[str] | None = None, **fields: Any) -> str:
    """Created; its check waits on the jobs queue."""
    known = {"name": "Spring", "channel_id": world.whatsapp, "template": "order_ready", "language": "en_US"}
    body = {**known, **({"recipients": recipients} if recipients else {}), **fields}
    new, key = NewBroadcast.model_validate(body), fields.pop("key", None)
    return broadcasts.create(world.organization, new, key, frozenset(Scope)).id


def shown(world: World, broadcast: str) -> Broadcast:
    return broadcasts.get(world.organization, broadcast)


def statuses(world: World, broadcast: str) -> dict[str, int]:
    """How many rows stand at each status, read row by row."""
    found: dict[str, int] = {}
    for row in rows(world, broadcast):
        found[row.status] = found.get(row.status, 0) + 1
    return found


def rows(world: World, broadcast: str) -> list[Any]:
    found, cursor = [], None
    while True:
        page = broadcast_rows.list_all(world.organization, broadcast, {}, cursor, 100)
        found += page.items
        cursor = page.next
        if cursor is None:
            return found


def check(
    organization: str, broadcast: str, to: list[str], bad: int = 0, name: str = "", waves: list[Wave] | None = None
) -> None:
    """Stands in for the checking job: these people with a name each, as the sheet's lines from 2 on."""
    run = store.get(organization, broadcast)
    assert run is not None
    folder = row_files.folder(organization, broadcast, "attempt")
    writer = row_files.Writer(folder)
    for line, each in enumerate(to, 2):
        writer.add(line, f"phone:{each}", [name or f"Name {line}"])
    good = writer.close()
    report = CheckReport(rows=good + bad, good=good, bad=bad, reasons={"invalid_number": bad} if bad else {})
    due = run.send_at or clock.now()
    starting.checked(run, folder, report, waves or [Wave(due=due, first=0, count=good)])


def started(world: World, count: int = 100, **fields: Any) -> str:
    """A run that has just begun."""
    broadcast = made(world, people(2), **fields)
    world.pump.forget("jobs")
    check(world.organization, broadcast, numbers(count))
    return broadcast
