"""The second act, on a channel as unlike the first as can be: a person writes to a bot, the business answers, a post
goes out to a broadcast channel. Telegram has no receipts, so what went out stays `sent`."""

from collections.abc import Callable
from typing import TypeVar

from rich.console import Console
from rich.live import Live

from local.stack import Stack
from local.story.api import Api, Json, Trouble, step
from local.story.channels import existing_or_new
from local.story.lines import Lines, awaited
from local.story.scene import Scene

BOT = "7000000001"
TOKEN = f"{BOT}:{'local-story-' * 3}"[:46]
NEWS = "@acme_news"
PATIENCE = 20
T = TypeVar("T")


def perform(stack: Stack, scene: Scene, console: Console) -> bool:
    """Whether everything came where it should."""
    console.print()
    api, simulators = scene.api, Api(stack.simulators["control_url"])
    with step(console, 'Channel "Acme on Telegram"') as say:
        channel = _bound(api)
        say(f"bound to {channel['binding']['sender']}: token sealed, webhook set")
    simulators.post("/telegram/chats", {"bot": BOT, "type": "channel", "title": "Acme", "username": NEWS[1:]})
    Act(api, simulators, str(channel["id"]), scene.run).play(console)
    return True


def _bound(api: Api) -> Json:
    """Bound again in every run: the address of the simulated Telegram is another one."""
    channel = existing_or_new(api, "Acme on Telegram", "TELEGRAM")
    return api.post(f"/channel_accounts/{channel['id']}/bind", {"credentials": {"token": TOKEN}})


class Act:
    """Who says what to whom, line after line in one table."""

    def __init__(self, api: Api, simulators: Api, channel: str, run: int) -> None:
        self.api, self.simulators, self.channel, self.run = api, simulators, channel, run
        self.hana = 420_000 + run
        self.lines = Lines()

    def play(self, console: Console) -> None:
        with Live(self.lines.table(), console=console, auto_refresh=False) as live:
            for scene in (self._asks, self._answers, self._presses, self._posts):
                scene()
                live.update(self.lines.table(), refresh=True)
        console.print()

    def _asks(self) -> None:
        said = {"bot": BOT, "from": {"id": self.hana, "first_name": "Hana"}, "kind": "text", "text": "Is it ready?"}
        self.simulators.post("/telegram/inbound", said)
        self.question = self._received("text")
        self.lines.add("Hana → Acme", "Is it ready?", self.question["status"])

    def _answers(self) -> None:
        body = {
            "type": "text",
            "format": "html",
            "text": "<b>Yes</b>, at our counter.",
            "reply_to": self.question["id"],
        }
        body["buttons"] = [[{"text": "On my way", "payload": "coming"}]]
        self.answer = self._sent(str(self.hana), "answer", body)
        self.lines.add("Acme → Hana", "Yes, at our counter. [On my way]", f"{self.answer['status']}, answers hers")

    def _presses(self) -> None:
        number = int(self.answer["provider_message_id"].partition("/")[2])
        press = {"bot": BOT, "from": self.hana, "chat": self.hana, "message_id": number, "data": "coming"}
        pressed = self.simulators.post("/telegram/press", press)["callback_query_id"]
        found = self._received("button")
        _until(lambda: self._is_answered(pressed), "the button's spinner did not stop")
        self.lines.add("Hana → Acme", "[On my way] is pressed", f"{found['status']}, answered")

    def _posts(self) -> None:
        post = self._sent(NEWS, "post", {"type": "text", "text": "Open until 9 today."})
        self.lines.add(f"Acme → {NEWS}", "Open until 9 today.", f"{post['status']} to its followers")

    def _sent(self, to: str, name: str, content: Json) -> Json:
        body = {"channel_id": self.channel, "to": to, **content}
        made = self.api.post("/messages", body, f"story-{self.run}-bot-{name}")["id"]
        return _until(lambda: self._reached(made), f"the {name} was not sent")

    def _reached(self, message: str) -> Json | None:
        found = self.api.get(f"/messages/{message}")
        if found["status"] == "failed":
            raise Trouble("Telegram refused it.", found)
        return found if found["status"] == "sent" else None

    def _received(self, kind: str) -> Json:
        def look() -> Json | None:
            rows = self.api.get("/messages", to=f"chat:{self.hana}")["items"]
            return next((row for row in rows if (row["direction"], row["type"]) == ("in", kind)), None)

        return _until(look, f"the {kind} did not come in")

    def _is_answered(self, query: str) -> bool:
        asked = self.simulators.rows("/telegram/callbacks", bot=BOT)
        return any(each["id"] == query and each["answered"] for each in asked)


def _until(look: Callable[[], T | None], otherwise: str) -> T:
    found = awaited(look, PATIENCE)
    if not found:
        raise Trouble(otherwise)
    return found
