"""Sends at a set time: to the second, moved, cancelled, and beyond what a queue can delay."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from local import clock
from local.stack import Stack
from tests.support.stack_client import Shop, eventually
from tests.support.stack_simulators import Simulators

LATE = 4  # seconds that a busy machine may need from the timer to the platform


def _in(stack: Stack, seconds: float) -> datetime:
    return datetime.fromtimestamp(clock.now(stack) + seconds, UTC)


def _served_at(stack: Stack, simulators: Simulators, to: str, within: float) -> datetime:
    """When the platform took the only message to this person, in the stack's time."""
    [entry] = eventually(lambda: simulators.log(to), within, to)
    return datetime.fromisoformat(entry["at"]) + timedelta(milliseconds=clock.offset(stack))


def test_sent_moved_and_cancelled(stack: Stack, shop: Shop, simulators: Simulators) -> None:
    owner, people = shop.organization, [simulators.person(1) for _ in range(4)]
    soon, later = _in(stack, 5), _in(stack, 8)
    plain = shop.send(people[0], send_at=soon.isoformat())
    moved = shop.send(people[1], send_at=_in(stack, 3).isoformat())
    brought_forward = shop.send(people[2], send_at=_in(stack, 600).isoformat())
    cancelled = shop.send(people[3], send_at=soon.isoformat())
    assert plain["status"] == "scheduled"
    wall = {"send_at": f"{later.astimezone(ZoneInfo('Europe/Berlin')):%Y-%m-%dT%H:%M:%S}", "time_zone": "Europe/Berlin"}
    owner.call("POST", f"/messages/{moved['id']}/move", wall)
    owner.call("POST", f"/messages/{brought_forward['id']}/move", {"send_at": later.isoformat()})
    assert owner.call("POST", f"/messages/{cancelled['id']}/cancel")["status"] == "cancelled"
    _is_on_time(soon, _served_at(stack, simulators, people[0], 15))
    _is_on_time(later.replace(microsecond=0), _served_at(stack, simulators, people[1], 15))
    _is_on_time(later, _served_at(stack, simulators, people[2], 15))
    assert not simulators.log(people[3])
    owner.reaches(plain["id"], "read")
    assert owner.ask("POST", f"/messages/{plain['id']}/move", wall).status_code == 409
    assert owner.ask("POST", f"/messages/{plain['id']}/cancel").status_code == 409


def _is_on_time(wanted: datetime, served: datetime) -> None:
    assert timedelta(0) <= served - wanted <= timedelta(seconds=LATE), (wanted, served)


def test_hours_ahead(stack: Stack, shop: Shop, simulators: Simulators) -> None:
    owner, people = shop.organization, [simulators.person(1) for _ in range(4)]
    at, much_later = _in(stack, 2 * 3600 + 20), _in(stack, 8 * 3600)
    sent = [shop.send(to, send_at=at.isoformat())["id"] for to in people[:2]]
    moved = [shop.send(to, send_at=much_later.isoformat())["id"] for to in people[2:]]
    owner.call("POST", f"/messages/{sent[1]}/cancel")
    owner.call("POST", f"/messages/{moved[0]}/move", {"send_at": at.isoformat()})
    clock.shift(stack, 2 * 3600)
    _is_on_time(at, _served_at(stack, simulators, people[0], 40))
    _is_on_time(at, _served_at(stack, simulators, people[2], 15))
    assert [owner.message(each)["status"] for each in (sent[1], moved[1])] == ["cancelled", "scheduled"]
    clock.shift(stack, 6 * 3600)
    assert _served_at(stack, simulators, people[3], 40) >= much_later
    assert not simulators.log(people[1])
    assert len(simulators.log(people[2])) == 1
