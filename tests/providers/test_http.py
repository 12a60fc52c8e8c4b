"""The one way to a platform, on real sockets: one call, over in time, told apart by what may have arrived."""

import gzip
import socket
import time
from collections.abc import Iterator
from threading import Event

import httpx
import pytest
from parley.errors import OutcomeUnknown, ProviderError, Unavailable
from parley.providers import guard, http
from parley.settings import settings

from tests.support.line import Play, answers, answers_and_hangs_up, hangs_up, line

NEVER = Event()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A call may take one second."""
    monkeypatch.setenv("CALL_TIMEOUT", "1")
    monkeypatch.setenv("ALLOW_LOOPBACK_URLS", "true")
    for kept in (settings, http.client, guard.client):
        kept.cache_clear()
    yield
    for kept in (settings, http.client, guard.client):
        kept.cache_clear()


@pytest.fixture(params=["own", "guarded"])
def client(request: pytest.FixtureRequest) -> httpx.Client:
    return http.client() if request.param == "own" else guard.client()


def call(client: httpx.Client, port: int, **more: object) -> httpx.Response:
    request = client.build_request("POST", f"http://127.0.0.1:{port}/send", json={"to": "x"})
    return http.call(request, client)


def silent(connection: socket.socket) -> None:
    NEVER.wait(3)


def half(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n" + b'{"id"')
    hangs_up(connection)


def half_of_chunks(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n" + b'{"id"')
    hangs_up(connection)


def garbage(connection: socket.socket) -> None:
    connection.sendall(b"SSH-2.0-OpenSSH_9.6\r\n")
    hangs_up(connection)


def drips(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n")
    for _ in range(40):
        connection.sendall(b" ")
        NEVER.wait(0.1)


def floods(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 3000000\r\n\r\n" + b" " * 3_000_000)


def bomb(connection: socket.socket) -> None:
    """A body that says it is compressed and is not."""
    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\nabcd")


def packed_twice(connection: socket.socket) -> None:
    """A gigabyte in two kilobytes."""
    packed = gzip.compress(gzip.compress(bytes(1_000_000)) * 1000)
    lines = f"content-encoding: gzip\r\ncontent-encoding: gzip\r\ncontent-length: {len(packed)}"
    connection.sendall(f"HTTP/1.1 200 OK\r\n{lines}\r\n\r\n".encode() + packed)


def packed_tight(connection: socket.socket) -> None:
    packed = gzip.compress(bytes(3_000_000))
    lines = f"content-encoding: gzip\r\ncontent-length: {len(packed)}"
    connection.sendall(f"HTTP/1.1 200 OK\r\n{lines}\r\n\r\n".encode() + packed)


def always_has_more(connection: socket.socket) -> None:
    """No read ever waits, and no answer ever comes."""
    while True:
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * 500)


FAULTS: list[Play] = [silent, hangs_up, half, half_of_chunks, garbage, drips, floods, bomb]
FAULTS += [packed_twice, packed_tight, always_has_more]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda each: each.__name__)
def test_what_breaks_after_the_request_left_is_unknown_and_not_tried_again(client: httpx.Client, fault: Play) -> None:
    started = time.monotonic()
    with line(fault) as server, pytest.raises(ProviderError) as caught:
        call(client, server.port)
    assert type(caught.value) is OutcomeUnknown
    assert (server.requests, server.connections) == (1, 1)
    assert time.monotonic() - started < 2.5


def test_a_closed_port_took_nothing(client: httpx.Client) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(Unavailable):
        call(client, port)


@pytest.mark.parametrize("url", ["https://nowhere.invalid/", "ftp://127.0.0.1/x"])
def test_what_cannot_be_reached_took_nothing(client: httpx.Client, url: str) -> None:
    with pytest.raises(Unavailable):
        http.call(client.build_request("GET", url), client)


def test_a_good_answer(client: httpx.Client) -> None:
    with line(answers) as server:
        assert call(client, server.port).status_code == 200
        assert call(client, server.port).status_code == 200
        assert server.requests == 2


def test_a_packed_answer(client: httpx.Client) -> None:
    def packs(connection: socket.socket) -> None:
        packed = gzip.compress(b'{"id": 1}')
        lines = f"content-encoding: gzip\r\ncontent-length: {len(packed)}"
        connection.sendall(f"HTTP/1.1 200 OK\r\n{lines}\r\n\r\n".encode() + packed)

    with line(packs) as server:
        assert http.parsed(call(client, server.port)) == {"id": 1}


def test_a_connection_that_died_while_idle_is_not_used_again(client: httpx.Client) -> None:
    with line(answers_and_hangs_up) as server:
        for _ in range(3):
            assert call(client, server.port).status_code == 200
            time.sleep(0.05)
        assert (server.requests, server.connections) == (3, 3)


def test_redirects_are_answers(client: httpx.Client) -> None:
    def moved(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 307 T\r\nlocation: http://169.254.169.254/\r\ncontent-length: 0\r\n\r\n")

    with line(moved) as server:
        assert call(client, server.port).status_code == 307
        assert server.requests == 1


def test_the_environments_proxies_are_not_used(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    test_a_good_answer(client)


@pytest.mark.parametrize(
    "text",
    ["", "<html>", "null", "17", "[1]", "[" * 50_000, "\ud83d".encode("utf-8", "surrogatepass").decode("latin-1")],
)
def test_only_an_object_is_an_answer(text: str) -> None:
    assert http.parsed(httpx.Response(200, text=text)) == {}
