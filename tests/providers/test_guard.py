"""Where a customer's address may lead: the open internet only, and to the very address that was checked."""

# ruff: noqa: RUF001 (letters that look like others are the point)

import re
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import httpcore
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from parley.errors import Invalid, ProviderError, Unavailable
from parley.providers import deadline, guard, http
from parley.settings import settings

from tests.support.line import answers, line


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    for kept in (settings, guard.client):
        kept.cache_clear()
    yield
    for kept in (settings, guard.client):
        kept.cache_clear()


NO_URLS = [
    "",
    "send",
    "/send",
    "//",
    "https://",
    "https:///x",
    "https://?x",
    "javascript:alert(1)",
    "https://[::1/",
    "https://[::g]/",
    "https://[v1.a]/",
    "https://256.1.1.1/",
    "https://0177.0.0.1/",
    "https://sms.example:x/",
    "https://sms.example:99999/",
    "https://sms.example/\n",
    "https://sms.example/\r\nHost: 127.0.0.1",
    "https://sms.example\t/",
    "https://sms.example/\0",
    "https://sms.example/a b",
    " https://sms.example/",
    "https://sms.example\\@127.0.0.1/",
    "https:\\\\127.0.0.1\\",
    "https://sms.example\u2028/",
    "https://sms\u200b.example/",
    "https://sms.example/\ud800",
    "https://①②⑦.⓪.⓪.①/",
    "https://１２７.0.0.1/",
    "https://ⓛocalhost/",
    "https://ＬＯＣＡＬＨＯＳＴ/",
    "https://ﬂag.example/",
    "https://sms．\u0345example/",
    "https://xn--a.example/",
    "https://xn--.example/",
]
NOT_ALLOWED = [
    # how it is called
    "//sms.example/",
    "http://sms.example/send",
    "ftp://sms.example/",
    "gopher://sms.example/",
    "ws://sms.example/",
    "unix://sms.example/",
    "file://sms.example/etc/passwd",
    "https://user@sms.example/",
    "https://user:pw@sms.example/",
    "https://@sms.example/",
    "https://:@sms.example/",
    "https://sms.example@127.0.0.1/",
    "https://127.0.0.1%2f@sms.example/",
    "https://sms.example:22/",
    "https://sms.example:80/",
    "https://sms.example:0/",
    "https://sms.example:/",
    "https://sms.example:+443/",
    "https://sms.example:４４３/",
    "https://sms.example#x",
    "https://sms.example/#/send",
    "https://sms.example/?a=b#",
    # addresses, in every notation
    "https://93.184.216.34/",
    "https://127.0.0.1/",
    "https://10.0.0.1:8443/",
    "https://169.254.169.254/latest/meta-data/",
    "https://127.1/",
    "https://127.0.1/",
    "https://0/",
    "https://2130706433/",
    "https://017700000001/",
    "https://0x7f000001/",
    "https://0x7f.1/",
    "https://0x7f.0.0.1/",
    "https://0x7F.0x0.0x0.0x1/",
    "https://127.0.0.0x1/",
    "https://0251.0376.0251.0376./",
    "https://1.0x/",
    "https://127。0。0。1/",
    "https://127．0．0．1/",
    "https://127｡1/",
    "https://%31%32%37.0.0.1/",
    "https://127.0.0.1./",
    "https://127.0.0.1.:443/",
    "https://[::]/",
    "https://[::1]/",
    "https://[0:0:0:0:0:0:0:1]/",
    "https://[::127.0.0.1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::FFFF:7f00:1]/",
    "https://[::ffff:0:127.0.0.1]/",
    "https://[64:ff9b::a9fe:a9fe]/",
    "https://[64:ff9b:1::a00:1]/",
    "https://[2002:7f00:1::]/",
    "https://[2001:0:7f00:1::]/",
    "https://[fd00:ec2::254]/",
    "https://[fe80::1%25eth0]/",
    "https://[fe80::1%eth0]/",
    "https://[fec0::1]/",
    "https://[ff02::1]/",
    "https://[2606:4700::1111]/",
    # names of an own network
    "https://localhost/",
    "https://LocalHost/",
    "https://localhost./",
    "https://a.localhost/",
    "https://localhost.localdomain/",
    "https://printer.local/",
    "https://wiki.corp/",
    "https://router.lan/",
    "https://nas.home.arpa/",
    "https://1.0.0.127.in-addr.arpa/",
    "https://metadata/",
    "https://instance-data/",
    "https://metadata.google.internal/",
    "https://instance-data.ec2.internal/latest/",
    "https://ip-10-0-0-1.ec2.internal/",
    "https://kubernetes.default.svc.cluster.local/",
    "https://sms/",
    # no names
    "https://sms.example./",
    "https://sms..example/",
    "https://.sms.example/",
    "https://-sms.example/",
    "https://sms-.example/",
    "https://*.example/",
    "https://a,b.example/",
    "https://sms.example$/",
    "https://sms.e/",
    "https://%6cocalhost/",
    "https://sms%2eexample/",
    "https://sms.example%00.evil.example/",
    f"https://{'a' * 64}.example/",
    f"https://{'a.' * 124}example/",
]


