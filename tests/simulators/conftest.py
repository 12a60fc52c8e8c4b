"""The simulators on real sockets, a webhook receiver, and small drivers for both."""

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from local.simulators.stack import Simulators
from local.simulators.wire.reply import Reply
from local.simulators.wire.request import Request
from local.simulators.wire.server import Server

WABA, PHONE = "102290129340398", "106540352242922"
PATIENCE = 10
QUICK = {
    "whatsapp": {"sent_seconds": 0.01, "delivered_seconds": 0.03, "read_seconds": 0.05, "review_seconds": 0.02}
    | {"retry_seconds": 0.02},
    "sms_gateway": {"report_seconds": 0.02, "retry_seconds": 0.02},
    "sms_voice": {"sent_seconds": 0.01, "delivered_seconds": 0.03},
    "telegram": {"retry_seconds": 0.02, "webhook_interval": None, "bot_rate": None, "chat_rate": None}
    | {"group_rate": None, "shuffle_seconds": 0.02, "retry_after_scale": 0.02},
}


class Hook:
    """A webhook endpoint that remembers what it got."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.changed = threading.Condition()
        self.statuses: list[int] = []  # answers for the next POSTs; afterwards 200
        self.answers: list[Reply] = []  # the same with a body
        self.before: Callable[[Request], None] = lambda request: None
        self.verify_token = "local-verify-token"
        self.server = Server(0, self.handle, lambda request, error: None)
        self.server.start()
        self.url = self.server.url + "/hook"

    def handle(self, request: Request) -> Reply:
        if request.method == "GET":
            known = request.query.get("hub.verify_token") == self.verify_token
            return Reply(200, request.query["hub.challenge"].encode()) if known else Reply(403)
        with self.changed:
            self.requests.append(request)
            self.changed.notify_all()
        self.before(request)
        with self.changed:
            if self.answers:
                return self.answers.pop(0)
            return Reply(self.statuses.pop(0) if self.statuses else 200)

    def until(self, ready: Callable[[], Any]) -> Any:
        with self.changed:
            assert self.changed.wait_for(ready, PATIENCE), [request.body for request in self.requests]
            return ready()

    def payloads(self) -> list[dict[str, Any]]:
        return [json.loads(request.body) for request in self.requests]

    def changes(self, field: str = "messages") -> list[dict[str, Any]]:
        entries = [entry for payload in self.payloads() for entry in payload["entry"]]
        return [change["value"] for entry in entries for change in entry["changes"] if change["field"] == field]

    def all_statuses(self) -> list[dict[str, Any]]:
        return [status for value in self.changes() for status in value.get("statuses", [])]

    def words(self, wamid: str | None = None) -> list[str]:
        return [status["status"] for status in self.all_statuses() if wamid in (None, status["id"])]


class Driver:
    """The simulators as a test sees them."""

    def __init__(self, urls: dict[str, str]) -> None:
        self.urls = urls
        self.http = httpx.Client(timeout=PATIENCE, trust_env=False)

    def graph(self, method: str, path: str, token: str | None = "EAA-local-test", **kwargs: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        headers |= kwargs.pop("headers", {})
        return self.http.request(method, f"{self.urls['graph_url']}/v25.0{path}", headers=headers, **kwargs)

    def control(self, method: str, path: str, /, **body: Any) -> Any:
        answer = self.http.request(method, self.urls["control_url"] + path, json=body or None)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def configure(self, **settings: dict[str, Any]) -> None:
        self.control("POST", "/settings", **settings)

    def send(self, kkkk: str, serial: int = 1, **body: Any) -> httpx.Response:
        """A text with an open window, unless the body says otherwise."""
        whole = {"messaging_product": "whatsapp", "to": f"+49151{kkkk}{serial:04}", "type": "text", **body}
        if whole["type"] == "text":
            whole.setdefault("text", {"body": "Hello"})
        return self.graph("POST", f"/{PHONE}/messages", json=whole)

    def create_template(self, name: str = "order_ready", **changes: Any) -> httpx.Response:
        example = {"body_text": [["Ana", "A-19"]]}
        text = "Hello {{1}}, your order {{2}} is ready to be picked up."
        body = {"name": name, "language": "en_US", "category": "UTILITY", **changes}
        body.setdefault("components", [{"type": "BODY", "text": text, "example": example}])
        return self.graph("POST", f"/{WABA}/message_templates", json=body)

    def subscribe(self, hook: Hook) -> None:
        self.control("POST", "/callback", callback_url=hook.url, verify_token=hook.verify_token)
        assert self.graph("POST", f"/{WABA}/subscribed_apps").json() == {"success": True}

    def eventually(self, ready: Callable[[], Any]) -> Any:
        """Polls a condition of the simulators, with a time bound."""
        pause = threading.Event()
        for _ in range(PATIENCE * 100):
            found = ready()
            if found:
                return found
            pause.wait(0.01)
        raise AssertionError("it did not happen in time")


class Bot:
    """One Telegram bot as its owner uses it, and the people around it."""

    def __init__(self, sims: Driver, bot_id: int = 7000000001) -> None:
        self.sims, self.id = sims, bot_id
        self.token = f"{bot_id}:{'A' * 35}"

    def call(self, method: str, files: Any = None, token: str | None = None, **params: Any) -> httpx.Response:
        url = f"{self.sims.urls['telegram_url']}/bot{token or self.token}/{method}"
        return self.sims.http.post(url, data=params, files=files) if files else self.sims.http.post(url, json=params)

    def ok(self, method: str, files: Any = None, **params: Any) -> Any:
        answer = self.call(method, files, **params)
        assert answer.status_code == 200, answer.text
        assert answer.json()["ok"]
        return answer.json()["result"]

    def refused(self, method: str, files: Any = None, **params: Any) -> tuple[int, str]:
        answer = self.call(method, files, **params)
        body = answer.json()
        assert (body["ok"], body["error_code"]) == (False, answer.status_code)
        return answer.status_code, body["description"]

    def send(self, chat: int | str = 900010001, text: str = "Hello", **params: Any) -> dict[str, Any]:
        return dict(self.ok("sendMessage", chat_id=chat, text=text, **params))

    def play(self, path: str, **body: Any) -> Any:
        return self.sims.control("POST", f"/telegram/{path}", bot=self.id, **body)

    def look(self, path: str, **query: Any) -> Any:
        more = "".join(f"&{name}={value}" for name, value in query.items())
        return self.sims.control("GET", f"/telegram/{path}?bot={self.id}{more}")

    def configure(self, **settings: Any) -> None:
        self.sims.configure(telegram=settings)

    def bind(self, hook: Hook, **params: Any) -> None:
        assert self.ok("setWebhook", url=hook.url, secret_token="s-3_x", **params)

    def delivered(self) -> dict[str, Any]:
        return dict(self.sims.control("GET", "/webhooks")["telegram"])


@pytest.fixture
def bot(sims: Driver) -> Bot:
    return Bot(sims)


@pytest.fixture
def bound(bot: Bot, hook: Hook) -> Bot:
    """A bot whose updates go to the hook."""
    bot.bind(hook)
    return bot


@pytest.fixture(scope="session")
def running() -> Iterator[Driver]:
    simulators = Simulators()
    yield Driver(simulators.start())
    simulators.stop()


@pytest.fixture
def sims(running: Driver) -> Driver:
    """Fresh simulators with short delays; the window is always open unless a test wants it."""
    running.control("POST", "/reset", everything=True)
    running.configure(**QUICK)
    running.configure(whatsapp={"window_seconds": None, "reject_same_body": False})
    return running


@pytest.fixture
def hook() -> Iterator[Hook]:
    receiver = Hook()
    yield receiver
    receiver.server.stop()


@pytest.fixture
def subscribed(sims: Driver, hook: Hook) -> Driver:
    sims.subscribe(hook)
    return sims
