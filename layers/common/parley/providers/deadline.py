"""A bound on a whole call: httpx bounds each read, so a server that sends byte by byte could hold a worker for ever.

httpx has no public option for the network backend, so the transport's pool is replaced; a test keeps this honest."""

import ssl
import threading
import time
from collections.abc import Iterable
from typing import Any

import httpcore
import httpx

from parley.providers.unpacking import Transport

PIECE = 16384
_local = threading.local()


class TlsFailed(httpcore.ConnectError):
    """The server has no certificate for its name, or does not speak TLS."""


def begin(seconds: float) -> None:
    """Starts the clock of this thread's call."""
    _local.ends = time.monotonic() + seconds


def left(wanted: float | None, over: type[httpcore.TimeoutException]) -> float:
    """Seconds that one step of the call may take. Raises `over` when there are none: a server that always has another
    byte ready never makes a read wait."""
    remaining = float(getattr(_local, "ends", time.monotonic() + 60)) - time.monotonic()
    if remaining <= 0:
        raise over("the call took too long")
    return min(remaining, wanted if wanted is not None else remaining)


class _Stream(httpcore.NetworkStream):
    """A connection whose every read and write ends with the call that it is part of."""

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """In pieces, because a server that reads slowly begins the time-out of a write anew with every bit it takes."""
        for start in range(0, len(buffer), PIECE):
            self._inner.write(buffer[start : start + PIECE], left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        seconds = left(timeout, httpcore.ConnectTimeout)
        try:
            return _Stream(self._inner.start_tls(ssl_context, server_hostname, seconds))
        except httpcore.ConnectError as error:
            raise TlsFailed("no TLS with this server") from error

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class Backend(httpcore.NetworkBackend):
    """Plain connections under the deadline; `guard` narrows where they may go."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        seconds = left(timeout, httpcore.ConnectTimeout)
        return _Stream(httpcore.SyncBackend().connect_tcp(host, port, seconds, local_address, socket_options))


def transport(tls: ssl.SSLContext, backend: httpcore.NetworkBackend) -> httpx.HTTPTransport:
    """A transport over `backend`. Idle connections end after 5 s: behind a thawed Lambda an old one is dead."""
    made = Transport(verify=tls, trust_env=False)
    made._pool = httpcore.ConnectionPool(
        ssl_context=tls, network_backend=backend, max_connections=32, keepalive_expiry=5.0
    )
    return made
