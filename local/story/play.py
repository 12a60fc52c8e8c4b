"""The play itself: seven sends, then every message is followed until it is where it ends."""

import time
from datetime import UTC, datetime, timedelta

from rich.console import Console
from rich.live import Live

from local.stack import Stack
from local.story import board
from local.story.api import Api, Json, Trouble, step
from local.story.people import CAST, Person
from local.story.rows import Row
from local.story.scene import LANGUAGE, TEMPLATE, Scene

PATIENCE = 70
PAUSE = 0.3
# Slow enough to be watched; several receipts in one webhook, as Meta sends them, so that few receivers have to start.
WATCHABLE = {"sent_seconds": 0.5, "delivered_seconds": 1.5, "read_seconds": 3.0, "batch": 20, "batch_seconds": 0.4}


def perform(stack: Stack, scene: Scene, console: Console) -> bool:
    """Whether every message ended where it was meant to."""
    simulators = Api(stack.simulators["control_url"])
    usual = simulators.get("/settings")["whatsapp"]
    _introduce(console)
    simulators.post("/settings", {"whatsapp": WATCHABLE})
    try:
        rows = _follow(scene, _send_all(scene, console), console)
    finally:
        simulators.post("/settings", {"whatsapp": {name: usual[name] for name in WATCHABLE}})
    return _conclude(rows, simulators, console)


def _introduce(console: Console) -> None:
    console.print("\nWhat the simulated phones will do:", style="dim")
    for person in CAST:
        console.print(f"  [bold]{person.name:6}[/] {person.story}")
    console.print()


def _send_all(scene: Scene, console: Console) -> tuple[float, list[Row]]:
    with step(console, f"{len(CAST)} times POST /rest/v1/messages, each with an Idempotency-Key") as say:
        began = time.time()
        rows = [_send(scene, person, scene.run * len(CAST) + place) for place, person in enumerate(CAST)]
        say("each answered 202: kept, and on its way")
    return began, rows


def _send(scene: Scene, person: Person, serial: int) -> Row:
    number = person.number(serial)
    body = {
        "channel_id": scene.whatsapp,
        "to": number,
        "type": "template",
        "template": TEMPLATE,
        "language": LANGUAGE,
        "variables": {"name": person.name, "order": person.order},
        "reference": f"story-{scene.run}",
        **_instead(scene, person),
        **_later(person),
    }
    return Row(person, number, scene.api.post("/messages", body, f"story-{scene.run}-{person.name}"))


def _instead(scene: Scene, person: Person) -> Json:
    if person.fallback is None:
        return {}
    wait = {"wait": person.wait} if person.wait else {}
    text = f"Hello {person.name}, your order {person.order} waits for you at Acme."
    policy = {"channel_id": scene.sms[person.fallback], "trigger": "undelivered", "text": text}
    return {"fallback": policy | wait}


def _later(person: Person) -> Json:
    """To the second, in UTC; a wall-clock time with a time_zone would do as well."""
    at = datetime.now(UTC) + timedelta(seconds=person.after)
    return {"send_at": f"{at:%Y-%m-%dT%H:%M:%SZ}"} if person.after else {}


def _follow(scene: Scene, sent: tuple[float, list[Row]], console: Console) -> list[Row]:
    """Asks for every message that is not where it ends, and draws what the API says."""
    began, rows = sent
    with Live(board.draw(rows, began), console=console, auto_refresh=False) as live:
        while not all(row.arrived for row in rows) and time.time() - began < PATIENCE:
            time.sleep(PAUSE)
            rows = [each for row in rows for each in _looked_at(scene.api, row, rows)]
            live.update(board.draw(rows, began), refresh=True)
    console.print()
    return rows


def _looked_at(api: Api, row: Row, rows: list[Row]) -> list[Row]:
    """The row as it is now, and the copy's row right behind it when a fallback has just fired."""
    if not row.arrived:
        row.message = api.get(f"/messages/{row.message['id']}")
    known = any(each.original is row for each in rows)
    copy = row.copy
    if copy is None or known:
        return [row]
    return [row, Row(row.person, row.number, api.get(f"/messages/{copy}"), original=row)]


def _conclude(rows: list[Row], simulators: Api, console: Console) -> bool:
    with step(console, "Every message ended where it should, and nobody was served twice") as say:
        for row in rows:
            if not row.arrived:
                raise Trouble(f"{row.person.name}'s message is {row.status}, not {row.goal}.", row.message)
        say(_checked(simulators.get("/served"), rows))
    return True


def _checked(served: Json, rows: list[Row]) -> str:
    """The providers' own log is the witness."""
    twice = [row.number for row in rows if any(people.get(row.number, 0) > 1 for people in served.values())]
    if twice:
        raise Trouble(f"served more than once: {', '.join(twice)}", served)
    copies = sum(row.original is not None for row in rows)
    return f"the simulators' log: {len(rows) - copies} by WhatsApp, {copies} by SMS"
