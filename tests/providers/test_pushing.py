"""Calls of customers' servers on real sockets: each ends in time, is of bounded size, and is told by one word."""

import gzip
import json
import socket
import ssl
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import httpcore
import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st
from parley.model.receipt_delivery import CALL_SECONDS, LEASE
from parley.model.times import SECOND
from parley.providers import guard, http, pushing
from parley.settings import settings
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from tests.support.line import Line, Play, answers, hangs_up, line

NEVER = Event()
SECONDS = 0.4
KEY, OTHER = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Loopback is open, and a call may take less than half a second."""
    monkeypatch.setenv("ALLOW_LOOPBACK_URLS", "true")
    monkeypatch.setattr(pushing, "CALL_SECONDS", SECONDS)
    for kept in (settings, guard.client):
        kept.cache_clear()
    yield
    for kept in (settings, guard.client):
        kept.cache_clear()


def head(status: str, *headers: str) -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", *headers, "", ""]).encode()


def says(status: str, body: bytes = b"", *headers: str) -> Play:
    answer = head(status, f"content-length: {len(body)}", *headers) + body
    return lambda connection: connection.sendall(answer)


def push(play: Play, body: bytes = b"[]", **more: int) -> tuple[pushing.Answer, Line]:
    """One call of a server that plays this."""
    with line(play) as server:
        answer = pushing.post(f"http://127.0.0.1:{server.port}/hook?a=b", {}, body, **more)
    return answer, server


def test_a_success() -> None:
    answer, server = push(says("200 OK", b'{"code":0}'))
    assert answer[:3] == (200, '{"code":0}', None)
    assert answer.ok
    assert 0 <= answer.milliseconds < 1000
    assert server.requests == 1


def test_what_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[httpx.Request] = []

    def take(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(204)

    monkeypatch.setattr(guard.client(), "_transport", httpx.MockTransport(take))
    body = json.dumps(["é 😀"], ensure_ascii=False).encode()
    answer = pushing.post("https://shop.example/hook?a=b", {"webhook-id": "1", "Accept-Encoding": "gzip"}, body)
    [request] = seen
    assert answer.ok
    assert (request.method, str(request.url), request.content) == ("POST", "https://shop.example/hook?a=b", body)
    assert request.headers["content-type"] == "application/json"
    assert request.headers["user-agent"] == "Parley"
    assert request.headers.get_list("accept-encoding") == ["identity"]
    assert request.headers["webhook-id"] == "1"


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_every_two_hundred_is_a_success(status: int) -> None:
    assert push(says(f"{status} X"))[0].problem is None


@pytest.mark.parametrize("status", [400, 401, 404, 408, 410, 429, 500, 502, 503, 599])
def test_a_refusal_keeps_its_status_and_how_it_is_worded(status: int) -> None:
    assert push(says(f"{status} X", b"why"))[0][:3] == (status, "why", "refused")


@pytest.mark.parametrize(
    ("status", "given", "seconds"),
    [
        (429, "120", 120),
        (503, "7", 7),
        (429, "86400", 3600),
        (429, "9" * 400, 3600),
        (429, "Wed, 21 Oct 2015 07:28:00 GMT", 0),
        (429, "Tue, 31 Dec 2199 23:59:59 GMT", 3600),
        (429, "-5", 0),
        (429, "soon", 0),
        (429, "Fri, 31 Dec 9999 23:59:59 -0100", 0),
        (429, "Fri, 31 Dec 99999999999999999999 23:59:59 GMT", 0),
        (503, "Fri, 31 Dec 2027 23:59:59 +99999999999999999999", 0),
        (429, "\xb2", 0),
        (429, "", 0),
        (500, "120", 0),
        (200, "120", 0),
    ],
)
def test_for_how_long_it_asks_to_be_left_alone(status: int, given: str, seconds: int) -> None:
    assert push(says(f"{status} X", b"", f"retry-after: {given}"))[0].wait == seconds * 1000


@pytest.mark.parametrize("to", ["http://169.254.169.254/latest/", "http://127.0.0.1:9001/", "//[", "\x80", "/again"])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_never_followed(status: int, to: str) -> None:
    answer, server = push(says(f"{status} X", b"", f"location: {to}", "set-cookie: a=b"))
    assert answer[:3] == (status, "", "redirected")
    assert (server.requests, server.connections) == (1, 1)
    assert not guard.client().cookies.jar


def hangs(connection: socket.socket) -> None:
    NEVER.wait(2)


def hangs_in_its_answer(connection: socket.socket) -> None:
    connection.sendall(head("200 OK", "content-length: 100") + b'{"code"')
    NEVER.wait(2)


def drips(connection: socket.socket) -> None:
    connection.sendall(head("200 OK", "content-length: 99999"))
    for _ in range(100):
        connection.sendall(b" ")
        NEVER.wait(0.02)


def drips_headers(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    for each in range(100):
        connection.sendall(f"x-{each}: 1\r\n".encode())
        NEVER.wait(0.02)


def never_gets_to_the_point(connection: socket.socket) -> None:
    """There is always something to read, so no read ever waits."""
    with suppress(OSError):
        while True:
            connection.sendall(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 500)


def wastes_words_on_chunks(connection: socket.socket) -> None:
    connection.sendall(head("200 OK", "transfer-encoding: chunked"))
    with suppress(OSError):
        while True:
            connection.sendall((b"1;" + b"x" * 8000 + b"\r\n \r\n") * 20)


SLOW: list[Play] = [
    hangs,
    hangs_in_its_answer,
    drips,
    drips_headers,
    never_gets_to_the_point,
    wastes_words_on_chunks,
]


@pytest.mark.parametrize("play", SLOW)
def test_whoever_takes_too_long_is_left_in_time(play: Play) -> None:
    began = time.monotonic()
    answer, server = push(play)
    assert answer.problem == "timed_out"
    assert time.monotonic() - began < SECONDS + 1
    assert SECONDS * 1000 - 50 <= answer.milliseconds < (SECONDS + 1) * 1000
    assert server.requests == 1


def test_a_server_that_does_not_read_is_left_in_time() -> None:
    class Deaf(Line):
        def _serve(self, connection: socket.socket) -> None:
            with connection, suppress(OSError):
                while not NEVER.wait(0.05):
                    connection.recv(4096)

    server, began = Deaf(answers), time.monotonic()
    answer = pushing.post(f"http://127.0.0.1:{server.port}/", {}, b" " * 20_000_000)
    server.socket.close()
    assert answer[:3] == (None, "", "timed_out")
    assert time.monotonic() - began < SECONDS + 1


def garbage(connection: socket.socket) -> None:
    connection.sendall(b"SSH-2.0-OpenSSH_9.6\r\n")
    hangs_up(connection)


def breaks_off(connection: socket.socket) -> None:
    connection.sendall(head("200 OK", "content-length: 100") + b'{"code"')
    hangs_up(connection)


def resets(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    connection.close()


def boasts(connection: socket.socket) -> None:
    """Headers without an end."""
    with suppress(OSError):
        connection.sendall(b"HTTP/1.1 200 OK\r\n" + b"x: 1\r\n" * 100_000)


def one_long_header(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.sendall(b"HTTP/1.1 200 OK\r\nx: " + b"1" * 1_000_000)


BROKEN: list[Play] = [
    hangs_up,
    garbage,
    breaks_off,
    resets,
    boasts,
    one_long_header,
    says("101 Switching Protocols"),
    says("099 X"),
    lambda connection: connection.sendall(b"\0" * 1000 + b"\r\n\r\n"),
    lambda connection: connection.sendall(b"HTTP/1.1 two hundred\r\n\r\n"),
    lambda connection: connection.sendall(head("200 OK", "content-length: 9" + "9" * 5000)),
    lambda connection: connection.sendall(head("200 OK", "content-length: -1")),
    lambda connection: connection.sendall(head("200 OK", "content-length: 1", "content-length: 2") + b"ab"),
    lambda connection: connection.sendall(head("200 OK", "transfer-encoding: chunked") + b"zz\r\n\r\n"),
    lambda connection: connection.sendall(head("200 OK", "transfer-encoding: gzip, chunked") + b"0\r\n\r\n"),
    says("200 OK", b"abcd", "content-encoding: gzip"),
    says("200 OK", gzip.compress(b"hello" * 100)[:-12], "content-encoding: gzip"),
    says("200 OK", gzip.compress(gzip.compress(b"{}")), "content-encoding: gzip, gzip"),
]


@pytest.mark.parametrize("play", BROKEN)
def test_what_is_no_whole_answer_of_http(play: Play) -> None:
    answer, server = push(play)
    assert answer.problem == "broke_off"
    assert (server.requests, server.connections) == (1, 1)


def test_how_a_broken_answer_began_is_told() -> None:
    assert push(breaks_off)[0][:3] == (200, '{"code"', "broke_off")


def endless(connection: socket.socket) -> None:
    connection.sendall(head("200 OK", "transfer-encoding: chunked"))
    with suppress(OSError):
        while True:
            connection.sendall(b"10000\r\n" + b" " * 65536 + b"\r\n")


def bomb() -> Play:
    """Eighty megabytes in as many kilobytes."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    packed = b"".join(packer.compress(bytes(1_000_000)) for _ in range(80)) + packer.flush()
    return says("200 OK", packed, "content-encoding: gzip")


