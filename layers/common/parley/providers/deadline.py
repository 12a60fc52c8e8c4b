"""A bound on a whole call: httpx bounds each read, so a server that sends byte by byte could hold a worker for ever.

httpx has no public option for the network backend, so the transport's pool is replaced; a test keeps this honest."""

import ssl
import threading
import time
from collections.abc import Iterable
from typing import Any

import httpcore
import httpx

_local = threading.local()


def begin(seconds: float) -> None:
    """Starts the clock of this thread's call."""
    _local.ends = time.monotonic() + seconds


def _left(wanted: float | None) -> float:
    left = float(getattr(_local, "ends", time.monotonic() + 60)) - time.monotonic()
    return max(0.001, min(left, wanted if wanted is not None else left))


class _Stream(httpcore.NetworkStream):
    """A connection whose every read and write ends with the call that it is part of."""

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _left(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, _left(timeout)))

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
        inner = httpcore.SyncBackend().connect_tcp(host, port, _left(timeout), local_address, socket_options)
        return _Stream(inner)


def transport(tls: ssl.SSLContext, backend: httpcore.NetworkBackend) -> httpx.HTTPTransport:
    """A transport over `backend`. Idle connections end after 5 s: behind a thawed Lambda an old one is dead."""
    made = httpx.HTTPTransport(verify=tls, trust_env=False)
    made._pool = httpcore.ConnectionPool(
        ssl_context=tls, network_backend=backend, max_connections=32, keepalive_expiry=5.0
    )
    return made
