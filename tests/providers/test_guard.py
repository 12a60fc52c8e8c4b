"""Where a customer's address may lead: the open internet only, and to the very address that was checked."""

import socket
from collections.abc import Callable, Iterator
from typing import Any

import httpcore
import httpx
import pytest
from parley.errors import Invalid, ProviderError, Unavailable
from parley.providers import deadline, guard, http
from parley.settings import settings

from tests.support.line import answers, line

PRIVATE = [
    "127.0.0.1",
    "127.8.9.1",
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "169.254.170.2",
    "100.64.0.1",
    "100.127.255.255",
    "192.0.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::a00:1",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::1",
    "2001:0:7f00:1::",
    "2001:db8::1",
    "2001:10::1",
    "100::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
    "5f00::1",
]
PUBLIC = [
    "93.184.216.34",
    "1.1.1.1",
    "172.32.0.1",
    "100.128.0.1",
    "192.169.0.1",
    "2606:4700::1111",
    "2a00:1450:4001::1",
]
PUBLIC += ["::ffff:93.184.216.34", "64:ff9b::5db8:d822"]


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_that_are_not_the_open_internet(address: str) -> None:
    assert not guard.is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_that_are(address: str) -> None:
    assert guard.is_public(address)


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    for kept in (settings, guard.client):
        kept.cache_clear()
    yield
    for kept in (settings, guard.client):
        kept.cache_clear()


@pytest.mark.parametrize(
    "url",
    [
        "http://sms.example/send",
        "ftp://sms.example/",
        "file:///etc/passwd",
        "//sms.example/",
        "/send",
        "send",
        "",
        "https://",
        "https:///x",
        "https://user@sms.example/",
        "https://user:pw@sms.example/",
        "https://sms.example:22/",
        "https://sms.example:80/",
        "https://sms.example:99999/",
        "https://sms.example:x/",
        "https://[::1/",
        "https://sms.example/\n",
        "gopher://sms.example/",
        "https://0177.0.0.1/",
        "javascript:alert(1)",
        "http://127.0.0.1/",
    ],
)
def test_urls_that_no_binding_takes(url: str) -> None:
    with pytest.raises(Invalid) as caught:
        guard.check_url(url, "settings.url")
    assert caught.value.problems[0].field == "settings.url"
    assert caught.value.problems[0].code in ("invalid_url", "url_not_allowed")


@pytest.mark.parametrize(
    "url", ["https://sms.example/send", "https://sms.example:443/", "https://sms.example:8443/x?y=1"]
)
def test_urls_that_may_be_bound(url: str) -> None:
    guard.check_url(url, "settings.url")


Resolver = Callable[..., list[Any]]


def resolver(*answers_in_turn: list[str], seen: list[str] | None = None) -> Resolver:
    """Answers a name with each list in turn, the last one for ever; addresses resolve to themselves."""
    turns, real = list(answers_in_turn), socket.getaddrinfo

    def resolve(host: Any, port: Any, *rest: Any, **more: Any) -> list[Any]:
        if not str(host).endswith(".test"):
            return list(real(host, port, *rest, **more))
        if seen is not None:
            seen.append(str(host))
        found = turns.pop(0) if len(turns) > 1 else turns[0]
        kinds = [socket.AF_INET6 if ":" in each else socket.AF_INET for each in found]
        return [(kind, socket.SOCK_STREAM, 6, "", (each, port)) for kind, each in zip(kinds, found, strict=True)]

    return resolve


@pytest.fixture
def dialled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every address that a connection was tried to; none is reached."""
    tried: list[str] = []

    def connect(self: object, host: str, *rest: object, **more: object) -> httpcore.NetworkStream:
        tried.append(host)
        raise httpcore.ConnectError("not in a test")

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect)
    return tried


def ask(url: str) -> httpx.Response:
    return http.call(guard.client().build_request("GET", url), guard.client())


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://0x7f.0.0.1/",
        "https://0x7f000001/",
        "https://127.1/",
        "https://0/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[64:ff9b::a9fe:a9fe]/",
        "https://169.254.169.254/latest/meta-data/",
        "https://localhost/",
        "https://nowhere.invalid/",
    ],
)
def test_whatever_the_spelling_nothing_inside_is_dialled(url: str, dialled: list[str]) -> None:
    with pytest.raises(Unavailable):
        ask(url)
    assert dialled == []


@pytest.mark.parametrize("found", [["10.0.0.1"], ["93.184.216.34", "10.0.0.1"], ["2606:4700::1111", "::1"], []])
def test_one_bad_address_spoils_the_name(monkeypatch: pytest.MonkeyPatch, dialled: list[str], found: list[str]) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", resolver(found))
    with pytest.raises(Unavailable):
        ask("https://mixed.test/")
    assert dialled == []


def test_the_address_that_was_checked_is_the_one_that_is_dialled(
    monkeypatch: pytest.MonkeyPatch, dialled: list[str]
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(socket, "getaddrinfo", resolver(["93.184.216.34"], ["127.0.0.1"], seen=asked))
    with pytest.raises(Unavailable):
        ask("https://rebinding.test/")
    assert (dialled, asked) == (["93.184.216.34"], ["rebinding.test"])


def test_an_address_that_does_not_answer_gives_way_to_the_next(
    monkeypatch: pytest.MonkeyPatch, dialled: list[str]
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", resolver(["2606:4700::1111", "93.184.216.34"]))
    with pytest.raises(Unavailable):
        ask("https://both.test/")
    assert dialled == ["2606:4700::1111", "93.184.216.34"]


def test_a_name_that_changes_its_mind_between_check_and_connect(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOW_LOOPBACK_URLS", "true")
    with line(answers, "127.0.0.1") as checked, line(answers, "127.0.0.2") as other:
        monkeypatch.setattr(socket, "getaddrinfo", resolver(["127.0.0.1"], ["127.0.0.2"]))
        assert ask(f"http://changing.test:{checked.port}/").status_code == 200
        assert (checked.requests, other.requests) == (1, 0)


def test_the_certificate_is_that_of_the_name_not_of_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    names: list[str | None] = []

    class Stream(httpcore.MockStream):
        def start_tls(self, context: Any, server_hostname: str | None = None, timeout: Any = None) -> Any:
            names.append(server_hostname)
            raise httpcore.ConnectError("seen enough")

    monkeypatch.setattr(socket, "getaddrinfo", resolver(["93.184.216.34"]))
    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", lambda *_, **__: Stream([]))
    with pytest.raises(ProviderError):
        ask("https://named.test/")
    assert names == ["named.test"]


@pytest.mark.parametrize("address", ["10.0.0.1", "169.254.169.254", "fd00::1"])
def test_the_local_stack_may_reach_loopback_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, dialled: list[str], address: str
) -> None:
    monkeypatch.setenv("ALLOW_LOOPBACK_URLS", "true")
    monkeypatch.setattr(socket, "getaddrinfo", resolver([address]))
    with pytest.raises(Unavailable):
        ask("https://inside.test/")
    assert dialled == []


def test_loopback_is_closed_unless_the_local_stack_opens_it() -> None:
    with line(answers) as server, pytest.raises(Unavailable):
        ask(f"http://127.0.0.1:{server.port}/")
    assert server.connections == 0


def test_the_pools_that_are_replaced_are_the_ones_in_use() -> None:
    """httpx has no public option for this: an update that renames the field must fail here, not in production."""
    for made in (http.client(), guard.client()):
        backend = made._transport._pool._network_backend  # type: ignore[attr-defined]
        assert isinstance(backend, deadline.Backend)