@pytest.mark.parametrize(
    "play",
    [says("200 OK", b" " * 10_000_000), says("200 OK", b" " * 65537), endless, bomb(), says("500 X", b" " * 99_999)],
    ids=["ten megabytes", "a byte too much", "endless", "packed", "refused"],
)
def test_of_an_answer_that_is_too_large_only_the_beginning_is_read(play: Play) -> None:
    began = time.monotonic()
    tracemalloc.start()
    answer, server = push(play)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert answer.problem == "answer_too_large"
    assert len(answer.text) == pushing.MOST
    assert server.connections == 1
    assert peak < 2_000_000
    assert time.monotonic() - began < 1


def test_the_largest_answer() -> None:
    assert push(says("200 OK", b"x" * 65536))[0].ok
    assert push(says("200 OK", b"abc"), most=3)[0].text == "abc"
    assert push(says("200 OK", b"abcd"), most=3)[0][1:3] == ("abc", "answer_too_large")


PACKINGS = [("gzip", gzip.compress), ("X-GZIP", gzip.compress), ("deflate", zlib.compress)]


@pytest.mark.parametrize(("name", "pack"), PACKINGS)
def test_an_answer_that_is_packed_although_nobody_asked(name: str, pack: Callable[[bytes], bytes]) -> None:
    assert push(says("200 OK", pack(b'{"code":0}'), f"content-encoding: {name}"))[0][:3] == (200, '{"code":0}', None)
    assert push(says("204 X", b"", f"content-encoding: {name}"))[0].ok


