"""test_business_system: one signed call over a real socket, and what came of it."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

import httpx
import pytest
from parley.providers import guard
from parley.settings import settings
from parley.store import business_systems
from standardwebhooks import Webhook

from tests.support import builders, kept
from tests.support.builders import SYSTEM, WHATSAPP
from tests.support.events import Json, call, refused
from tests.support.time import Clock


class Receiver(NamedTuple):
    """A business's own server; `heard` are the headers and bodies of the calls it got."""

    url: str
    heard: list[tuple[dict[str, str], str]]


@contextmanager
def receiver(status: int = 200, text: str = "{}", **more: str) -> Iterator[Receiver]:
    heard: list[tuple[dict[str, str], str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            heard.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(status)
            for name, value in {"content-length": str(len(text.encode())), **more}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield Receiver(f"http://127.0.0.1:{server.server_port}/hook", heard)
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(autouse=True)
def _cast(wire: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Customers' addresses lead to this machine, over the program's own client."""
    builders.organization()
    builders.whatsapp()
    monkeypatch.setenv("ALLOW_LOOPBACK_URLS", "true")
    settings.cache_clear()
    mocked = guard.client()
    guard.client.cache_clear()
    yield
    guard.client().close()
    guard.client.cache_clear()
    assert isinstance(mocked._transport, httpx.MockTransport)


def tried(url: str) -> Json:
    builders.business_system(url=url)
    answer = call("test_business_system")
    assert answer.status == 200
    return dict(answer.body)


def test_the_system_gets_one_call_and_knows_that_it_is_us(time: Clock) -> None:
    with receiver(text='{"hello": "wörld"}') as system:
        made = call("business_systems.create_business_system", {"url": system.url}).body
        new = call("refresh_signature", path={"system_id": made["id"]}).body
        answer = call("test_business_system", path={"system_id": made["id"]})
    assert answer.status == 200
    assert answer.body.pop("milliseconds") >= 0
    assert answer.body == {"ok": True, "status": 200, "problem": None, "answer": '{"hello": "wörld"}'}
    [(headers, body)] = system.heard
    data = {"business_system_id": made["id"], "channel_id": WHATSAPP, "name": "Order desk"}
    assert json.loads(body) == {"type": "test", "timestamp": time.text(), "data": data}
    assert headers["parley-signature-token"] == f"{new['signature']} {made['signature']}"
    assert (headers["content-type"], headers["user-agent"]) == ("application/json", "Parley/1")
    for secret in (made["signing_secret"], new["signing_secret"]):
        assert Webhook(secret).verify(body, headers)


def test_nothing_is_kept_of_it() -> None:
    with receiver() as system:
        builders.business_system(url=system.url)
        with kept.nothing_changes():
            assert call("test_business_system").body["ok"]


@pytest.mark.parametrize(
    ("status", "more", "problem"),
    [(204, {}, None), (500, {}, "refused"), (404, {}, "refused"), (302, {"location": "/other"}, "redirected")],
)
def test_what_it_answers_is_told(status: int, more: dict[str, str], problem: str | None) -> None:
    with receiver(status, "", **more) as system:
        body = tried(system.url)
    assert (body["ok"], body["status"], body["problem"]) == (problem is None, status, problem)
    assert len(system.heard) == 1


def test_a_long_answer_is_told_as_far_as_it_matters() -> None:
    with receiver(500, "é" * 4000) as system:
        assert tried(system.url)["answer"] == "é" * 500
    with receiver(200, "x" * 100_000) as system:
        builders.business_system(builders.INTENT, url=system.url)
        body = call("test_business_system", path={"system_id": builders.INTENT}).body
    assert (body["ok"], body["problem"], len(body["answer"])) == (False, "answer_too_large", 500)


def test_nobody_there_is_told_too() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    body = tried(f"http://127.0.0.1:{port}/hook")
    assert (body["ok"], body["status"], body["problem"], body["answer"]) == (False, None, "unreachable", None)


def test_an_address_that_leads_inside_is_not_called(monkeypatch: pytest.MonkeyPatch) -> None:
    """The name was public when it was kept, and is not any more."""
    inside = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.1", 443))]
    real = socket.getaddrinfo

    def resolve(host: Any, *rest: Any, **more: Any) -> Any:
        return inside if host == "shop.example.com" else real(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    body = tried("https://shop.example.com/parley")
    assert (body["ok"], body["status"], body["problem"]) == (False, None, "address_not_allowed")


def test_one_that_was_deleted_meanwhile_is_not_called(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(business_systems, "sealed", lambda *_: None)
    with receiver() as system:
        builders.business_system(url=system.url)
        assert refused(call("test_business_system"))[:2] == (404, "not_found")
    assert system.heard == []


def test_only_what_exists_is_called() -> None:
    assert refused(call("test_business_system", path={"system_id": SYSTEM}))[:2] == (404, "not_found")
