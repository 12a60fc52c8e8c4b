"""The third act, at Acme's own server: Anna presses the button, and the server answers her; then what it was told of
everything that happened is counted. What does not come in time is said, and ends nothing."""

import time
from collections import Counter

from rich.console import Console
from rich.live import Live
from rich.table import Table

from local.stack import Stack
from local.story.api import Api, Json
from local.story.business import BUTTON, CODE
from local.story.lines import Lines, awaited
from local.story.people import CAST
from local.story.scene import Scene

PATIENCE = 10
QUIET = frozenset({"queued", "scheduled", "sending", "unknown"})
"""What a message goes through and no receipt tells."""
Told = dict[str, tuple[Json, bool]]
"""By its id each receipt that the server took, and whether its signature held."""


def perform(stack: Stack, scene: Scene, console: Console) -> bool:
    """At most PATIENCE seconds of waiting in all."""
    console.print()
    act = Act(stack, scene)
    with Live(act.lines.table(), console=console, auto_refresh=False) as live:
        for part in (act.presses, act.is_asked, act.answers):
            part()
            live.update(act.lines.table(), refresh=True)
    missing, told = act.missing(), act.told()
    console.print()
    console.print(_counted(told))
    console.print()
    _conclude(told, missing, console)
    return True


class Act:
    def __init__(self, stack: Stack, scene: Scene) -> None:
        self.api, self.run = scene.api, scene.run
        self.people, self.server = Api(stack.simulators["control_url"]), Api(stack.simulators["business_url"])
        self.anna = CAST[0].number(scene.run * len(CAST))
        self.lines, self.until = Lines(), time.monotonic() + PATIENCE
        self.reply: Json = {}

    def presses(self) -> None:
        rows = self.api.get("/messages", to=self.anna)["items"]
        self.offer = self.api.get(f"/messages/{rows[0]['id']}")
        self.people.post("/press", {"message": self.offer["provider_message_id"], "text": BUTTON})
        self.lines.add("Anna → Acme", f"[{BUTTON}] is pressed", "the button names an intent")

    def is_asked(self) -> None:
        call = awaited(self._asked, self._left())
        then = f"{_signed(call['verified'])}, answered {call['answered']}" if call else self._nothing()
        self.lines.add("Acme → its server", f"intent {CODE}", then)

    def _asked(self) -> Json | None:
        """The last call, where it had to be made again."""
        calls = reversed(self.server.rows("/calls", path="/intents"))
        return next((each for each in calls if each["content"]["data"].get("answers") == self.offer["id"]), None)

    def answers(self) -> None:
        reply = awaited(self._replied, self._left())
        self.reply = reply or {}
        then = f"{reply['status']}" if reply else self._nothing()
        self.lines.add("its server → Anna", str(self.reply.get("text", "…")), then)

    def _replied(self) -> Json | None:
        rows = self.api.get("/messages", to=self.anna)["items"]
        texts = [each for each in rows if (each["direction"], each["type"]) == ("out", "text")]
        arrived = [each for each in texts if each["status"] in ("delivered", "read")]
        return self.api.get(f"/messages/{arrived[0]['id']}") if arrived else None

    def missing(self) -> int:
        """How many statuses that the API knows of the run's messages the server was not told in time."""
        messages = [*self._messages(), *([self.reply] if self.reply else [])]
        wanted = {(each["id"], one["status"]) for each in messages for one in each["timeline"]}
        wanted = {(message, status) for message, status in wanted if status not in QUIET}
        awaited(lambda: self._known() >= wanted, self._left())
        return len(wanted - self._known())

    def _messages(self) -> list[Json]:
        rows = self.api.get("/messages", reference=f"story-{self.run}")["items"]
        return [self.api.get(f"/messages/{each['id']}") for each in rows]

    def _known(self) -> set[tuple[str, str]]:
        events = [event["data"] for event, _ in self.told().values()]
        return {(data["id"], data["status"]) for data in events if "id" in data}

    def told(self) -> Told:
        """Everything comes at least once, so it is kept by its id."""
        calls = [each for each in self.server.rows("/calls", path="/receipts") if each["answered"] == 200]
        return {event["id"]: (event, each["verified"]) for each in calls for event in each["content"]}

    def _left(self) -> float:
        return max(0.0, self.until - time.monotonic())

    def _nothing(self) -> str:
        return f"did not come within {PATIENCE} s"


def _signed(verified: bool) -> str:
    return "signature good" if verified else "signature NOT good"


def _counted(told: Told) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("what Acme's server was told", min_width=30)
    table.add_column("receipts", justify="right")
    table.add_column("signatures good", justify="right")
    all, good = Counter(event["type"] for event, _ in told.values()), Counter[str]()
    good.update(event["type"] for event, verified in told.values() if verified)
    for type in sorted(all):
        table.add_row(type, str(all[type]), str(good[type]))
    return table


def _conclude(told: Told, missing: int, console: Console) -> None:
    bad = sum(not verified for _, verified in told.values())
    if not missing and not bad:
        console.print(f"[green]✓[/] Its server was told of every status: {len(told)} receipts, all signatures good")
        return
    console.print(f"[yellow]![/] {missing} receipts did not come within {PATIENCE} s, {bad} signatures were not good")
    console.print("  GET /rest/v1/receipt_deliveries says what became of each call.", style="dim")