def test_an_answer_of_any_bytes_is_text() -> None:
    assert push(says("200 OK", b"\xff\0\xf0\x9f\x98"))[0].text == "�\0�"


def test_a_closed_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert pushing.post(f"http://127.0.0.1:{port}/", {}, b"")[:3] == (None, "", "unreachable")


KEPT = ["http://shop.example/", "https://10.0.0.1/", "https://u@shop.example/", "https://a.example:22/", "", "\ud800"]


@pytest.mark.parametrize("url", KEPT, ids=ascii)
def test_an_address_that_was_kept_is_judged_anew(url: str) -> None:
    assert pushing.post(url, {}, b"")[:3] == (None, "", "url_not_allowed")


def test_loopback_is_called_on_the_local_stack_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ALLOW_LOOPBACK_URLS")
    settings.cache_clear()
    answer, server = push(answers)
    assert (answer[:3], server.connections) == ((None, "", "url_not_allowed"), 0)


Found = list[list[str]]


@pytest.fixture
def resolved(monkeypatch: pytest.MonkeyPatch) -> tuple[Found, list[str]]:
    """What names resolve to, call by call; and what was dialled, of which nothing is reached."""
    found: Found = []
    dialled: list[str] = []

    def look(host: str, port: int, **_: object) -> list[object]:
        return [(2, 1, 6, "", (each, port)) for each in found.pop(0)]

    def connect(self: object, host: str, *rest: object) -> httpcore.NetworkStream:
        dialled.append(host)
        raise httpcore.ConnectError("not in a test")

    monkeypatch.setattr(socket, "getaddrinfo", look)
    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect)
    return found, dialled


def test_every_try_looks_where_its_name_leads(resolved: tuple[Found, list[str]]) -> None:
    found, dialled = resolved
    found += [["93.184.216.34"], ["10.0.0.1"], ["93.184.216.34", "169.254.169.254"], [], ["1.1.1.1"]]
    told = [pushing.post("https://shop.example/", {}, b"").problem for _ in range(5)]
    assert told == ["unreachable", "address_not_allowed", "address_not_allowed", "unresolvable", "unreachable"]
    assert dialled == ["93.184.216.34", "1.1.1.1"]


