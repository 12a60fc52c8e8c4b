"""Calls to addresses that a customer chose: https only, the name resolved once and the connection pinned to the checked
public address, no redirects, no proxies. The local stack alone may allow loopback."""

import ipaddress
import socket
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import httpcore
import httpx

from parley.errors import Invalid, Problem
from parley.providers import deadline
from parley.providers.http import client_over
from parley.settings import settings

NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def is_public(text: str) -> bool:
    """Whether an address is on the open internet, looking through every IPv6 wrapping of an IPv4 address."""
    address = ipaddress.ip_address(text.partition("%")[0])
    inner = _wrapped(address)
    if inner is not None:
        return is_public(str(inner))
    if isinstance(address, ipaddress.IPv6Address) and (address.is_site_local or address.teredo):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _wrapped(address: Address) -> Address | None:
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


def check_url(url: str, field: str) -> None:
    """Raises Invalid for an address that is not https or carries a user; where it leads is checked at each call."""
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        raise Invalid([Problem(field, "invalid_url", "This is not a web address.")]) from None
    if settings().allow_loopback_urls and parsed.host in ("127.0.0.1", "localhost"):
        return
    if parsed.scheme != "https" or not parsed.host or parsed.userinfo or parsed.port not in (None, 443, 8443):
        raise Invalid(
            [Problem(field, "url_not_allowed", "Only https addresses on port 443 or 8443, without a user name.")]
        )


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
            except httpcore.ConnectError:
                continue
        return super().connect_tcp(last, port, timeout, local_address, socket_options)


def _checked(host: str, port: int) -> list[str]:
    """Every address of a name, in the resolver's order. One bad address spoils the name."""
    found = list(dict.fromkeys(str(entry[4][0]) for entry in _resolve(host, port)))
    if not found or not all(is_public(address) or _loopback_allowed(address) for address in found):
        raise httpcore.ConnectError("the address is not allowed")
    return found


def _resolve(host: str, port: int) -> list[Any]:
    try:
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise httpcore.ConnectError("the name does not resolve") from error


def _loopback_allowed(address: str) -> bool:
    return settings().allow_loopback_urls and ipaddress.ip_address(address).is_loopback


@lru_cache(maxsize=1)
def client() -> httpx.Client:
    return client_over(_Guard())