def refusal(url: str) -> tuple[str, str]:
    """The field and the code."""
    with pytest.raises(Invalid) as caught:
        guard.check_url(url, "settings.url")
    [problem] = caught.value.problems
    return problem.field, problem.code


@pytest.mark.parametrize("url", NO_URLS, ids=ascii)
def test_what_is_no_web_address(url: str) -> None:
    assert refusal(url) == ("settings.url", "invalid_url")


@pytest.mark.parametrize("url", NOT_ALLOWED, ids=ascii)
def test_urls_that_nobody_may_have_called(url: str) -> None:
    assert refusal(url) == ("settings.url", "url_not_allowed")


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "http://localhost:8080/", "http://[::1]/", "https://127.0.0.1/"])
def test_loopback_can_be_chosen_on_the_local_stack_alone(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    assert refusal(url)[1] == "url_not_allowed"
    monkeypatch.setenv("ALLOW_LOOPBACK_URLS", "true")
    settings.cache_clear()
    guard.check_url(url, "url")


@pytest.mark.parametrize(
    "url",
    [
        "http://sms.example/",
        "http://127.0.0.2/",
        "http://0.0.0.0/",
        "http://10.0.0.1/",
        "http://169.254.169.254/",
        "http://[::ffff:127.0.0.1]/",
        "http://localhost.example/",
        "http://a.localhost/",
        "http://127.0.0.1.example/",
        "http://u:p@127.0.0.1/",
        "http://127.0.0.1:1@sms.example/",
        "http://localhost:99999/",
        "ftp://127.0.0.1/",
        "https://2130706433/",
    ],
)
def test_the_local_stack_lets_nothing_but_loopback_be_chosen(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("ALLOW_LOOPBACK_URLS", "true")
    assert refusal(url)[1] in ("invalid_url", "url_not_allowed")


@pytest.mark.parametrize(
    "url",
    [
        "https://sms.example/send",
        "https://sms.example",
        "https://sms.example:443/",
        "https://sms.example:8443/x?y=1",
        "HTTPS://SMS.Example/",
        "https://sms.example/@/?a=@b",
        "https://sms.example?u=https://127.0.0.1/",
        "https://sms.example/h%20i/é",
        "https://bücher.example/",
        "https://xn--bcher-kva.example/",
        "https://例え.テスト/",
        "https://a_b.1.2.example/",
        "https://127.0.0.1.nip.example/",
        f"https://{'a' * 63}.example/",
    ],
)
def test_urls_that_may_be_called(url: str) -> None:
    guard.check_url(url, "settings.url")


@given(
    st.one_of(
        st.text(max_size=60),
        st.text("htps:/.@#?[]%\\0123456789xabf-_。．①１ﬁß\u00ad\u200d", max_size=60).map("https://".__add__),
        st.ip_addresses().map(lambda each: f"https://{f'[{each}]' if each.version == 6 else each}/"),
        st.integers(0, 2**32).flatmap(lambda each: st.sampled_from([f"https://{each}/", f"https://{each:#x}/"])),
    )
)
def test_whatever_passes_is_a_name_over_https(url: str) -> None:
    """And whatever does not is refused as such, whichever way the parsers below fail."""
    try:
        guard.check_url(url, "url")
    except Invalid:
        return
    parsed = httpx.URL(url)
    host = parsed.raw_host.decode()
    assert (parsed.scheme, parsed.userinfo, parsed.fragment) == ("https", b"", "")
    assert parsed.port in (None, 443, 8443)
    assert re.fullmatch(r"[a-z0-9_.-]+\.[a-z][a-z0-9-]*[a-z0-9]", host)
    with pytest.raises(OSError, match="illegal IP address"):
        socket.inet_aton(host)


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
        "https://127.1.:8443/",
        "https://127。0。0。1/",
        "http://127.0.0.1:443/",
        "https://1.1.1.1:9001/",
        "http://1.1.1.1/",
        "https://nowhere.invalid/",
        f"https://{'a' * 64}.example/",
    ],
)
def test_whatever_the_spelling_nothing_inside_is_dialled(url: str, dialled: list[str]) -> None:
    with pytest.raises(Unavailable):
        ask(url)
    assert dialled == []


