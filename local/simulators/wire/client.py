"""The HTTP client of the webhook senders: keep-alive per thread, loopback targets only."""

import http.client
import ipaddress
import re
import threading
from dataclasses import dataclass
from email.message import Message
from urllib.parse import SplitResult, urlsplit

_connections = threading.local()
_engine = {"url": ""}
_FUNCTION_URL = re.compile(r"https://(\w+)\.lambda-url\.[\w-]+\.on\.aws(?=[/?]|$)")
STALE = (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError)


class NotLocal(ValueError):
    """Simulators never call a machine other than this one."""


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    headers: Message


def use_engine(url: str | None) -> None:
    """From now on the function URLs of AWS are those of this engine."""
    _engine["url"] = (url or "").rstrip("/")


def reachable(url: str) -> str:
    """The engine's function URLs have names that nothing resolves; it serves them by path as well."""
    return _FUNCTION_URL.sub(rf"{_engine['url']}/_aws/lambda-url/\1", url) if _engine["url"] else url


def call(
    method: str, url: str, body: bytes = b"", headers: dict[str, str] | None = None, timeout: float = 10.0
) -> tuple[int, bytes]:
    """Status and body; raises OSError or HTTPException when there was no answer. Redirects are not followed."""
    answer = exchange(method, url, body, headers, timeout)
    return answer.status, answer.body


def exchange(
    method: str, url: str, body: bytes = b"", headers: dict[str, str] | None = None, timeout: float = 10.0
) -> Answer:
    """As `call`, with the headers of the answer."""
    parts = urlsplit(reachable(url))
    kept = _kept()
    connection = kept.pop(parts.netloc, None)
    if connection is not None:
        try:
            return _exchange(kept, connection, method, parts, body, headers, timeout)
        except STALE:  # the other side had closed the idle connection
            pass
    return _exchange(kept, _connect(parts, timeout), method, parts, body, headers, timeout)


def _kept() -> dict[str, http.client.HTTPConnection]:
    if not hasattr(_connections, "by_host"):
        _connections.by_host = {}
    kept: dict[str, http.client.HTTPConnection] = _connections.by_host
    return kept


def _exchange(
    kept: dict[str, http.client.HTTPConnection],
    connection: http.client.HTTPConnection,
    method: str,
    parts: SplitResult,
    body: bytes,
    headers: dict[str, str] | None,
    timeout: float,
) -> Answer:
    try:
        if connection.sock is not None:
            connection.sock.settimeout(timeout)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(method, target, body or None, {"Host": parts.netloc, **(headers or {})})
        response = connection.getresponse()
        content = response.read()
    except BaseException:
        connection.close()
        raise
    if not response.will_close:
        kept[parts.netloc] = connection
    return Answer(response.status, content, response.headers)


def _connect(parts: SplitResult, timeout: float) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(_loopback(parts), parts.port or 80, timeout=timeout)


def _loopback(parts: SplitResult) -> str:
    host = parts.hostname or ""
    if parts.scheme != "http":
        raise NotLocal(f"only http on this machine can be called, not {parts.scheme!r}")
    if host == "localhost" or host.endswith(".localhost"):
        return "127.0.0.1"  # not every resolver knows RFC 6761's *.localhost
    try:
        if ipaddress.ip_address(host).is_loopback:
            return host
    except ValueError:
        pass
    raise NotLocal(f"{host!r} is not this machine")
