"""A small client of a running stack: what a customer of Parley can do over HTTP, and waiting for what must happen."""

import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx

from local.stack import Stack

Json = dict[str, Any]
T = TypeVar("T")
BODY = "Hello $(name), your order $(order) is ready to be picked up at our shop in the main street."
VALUES = {"name": "Ana", "order": "A-19"}
_pause = threading.Event()


def eventually(condition: Callable[[], T], within: float, what: object = "", every: float = 0.15) -> T:
    """The first truthy result of `condition`; fails when none comes in time. `what` may be called for the message."""
    deadline = time.monotonic() + within
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within} s: {what() if callable(what) else what} (last: {found!r})")
        _pause.wait(every)
    return found


@dataclass(frozen=True)
class Number:
    """A WhatsApp number of the simulated Meta, with an account of its own."""

    id: str
    waba: str
    display: str

    @property
    def settings(self) -> Json:
        return {"waba_id": self.waba, "phone_number_id": self.id}


class Organization:
    """One organization's key: every method is one request, or a few that belong together."""

    def __init__(self, stack: Stack, created: Json) -> None:
        self.stack, self.id, self.key = stack, created["organization"]["id"], created["api_key"]["secret"]
        self.http = httpx.Client(base_url=f"{stack.api_url}/rest/v1", timeout=30, trust_env=False)

    def ask(self, method: str, path: str, body: object = None, key: str | None = "", **more: Any) -> httpx.Response:
        """`key`: another one than the organization's, None for none; `idempotency`: the header of that name.

        A 429 that is no problem document means that the engine runs as many functions as it may; nothing happened, and
        it is asked again."""
        secret = self.key if key == "" else key
        headers = {"Authorization": f"Bearer {secret}"} if secret else {}
        headers |= {"Idempotency-Key": more.pop("idempotency")} if "idempotency" in more else {}
        request = self.http.build_request(method, path, json=body, headers=headers, params=more or None)
        answers = (self.http.send(request) for _ in itertools.count())
        return eventually(lambda: next((answer for answer in [next(answers)] if not _is_busy(answer)), None), 60)

    def call(self, method: str, path: str, body: object = None, expect: int = 200, **more: Any) -> Json:
        answer = self.ask(method, path, body, **more)
        assert answer.status_code == expect, f"{method} {path}: {answer.status_code} {answer.text[:600]}"
        return dict(answer.json()) if answer.content else {}

    def whatsapp(self, number: Number, token: str = "EAA-local-1", **credentials: str) -> str:
        """The id of a new channel, bound to the number; SMS may be its fallback."""
        channel = self.call("POST", "/channel_accounts", {"name": "WhatsApp", "type": "WHATSAPP"}, expect=201)["id"]
        self.bind(channel, number.settings, {"access_token": token, **credentials})
        self.call("PATCH", f"/channel_accounts/{channel}/service_settings", {"activate_sms": True})
        return str(channel)

    def sms(self, settings: Json | None = None, credentials: Json | None = None) -> str:
        channel = self.call("POST", "/channel_accounts", {"name": "SMS", "type": "SMS"}, expect=201)["id"]
        self.bind(channel, settings or {"gateway": "AWS", "sender_id": "ACME"}, credentials or {})
        return str(channel)

    def bind(self, channel: str, settings: Json, credentials: Json, expect: int = 200) -> Json:
        body = {"settings": settings, "credentials": credentials}
        return self.call("POST", f"/channel_accounts/{channel}/bind", body, expect)

    def channel(self, channel: str) -> Json:
        return self.call("GET", f"/channel_accounts/{channel}")

    def events(self, channel: str) -> list[str]:
        """The kinds in the channel's log, the newest first."""
        return [event["kind"] for event in self.call("GET", f"/channel_accounts/{channel}/events")["items"]]

    def submit(self, channel: str, name: str, text: str = BODY, **changes: Any) -> str:
        """The id of a new template that waits for its review."""
        body = {"channel_id": channel, "name": name, "language": "en", "category": "UTILITY", **changes}
        body |= {"components": [{"type": "BODY", "text": text}], "samples": VALUES if text == BODY else {}}
        template = self.call("POST", "/templates", body, expect=201)["id"]
        self.call("POST", f"/templates/{template}/submit")
        return str(template)

    def approved(self, channel: str, name: str = "order_ready", text: str = BODY, **changes: Any) -> str:
        template = self.submit(channel, name, text, **changes)
        eventually(lambda: self.template(template)["status"] == "approved", 20, lambda: self.template(template))
        return template

    def template(self, template: str) -> Json:
        return self.call("GET", f"/templates/{template}")

    def send(self, channel: str, to: str, **fields: Any) -> Json:
        """A template message, unless `fields` say otherwise."""
        more = {name: fields.pop(name) for name in ("idempotency", "expect") if name in fields}
        template = {"type": "template", "template": "order_ready", "language": "en", "variables": VALUES}
        body = {"channel_id": channel, "to": to, **({} if "type" in fields else template), **fields}
        return self.call("POST", "/messages", body, **{"expect": 202, **more})

    def message(self, message: str) -> Json:
        return self.call("GET", f"/messages/{message}")

    def reaches(self, message: str, status: str, within: float = 20) -> Json:
        """The message, once it has this status."""
        eventually(lambda: self.message(message)["status"] == status, within, lambda: self.message(message))
        return self.message(message)

    def messages(self, **query: Any) -> Iterator[Json]:
        """Every row of a list, page after page."""
        while True:
            page = self.call("GET", "/messages", **query)
            yield from page["items"]
            if page["next"] is None:
                return
            query["next"] = page["next"]


def _is_busy(answer: httpx.Response) -> bool:
    return answer.status_code == 429 and "problem" not in answer.headers.get("content-type", "")


@dataclass(frozen=True)
class Shop:
    """A business that is ready to send: its number, its channels and an approved template `order_ready`."""

    organization: Organization
    number: Number
    whatsapp: str
    sms: str

    def send(self, to: str, **fields: Any) -> Json:
        return self.organization.send(self.whatsapp, to, **fields)

    def fallback(self, **changes: Any) -> Json:
        """A text by SMS, after ten seconds unless `changes` say otherwise."""
        return {"channel_id": self.sms, "wait": 10, "text": "Your order is ready.", **changes}


@dataclass(frozen=True)
class Begun:
    """What needs a minute, begun with the session, so that its tests hardly wait."""

    organization: Organization
    silent_template: str
    revoked_key: str


def organization(stack: Stack, name: str, **more: str) -> Organization:
    """A new organization with its first key; the one thing that has no route."""
    function = stack.resources["CreateOrganizationFunction"]
    answer = stack.client("lambda").invoke(FunctionName=function, Payload=json.dumps({"name": name, **more}))
    assert "FunctionError" not in answer
    return Organization(stack, json.load(answer["Payload"]))


def times(message: Json) -> dict[str, str]:
    """When each status was reached."""
    return {entry["status"]: entry["at"] for entry in message["timeline"]}


def wake(stack: Stack) -> None:
    """What the minute does for receipts and intents."""
    answer = stack.client("lambda").invoke(FunctionName=stack.resources["WakeReceiptsFunction"], Payload="{}")
    assert "FunctionError" not in answer, answer["Payload"].read()
