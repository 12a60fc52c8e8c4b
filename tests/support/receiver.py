"""A business's own server on a real socket: keeps what it is sent, and has bad days."""

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from standardwebhooks import Webhook

Json = dict[str, Any]
HANG = -1
"""As a status: says nothing until the other side has hung up."""
LONGEST_HANG = 15.0


class Reply(NamedTuple):
    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


class Post(NamedTuple):
    path: str
    headers: dict[str, str]
    body: bytes
    at: float
    status: int

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def events(self) -> Any:
        return json.loads(self.body)


Fate = Callable[[str, int], Reply]
"""Decides by the webhook's id and which of its calls this is, from 1."""


class Receiver:
    """`fates` by path; fine where there is none. `posts` has every call, also those that it failed."""

    def __init__(self) -> None:
        self.posts: list[Post] = []
        self.fates: dict[str, Fate] = {}
        self._calls: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def at(self, path: str, *, ok: bool = True) -> list[Post]:
        """What came there; with `ok` only what it took."""
        return [each for each in list(self.posts) if each.path == path and (each.ok or not ok)]

    def events(self, path: str) -> list[Json]:
        return [event for post in self.at(path) for event in post.events]

    def _reply(self, path: str, headers: dict[str, str], body: bytes) -> Reply:
        id = headers.get("webhook-id", "")
        with self._lock:
            self._calls[id] += 1
            reply = self.fates.get(path, lambda _, __: Reply())(id, self._calls[id])
            self.posts.append(Post(path, headers, body, time.time(), reply.status))
        return reply


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = receiver._reply(self.path, headers, body)
            if reply.status == HANG:
                self._hang()
                return
            self.send_response(reply.status)
            for name, value in reply.headers:
                self.send_header(name, value)
            self.send_header("content-length", str(len(reply.body)))
            self.end_headers()
            self._write(reply.body)

        def _hang(self) -> None:
            self.connection.settimeout(LONGEST_HANG)
            with suppress(OSError):
                self.connection.recv(1)
            self.close_connection = True

        def _write(self, body: bytes) -> None:
            try:
                self.wfile.write(body)
            except OSError:
                self.close_connection = True  # whoever called has heard enough

        def log_message(self, format: str, *args: Any) -> None:
            return

    return Handler


@contextmanager
def receiver() -> Iterator[Receiver]:
    """A server for the length of a `with` block."""
    started = Receiver()
    thread = threading.Thread(target=started._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield started
    finally:
        started._server.shutdown()
        started._server.server_close()
        thread.join(5)


def verified(post: Post, *secrets: str) -> bool:
    """Whether each of the secrets signed it, by the package that a business would use. `verify` refuses what is older
    than five minutes, so that is looked at by hand: the call came when it says."""
    given = post.headers["webhook-signature"].split(" ")
    signed = [Webhook(secret).sign(post.id, _time(post), post.body.decode()) in given for secret in secrets]
    return all(signed) and abs(_time(post).timestamp() - post.at) < 60


def _time(post: Post) -> datetime:
    return datetime.fromtimestamp(int(post.headers["webhook-timestamp"]), UTC)


def bad_days(failing: float, hanging: float, mends: int = 6, seed: int = 7) -> Fate:
    """Shares of calls fail and hang, at random; the call number `mends` of a webhook and later ones are fine,
    so that a test ends."""
    dice = random.Random(seed)

    def fate(_: str, call: int) -> Reply:
        thrown = dice.random()
        if call >= mends or thrown >= failing + hanging:
            return Reply()
        return Reply(HANG) if thrown < hanging else Reply(dice.choice((500, 502, 503)))

    return fate


def dead(_: str, __: int) -> Reply:
    return Reply(503)