@pytest.mark.parametrize(
    "found",
    [
        ["10.0.0.1"],
        ["93.184.216.34", "10.0.0.1"],
        ["10.0.0.1", "93.184.216.34"],
        ["2606:4700::1111", "::1"],
        ["93.184.216.34", "fd00:ec2::254"],
        ["93.184.216.34", "64:ff9b::a9fe:a9fe"],
        ["fe80::1%eth0"],
        [],
    ],
)
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


def test_a_retry_of_a_name_that_has_changed_its_mind_is_refused(
    monkeypatch: pytest.MonkeyPatch, dialled: list[str]
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", resolver(["93.184.216.34"], ["169.254.169.254"]))
    found = []
    for _ in range(3):
        with pytest.raises(Unavailable) as caught:
            ask("https://rebinding.test/")
        found.append(type(caught.value.__cause__.__cause__))  # type: ignore[union-attr]
    assert found == [httpcore.ConnectError, guard.NotAllowed, guard.NotAllowed]
    assert dialled == ["93.184.216.34"]


def test_a_pooled_connection_is_the_checked_one_and_the_next_one_is_checked_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ALLOW_LOOPBACK_URLS", "true")
    with line(answers) as server:
        monkeypatch.setattr(socket, "getaddrinfo", resolver(["127.0.0.1"], ["10.0.0.1"]))
        url = f"http://pooled.test:{server.port}/"
        assert [ask(url).status_code, ask(url).status_code] == [200, 200]
        assert (server.requests, server.connections) == (2, 1)
        guard.client()._transport._pool.close()  # type: ignore[attr-defined]
        with pytest.raises(Unavailable):
            ask(url)
        assert (server.requests, server.connections) == (2, 1)


def test_a_redirect_to_loopback_is_an_answer_that_leads_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOW_LOOPBACK_URLS", "true")
    with line(answers) as inside:

        def moved(connection: socket.socket) -> None:
            to = f"location: http://127.0.0.1:{inside.port}/\r\nset-cookie: a=b; domain=.test\r\n"
            connection.sendall(f"HTTP/1.1 302 T\r\n{to}content-length: 0\r\n\r\n".encode())

        with line(moved) as server:
            response = ask(f"http://localhost:{server.port}/")
    assert (response.status_code, "location" in response.headers, server.requests, inside.requests) == (
        302,
        False,
        1,
        0,
    )
    assert not guard.client().cookies.jar


def test_no_proxy_of_the_environment_gets_a_customers_call(monkeypatch: pytest.MonkeyPatch, dialled: list[str]) -> None:
    with line(answers) as proxy:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setattr(socket, "getaddrinfo", resolver(["93.184.216.34"]))
        with pytest.raises(Unavailable):
            ask("https://open.test/")
    assert (dialled, proxy.connections) == (["93.184.216.34"], 0)


def test_a_resolver_that_does_not_answer_holds_nobody(monkeypatch: pytest.MonkeyPatch, dialled: list[str]) -> None:
    released = threading.Event()
    monkeypatch.setattr(guard, "RESOLVING_SECONDS", 0.05)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [released.wait(5)][:0])
    with pytest.raises(Unavailable):
        ask("https://slow.test/")
    released.set()
    assert dialled == []


def test_sockets_of_the_machine_are_not_called() -> None:
    backend = guard.client()._transport._pool._network_backend  # type: ignore[attr-defined]
    with pytest.raises(guard.NotAllowed):
        backend.connect_unix_socket("/var/run/docker.sock", timeout=1)


@pytest.mark.parametrize("address", ["10.0.0.1", "169.254.169.254", "fd00::1", "0.0.0.0", "::", "::ffff:10.0.0.1"])
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
