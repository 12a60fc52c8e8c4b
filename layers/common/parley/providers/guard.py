"""Calls to addresses that a customer chose: https only, the name resolved once and the connection pinned to the checked
public address, no redirects, no proxies. The local stack alone may allow loopback."""

import queue
import re
import socket
import threading
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import httpcore
import httpx

from parley.errors import Invalid, Problem
from parley.providers import deadline
from parley.providers.addresses import is_loopback, is_public
from parley.providers.http import client_over
from parley.settings import settings

PORTS = (443, 8443)
RESOLVING_SECONDS = 3.0
LONGEST_NAME = 253
ORIGIN = re.compile(r"https://[^/?#@:\[\]%]+(?::(?:443|8443))?(?:[/?][^#]*)?", re.IGNORECASE)
LOOPBACK = re.compile(r"https?://(?:127\.0\.0\.1|\[::1]|localhost)(?::\d{1,5})?(?:[/?][^#]*)?", re.IGNORECASE)
LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
NAME = re.compile(rf"(?:{LABEL}\.)+[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])")
"""At least two labels, and the last one no number: whatever ends in a number is read as an IP address by somebody."""
INTERNAL = re.compile(r"(?:.*\.)?(?:localhost|localdomain|local|internal|intranet|lan|corp|home|private|arpa)")


class NotAllowed(httpcore.ConnectError):
    """The name leads to something that is not the open internet."""


class Unresolvable(httpcore.ConnectError):
    """The name leads nowhere, or nobody says where in time."""


def check_url(url: str, field: str) -> None:
    """Raises Invalid for an address that `problems` finds something wrong with."""
    found = problems(url, field)
    if found:
        raise Invalid(found)


def problems(url: str, field: str) -> list[Problem]:
    """Why an address cannot be one of the open internet, by how it is written; what its name resolves to is checked at
    each connection."""
    host = _host(url)
    if host is None:
        return [Problem(field, "invalid_url", "This is not a web address.")]
    if settings().allow_loopback_urls and LOOPBACK.fullmatch(url):
        return []
    if not ORIGIN.fullmatch(url):
        reason = "Only https addresses on port 443 or 8443, without a user name and without a part behind #."
        return [Problem(field, "url_not_allowed", reason)]
    if len(host) > LONGEST_NAME or not NAME.fullmatch(host) or INTERNAL.fullmatch(host):
        reason = "The address must name a server on the open internet, not an IP address or a name of an own network."
        return [Problem(field, "url_not_allowed", reason)]
    return []


def _host(url: str) -> str | None:
    """The name that will be looked up, in plain ASCII; None if this is no URL."""
    if not url.isprintable() or "\\" in url or any(each.isspace() for each in url):
        return None
    try:
        parsed = httpx.URL(url)
        return parsed.raw_host.decode() if parsed.host and (parsed.port or 0) < 65536 else None
    except (httpx.InvalidURL, UnicodeError):  # the second one by names that begin with xn-- and are none
        return None


class _Guard(deadline.Backend):
    """Connects to the very address that was checked, so a name cannot change its mind in between."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        *others, last = _checked(host, port)
        for address in others:  # a Lambda has no IPv6, so the first of a name's addresses may lead nowhere
            try:
                return super().connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return super().connect_tcp(last, port, timeout, local_address, socket_options)

    def connect_unix_socket(self, *_: Any, **__: Any) -> httpcore.NetworkStream:
        raise NotAllowed("sockets of this machine are not called")


def _checked(host: str, port: int) -> list[str]:
    """Every address of a name, in the resolver's order. One bad address spoils the name."""
    found = list(dict.fromkeys(str(entry[4][0]) for entry in _resolved(host, port)))
    if not found:
        raise Unresolvable("the name has no address")
    if not all((port in PORTS and is_public(address)) or _loopback_allowed(address) for address in found):
        raise NotAllowed("the address is not allowed")
    return found


def _resolved(host: str, port: int) -> list[Any]:
    """What the resolver says, by a thread of its own: getaddrinfo knows no time-out, and whoever owns the name can
    make it wait."""
    said: queue.SimpleQueue[list[Any] | Exception] = queue.SimpleQueue()

    def look() -> None:
        try:
            said.put(list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
        except (OSError, ValueError) as error:  # ValueError by what no resolver can be asked, as a label of 64 letters
            said.put(error)

    seconds = deadline.left(RESOLVING_SECONDS, httpcore.ConnectTimeout)
    threading.Thread(target=look, daemon=True).start()
    try:
        answer = said.get(timeout=seconds)
    except queue.Empty:
        raise Unresolvable("the name is not resolved in time") from None
    if isinstance(answer, Exception):
        raise Unresolvable("the name does not resolve") from answer
    return answer


def _loopback_allowed(address: str) -> bool:
    return settings().allow_loopback_urls and is_loopback(address)


@lru_cache(maxsize=1)
def client() -> httpx.Client:
    return client_over(_Guard())