def test_a_name_that_nobody_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fails)
    assert pushing.post("https://shop.example/", {}, b"")[:3] == (None, "", "unresolvable")


def certificate(folder: Path, name: str) -> Path:
    """A self-signed one, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    begun = datetime.now(UTC) - timedelta(days=1)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), 1, begun, begun + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    pem = serialization.Encoding.PEM
    path = folder / f"{name}.pem"
    path.write_bytes(made.public_bytes(pem) + key.private_bytes(pem, *plain))
    return path


class Secured(Line):
    def __init__(self, certificate: Path) -> None:
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate)
        super().__init__(answers)

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError):
            super()._serve(self.context.wrap_socket(connection, server_side=True))


@pytest.mark.parametrize(
    ("name", "trusted", "problem"),
    [("localhost", True, None), ("localhost", False, "tls_failed"), ("other.example", True, "tls_failed")],
)
def test_the_certificate_must_be_a_trusted_one_of_that_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, trusted: bool, problem: str | None
) -> None:
    path = certificate(tmp_path, name)
    context = ssl.create_default_context(cafile=str(path) if trusted else None)
    monkeypatch.setattr(http, "tls", lambda: context)
    server = Secured(path)
    answer = pushing.post(f"https://localhost:{server.port}/", {}, b"[]")
    server.socket.close()
    assert answer.problem == problem
    assert server.requests == (0 if problem else 1)


@pytest.mark.parametrize("play", [answers, hangs_up])
def test_a_server_without_tls(play: Play) -> None:
    class Plain(Line):
        def _serve(self, connection: socket.socket) -> None:
            with connection, suppress(OSError):
                connection.recv(65536)
                play(connection)

    server = Plain(play)
    assert pushing.post(f"https://127.0.0.1:{server.port}/", {}, b"[]")[:3] == (None, "", "tls_failed")
    server.socket.close()


def test_nothing_of_a_call_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(1):
        push(says("200 OK", b"secret"))
        push(hangs_up)
        pushing.post("https://secret.invalid/secret", {"x-secret": "secret"}, b"secret")
    assert caplog.text == ""


def test_a_call_is_over_before_somebody_else_makes_it() -> None:
    assert guard.RESOLVING_SECONDS < CALL_SECONDS < LEASE / SECOND / 2


def test_a_signature_is_that_of_the_standard(monkeypatch: pytest.MonkeyPatch) -> None:
    class Then(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            assert tz is UTC
            return datetime.fromtimestamp(1614265330.9, UTC)

    monkeypatch.setattr(pushing, "datetime", Then)
    headers = pushing.signed([KEY, OTHER], "msg_p5jXN8AQM9LWM0D4loKWxJek", b'{"test": 2432232314}')
    assert headers["webhook-id"] == "msg_p5jXN8AQM9LWM0D4loKWxJek"
    assert headers["webhook-timestamp"] == "1614265330"
    first, second = headers["webhook-signature"].split(" ")
    assert first == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert second.startswith("v1,")
    assert second != first


@pytest.mark.parametrize("zone", ["America/Caracas", "Asia/Kathmandu"])
def test_the_time_of_a_signature_is_the_worlds(monkeypatch: pytest.MonkeyPatch, zone: str) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert abs(int(pushing.signed([KEY], "1", b"")["webhook-timestamp"]) - time.time()) < 5
        Webhook(KEY).verify(b"{}", pushing.signed([KEY], "1", b"{}"))
    finally:
        monkeypatch.delenv("TZ")
        time.tzset()


@given(st.text(st.characters(exclude_categories=["Cs"])), st.booleans())
def test_receivers_verify_with_either_key(text: str, escaped: bool) -> None:
    body = json.dumps([text, "😀\u2028\0\x1b"], ensure_ascii=escaped).encode()
    headers = pushing.signed([KEY, OTHER], "0197.a", body)
    for key in (KEY, OTHER):
        assert Webhook(key).verify(body, headers) == json.loads(body)
    for wrong in (body + b" ", body.replace(b"[", b"[ ", 1)):
        with pytest.raises(WebhookVerificationError):
            Webhook(KEY).verify(wrong, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(OTHER).verify(body, pushing.signed([KEY], "0197.a", body))
