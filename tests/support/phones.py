"""The world outside: Meta and a gateway, which take, refuse, lose or cut what a test tells them to, and report."""

import hashlib
import hmac
import json
from collections import defaultdict
from dataclasses import dataclass
from itertools import count
from typing import Any

import httpx
import pytest
from parley.providers import guard, http

from tests.support.faults import Faults
from tests.support.invoke import invoke
from tests.support.time import Clock

APP_SECRET = "test-app-secret"
Json = dict[str, Any]


@dataclass(frozen=True)
class Sent:
    """One message that a platform accepted."""

    to: str
    echo: str | None
    id: str
    sender: str
    body: Json

    @property
    def message(self) -> str:
        return str(self.echo).rpartition(".")[2]


class Platform:
    """`script[to]` holds what happens to the next messages of a person: "take", "cut", "lose", or a code."""

    def __init__(self, time: Clock, faults: Faults) -> None:
        self.time, self.faults = time, faults
        self.script: dict[str, list[str]] = defaultdict(list)
        self.accepted: list[Sent] = []
        self.asked = 0
        self._ids = count(1)

    def happens(self, to: str, *what: str) -> None:
        self.script[to] = list(what)

    def sent_to(self, to: str) -> list[Sent]:
        return [each for each in self.accepted if each.to == to]

    def of(self, message: str) -> list[Sent]:
        return [each for each in self.accepted if each.message == message]

    def _take(self, sent: Sent, answer: httpx.Response, request: httpx.Request) -> httpx.Response:
        """`cut`: taken, nobody hears of it. `lose`: not taken, nobody knows. `refuse`: the line was never there."""
        self.asked += 1
        self.faults.before("provider")
        fate = self.script[sent.to].pop(0) if self.script[sent.to] else "take"
        if fate == "refuse":
            raise httpx.ConnectError("no line", request=request)
        if fate == "lose":
            raise httpx.ReadTimeout("no answer", request=request)
        if fate not in ("take", "cut"):
            return self.error(fate)
        self.accepted.append(sent)
        self.faults.after("provider")
        if fate == "cut":
            raise httpx.RemoteProtocolError("cut", request=request)
        return answer

    def error(self, code: str) -> httpx.Response:
        raise NotImplementedError


class Meta(Platform):
    """The Cloud API with its numbers, templates and signed webhooks."""

    numbers: dict[str, str]

    def __init__(self, time: Clock, faults: Faults) -> None:
        super().__init__(time, faults)
        self.numbers = {"106540352242922": "+34 600 00 00 01", "106540352249999": "+34 600 00 00 02"}
        self.templates: dict[str, Json] = {}
        self.dead = False

    def handle(self, request: httpx.Request) -> httpx.Response:
        last = request.url.path.rpartition("/")[2]
        if self.dead:
            return self.error("190")
        if last == "messages":
            return self._message(request)
        if last == "message_templates":
            return self._template(request)
        if last == "subscribed_apps":
            return httpx.Response(200, json={"success": True, "data": [{"whatsapp_business_api_data": {}}]})
        return httpx.Response(200, json={"id": last, "display_phone_number": self.numbers[last], "status": "CONNECTED"})

    def _message(self, request: httpx.Request) -> httpx.Response:
        body, sender = json.loads(request.content), request.url.path.split("/")[-2]
        sent = Sent(body["to"], body.get("biz_opaque_callback_data"), f"wamid.{next(self._ids)}", sender, body)
        who = [{"input": sent.to, "wa_id": sent.to.removeprefix("+")}]
        return self._take(sent, httpx.Response(200, json={"contacts": who, "messages": [{"id": sent.id}]}), request)

    def _template(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            name = request.url.params["name"]
            return httpx.Response(200, json={"data": [row for row in self.templates.values() if row["name"] == name]})
        if request.method == "DELETE":
            return httpx.Response(200, json={"success": True})
        row = {"id": str(next(self._ids)), "status": "PENDING", **json.loads(request.content)}
        self.templates[row["id"]] = row
        return httpx.Response(200, json={"id": row["id"], "status": "PENDING", "category": row["category"]})

    def error(self, code: str) -> httpx.Response:
        return httpx.Response(400, json={"error": {"message": "no", "code": int(code)}})

    def report(self, sent: Sent, word: str, at: int | None = None, code: int = 131026, **more: Any) -> Json:
        """One status of a message, as Meta puts it."""
        seconds = (self.time() if at is None else at) // 1000
        errors = {"errors": [{"code": code, "title": "no"}]} if word == "failed" else {}
        known = {"id": sent.id, "status": word, "timestamp": str(seconds), "recipient_id": sent.to[1:], **errors}
        return {**known, **({"biz_opaque_callback_data": sent.echo} if sent.echo else {}), **more}

    def says(self, *statuses: Json, sender: str = "106540352242922", **value: Any) -> int:
        metadata = {"metadata": {"phone_number_id": sender}}
        return self.posts("messages", {**metadata, **({"statuses": list(statuses)} if statuses else {}), **value})

    def posts(self, what: str, value: Json, secret: str = APP_SECRET) -> int:
        """A signed webhook at the receiver's own door; its answer."""
        body = {"object": "whatsapp_business_account", "entry": [{"changes": [{"field": what, "value": value}]}]}
        raw = json.dumps(body)
        return int(invoke("receive_whatsapp", post("/", raw, {"x-hub-signature-256": sign(raw, secret)}))["statusCode"])


class Gateway(Platform):
    """A customer's SMS gateway; it may carry our reference or not."""

    def __init__(self, time: Clock, faults: Faults) -> None:
        super().__init__(time, faults)
        self.channel = ""

    def handle(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        sent = Sent(body["to"], body.get("reference"), f"g-{next(self._ids)}", "ACME", body)
        return self._take(sent, httpx.Response(200, json={"status": "ok", "id": sent.id}), request)

    def error(self, code: str) -> httpx.Response:
        return httpx.Response(int(code), json={"status": "error", "code": code})

    def says(self, sent: Sent, word: str, secret: str = "report-secret") -> int:
        seconds = str(self.time() // 1000)
        report = {"id": sent.id, "status": word, "time": seconds, **({"reference": sent.echo} if sent.echo else {})}
        raw = json.dumps(report)
        event = post(f"/{self.channel}", raw, {"x-signature": sign(raw, secret)})
        return int(invoke("receive_sms", event)["statusCode"])


def post(path: str, raw: str, headers: dict[str, str]) -> Json:
    return {"rawPath": path, "requestContext": {"http": {"method": "POST"}}, "headers": headers, "body": raw}


def sign(raw: str, secret: str) -> str:
    return "sha256=" + hmac.new(secret.encode(), raw.encode(), hashlib.sha256).hexdigest()


def connect(patch: pytest.MonkeyPatch, meta: Meta, gateway: Gateway) -> None:
    for module, platform in ((http, meta), (guard, gateway)):
        client = httpx.Client(transport=httpx.MockTransport(platform.handle))
        patch.setattr(module, "client", lambda client=client: client)
