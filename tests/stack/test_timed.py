"""Sends at a set time: to the second, moved, cancelled, and beyond what a queue can delay."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from local import clock
from local.stack import Stack
from tests.support.stack_client import Shop, eventually
from tests.support.stack_simulators import Simulators

LATE = 5  # seconds that a busy machine may need from the timer to the platform


def _in(stack: Stack, seconds: float) -> datetime:
    return datetime.fromtimestamp(clock.now(stack) + seconds, UTC)


def _served_at(stack: Stack, simulators: Simulators, to: str, within: float) -> datetime:
    """When the platform took the only message to this person, in the stack's time."""
    [entry] = eventually(lambda: simulators.log(to), within, to)
    return datetime.fromisoformat(entry["at"]) + timedelta(milliseconds=clock.offset(stack))


def test_sent_moved_and_cancelled(stack: Stack, shop: Shop, simulators: Simulators) -> None:
    owner, people = shop.organization, [simulators.person(1) for _ in range(4)]
    soon, later, far = _in(stack, 7), _in(stack, 9), _in(stack, 600)
    put_off = shop.send(people[0], send_at=soon.isoformat())["id"]
    owner.call("POST", f"/messages/{put_off}/move", {"send_at": far.isoformat()})
    cancelled = shop.send(people[1], send_at=soon.isoformat())["id"]
    assert owner.call("POST", f"/messages/{cancelled}/cancel")["status"] == "cancelled"
    plain = shop.send(people[2], send_at=soon.isoformat())
    brought_forward = shop.send(people[3], send_at=far.isoformat())["id"]
    wall = f"{later.astimezone(ZoneInfo('Europe/Berlin')):%Y-%m-%dT%H:%M:%S}"
    owner.call("POST", f"/messages/{brought_forward}/move", {"send_at": wall, "time_zone": "Europe/Berlin"})
    assert plain["status"] == "scheduled"
    _is_on_time(soon, _served_at(stack, simulators, people[2], 20))
    _is_on_time(later.replace(microsecond=0), _served_at(stack, simulators, people[3], 20))
    assert [simulators.log(to) for to in people[:2]] == [[], []]
    owner.reaches(plain["id"], "read")
    move = owner.ask("POST", f"/messages/{plain['id']}/move", {"send_at": far.isoformat()})
    assert (move.status_code, move.json()["code"]) == (409, "not_scheduled")
    assert owner.ask("POST", f"/messages/{plain['id']}/cancel").status_code == 409


def _is_on_time(wanted: datetime, served: datetime) -> None:
    assert timedelta(0) <= served - wanted <= timedelta(seconds=LATE), (wanted, served)


def test_hours_ahead(stack: Stack, shop: Shop, simulators: Simulators) -> None:
    owner, people = shop.organization, [simulators.person(1) for _ in range(4)]
    at, much_later = _in(stack, 2 * 3600), _in(stack, 8 * 3600)
    sent = [shop.send(to, send_at=at.isoformat())["id"] for to in people[:2]]
    moved = [shop.send(to, send_at=much_later.isoformat())["id"] for to in people[2:]]
    owner.call("POST", f"/messages/{sent[1]}/cancel")
    owner.call("POST", f"/messages/{moved[0]}/move", {"send_at": at.isoformat()})
    _shift_to(stack, at)
    _is_on_time(at, _served_at(stack, simulators, people[0], 40))
    _is_on_time(at, _served_at(stack, simulators, people[2], 20))
    assert [owner.message(each)["status"] for each in (sent[1], moved[1])] == ["cancelled", "scheduled"]
    clock.shift(stack, much_later.timestamp() - clock.now(stack))
    assert _served_at(stack, simulators, people[3], 40) >= much_later
    assert not simulators.log(people[1])
    assert len(simulators.log(people[2])) == 1


def _shift_to(stack: Stack, moment: datetime) -> None:
    """So close that the next sweep over the schedules, which is every ten seconds, comes in time."""
    clock.shift(stack, moment.timestamp() - clock.now(stack) - 12)
