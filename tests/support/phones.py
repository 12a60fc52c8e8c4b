"""The world outside: Meta, a gateway and the Bot API, which take, refuse, lose or cut as a test says, and report."""

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
from tests.support.platforms import multipart
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
    """The Cloud API with its numbers, templates and signed webhooks. `judged`: other categories than asked, by name.
    `known_as`: people who have another number there than the one that is dialled."""

    numbers: dict[str, str]

    def __init__(self, time: Clock, faults: Faults) -> None:
        super().__init__(time, faults)
        self.numbers = {"106540352242922": "+34 600 00 00 01", "106540352249999": "+34 600 00 00 02"}
        self.templates: dict[str, Json] = {}
        self.judged: dict[str, str] = {}
        self.known_as: dict[str, str] = {}
        self.dead = False

    def handle(self, request: httpx.Request) -> httpx.Response:
        last = request.url.path.rpartition("/")[2]
        if self.dead:
            return self.error("190")
        if last == "messages":
            return self._message(request)
        if last == "message_templates":
            return self._template(request)
        if last in self.templates and request.method == "POST":
            self.templates[last] |= {"status": "PENDING", **json.loads(request.content)}
            return httpx.Response(200, json={"success": True})
        if last == "subscribed_apps":
            return httpx.Response(200, json={"success": True, "data": [{"whatsapp_business_api_data": {}}]})
        return httpx.Response(200, json={"id": last, "display_phone_number": self.numbers[last], "status": "CONNECTED"})

    def _message(self, request: httpx.Request) -> httpx.Response:
        body, sender = json.loads(request.content), request.url.path.split("/")[-2]
        sent = Sent(body["to"], body.get("biz_opaque_callback_data"), f"wamid.{next(self._ids)}", sender, body)
        who = [{"input": sent.to, "wa_id": self.known_as.get(sent.to, sent.to).removeprefix("+")}]
        return self._take(sent, httpx.Response(200, json={"contacts": who, "messages": [{"id": sent.id}]}), request)

    def _template(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            name = request.url.params.get("name", "")
            return httpx.Response(200, json={"data": [row for row in self.templates.values() if name in row["name"]]})
        if request.method == "DELETE":
            self.templates.pop(request.url.params["hsm_id"], None)
            return httpx.Response(200, json={"success": True})
        row = {"id": str(next(self._ids)), "status": "PENDING", **json.loads(request.content)}
        if any((one["name"], one["language"]) == (row["name"], row["language"]) for one in self.templates.values()):
            taken = {"message": "no", "code": 100, "error_subcode": 2388024}
            return httpx.Response(400, json={"error": taken})
        row["category"] = self.judged.get(row["name"], row["category"])
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

    def posts(self, what: str, value: Json, secret: str = APP_SECRET, path: str = "", **entry: Any) -> int:
        """A signed webhook at the receiver's own door, or at a channel's; its answer."""
        changes = [{"field": what, "value": value}]
        raw = json.dumps({"object": "whatsapp_business_account", "entry": [{**entry, "changes": changes}]})
        event = post(f"/{path}", raw, {"x-hub-signature-256": sign(raw, secret)})
        return int(invoke("receive_whatsapp", event)["statusCode"])


class Gateway(Platform):
    """A customer's SMS gateway; it may carry our reference or not. `others` are further channels of it, by their
    authorization."""

    def __init__(self, time: Clock, faults: Faults) -> None:
        super().__init__(time, faults)
        self.channel = ""
        self.others: dict[str, str] = {}
        self.by: dict[str, str] = {}

    def handle(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        sent = Sent(body["to"], body.get("reference"), f"g-{next(self._ids)}", "ACME", body)
        other = self.others.get(request.headers.get("authorization", ""))
        self.by |= {sent.id: other} if other else {}
        return self._take(sent, httpx.Response(200, json={"status": "ok", "id": sent.id}), request)

    def error(self, code: str) -> httpx.Response:
        return httpx.Response(int(code), json={"status": "error", "code": code})

    def says(self, sent: Sent, word: str, secret: str = "report-secret") -> int:
        seconds = str(self.time() // 1000)
        report = {"id": sent.id, "status": word, "time": seconds, **({"reference": sent.echo} if sent.echo else {})}
        raw = json.dumps(report)
        event = post(f"/{self.by.get(sent.id, self.channel)}", raw, {"x-signature": sign(raw, secret)})
        return int(invoke("receive_sms", event)["statusCode"])


class Telegram(Platform):
    """The Bot API of one bot. Fates: "blocked", "migrate:<new id>", "wait:<seconds>", or a description of a 400."""

    token, bot, username = "7000000001:AAexample-token-of-a-bot-0123456789abc", 7000000001, "shop_bot"

    def __init__(self, time: Clock, faults: Faults) -> None:
        super().__init__(time, faults)
        self.channel = self.secret = ""
        self.files: dict[str, bytes] = {}
        self.other: list[tuple[str, Json]] = []
        self.upgraded: dict[str, str] = {}
        self.at: list[tuple[str, int]] = []
        self._updates = count(9001)

    def handle(self, request: httpx.Request) -> httpx.Response:
        where, _, method = request.url.path.removeprefix("/file").partition("/bot")[2].partition("/")
        if where != self.token:
            return self.error("401")
        if request.method == "GET":
            return self._file(method)
        body = _of_form(request)
        if method.startswith("send") and method != "sendChatAction":
            return self._message(method, body, request)
        return self._call(method, body)

    def _file(self, path: str) -> httpx.Response:
        kept = self.files.get(path)
        return httpx.Response(404) if kept is None else httpx.Response(200, content=kept)

    def _call(self, method: str, body: Json) -> httpx.Response:
        if str(body.get("chat_id")) in self.upgraded:
            return self.error(f"migrate:{self.upgraded[str(body['chat_id'])]}")
        self.other.append((method, body))
        if method == "getMe":
            return _ok({"id": self.bot, "is_bot": True, "username": self.username})
        if method == "setWebhook":
            self.secret = body["secret_token"]
        if method == "getFile":
            return _ok({"file_id": body["file_id"], "file_path": body["file_id"]})
        return self.error(self.script[method].pop(0)) if self.script[method] else _ok(True)

    def _message(self, method: str, body: Json, request: httpx.Request) -> httpx.Response:
        number = next(self._ids)
        sent = Sent(str(body["chat_id"]), None, f"{body['chat_id']}/{number}", method, body)
        chat = {"id": int(sent.to) if sent.to.lstrip("-").isdigit() else -100555}
        message = {"message_id": number, "date": self.time() // 1000, "chat": chat}
        if method == "sendDocument":
            message["document"] = {"file_id": f"FILE-{number}"}
        answer = self._take(sent, _ok([message] if method == "sendMediaGroup" else message), request)
        if answer.status_code == httpx.codes.OK:
            self.at.append((sent.to, self.time()))
        return answer

    def error(self, code: str) -> httpx.Response:
        kind, _, value = code.partition(":")
        if kind == "401":
            return _refused(401, "Unauthorized")
        if kind == "blocked":
            return _refused(403, "Forbidden: bot was blocked by the user")
        if kind == "migrate":
            return _refused(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=int(value))
        if kind == "wait":
            return _refused(429, f"Too Many Requests: retry after {value}", retry_after=int(value))
        return _refused(400, code)

    def texts(self, to: str) -> list[str]:
        return [str(each.body["text"]) for each in self.sent_to(to)]

    def called(self, method: str) -> list[Json]:
        return [body for name, body in self.other if name == method]

    def says(self, secret: str | None = None, **update: Any) -> int:
        """One update at the receiver's own door; its answer."""
        raw = json.dumps({"update_id": next(self._updates), **update})
        headers = {"x-telegram-bot-api-secret-token": self.secret if secret is None else secret}
        return int(invoke("receive_telegram", post(f"/{self.channel}", raw, headers))["statusCode"])

    def writes(self, chat: int = 4211, number: int = 1, **more: Any) -> int:
        """A person, or a group, writes to the bot."""
        known = {"message_id": number, "chat": {"id": chat}, "from": {"id": 4211}, "date": self.time() // 1000}
        return self.says(message={**known, **(more or {"text": "Hello"})})

    def member(self, status: str, chat: int = 4211) -> int:
        known = {"chat": {"id": chat}, "date": self.time() // 1000, "new_chat_member": {"status": status}}
        return self.says(my_chat_member=known)


def _ok(result: Any) -> httpx.Response:
    return httpx.Response(200, json={"ok": True, "result": result})


def _refused(code: int, description: str, **parameters: Any) -> httpx.Response:
    more = {"parameters": parameters} if parameters else {}
    return httpx.Response(code, json={"ok": False, "error_code": code, "description": description, **more})


def _of_form(request: httpx.Request) -> Json:
    body: Json = multipart(request) if "multipart" in request.headers["content-type"] else json.loads(request.content)
    return body


def post(path: str, raw: str, headers: dict[str, str]) -> Json:
    return {"rawPath": path, "requestContext": {"http": {"method": "POST"}}, "headers": headers, "body": raw}


def sign(raw: str, secret: str) -> str:
    return "sha256=" + hmac.new(secret.encode(), raw.encode(), hashlib.sha256).hexdigest()


def connect(patch: pytest.MonkeyPatch, meta: Meta, gateway: Gateway, telegram: Telegram) -> None:
    def own(request: httpx.Request) -> httpx.Response:
        return (telegram if request.url.host == "api.telegram.org" else meta).handle(request)

    for module, handle in ((http, own), (guard, gateway.handle)):
        client = httpx.Client(transport=httpx.MockTransport(handle))
        patch.setattr(module, "client", lambda client=client: client)
