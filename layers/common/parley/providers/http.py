"""The one way to a platform over HTTPS: one call, no retries, and errors by what may have happened."""

import logging
import ssl
from contextlib import closing
from functools import lru_cache
from typing import Any, BinaryIO

import httpcore
import httpx

from parley.errors import OutcomeUnknown, Rejected, Unavailable
from parley.providers import deadline
from parley.settings import settings

NEVER_LEFT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)
MAX_ANSWER = 1 << 20
for chatty in ("httpx", "httpcore"):  # they log whole URLs and headers, and a gateway's may hold numbers and texts
    logging.getLogger(chatty).setLevel(logging.WARNING)


@lru_cache(maxsize=1)
def tls() -> ssl.SSLContext:
    """Shared, because loading the certificates costs more than many calls."""
    return httpx.create_ssl_context()


def timeout() -> httpx.Timeout:
    return httpx.Timeout(settings().call_timeout, connect=3.0)


@lru_cache(maxsize=1)
def client() -> httpx.Client:
    """For hosts that Parley itself names. No proxies from the environment, no redirects."""
    return client_over(deadline.Backend())


def client_over(backend: httpcore.NetworkBackend) -> httpx.Client:
    """A client over `backend` that asks for no other packing than the one that is unpacked within bounds."""
    return httpx.Client(
        transport=deadline.transport(tls(), backend),
        headers={"accept-encoding": "gzip"},
        timeout=timeout(),
        trust_env=False,
        follow_redirects=False,
    )


def call(request: httpx.Request, by: httpx.Client | None = None) -> httpx.Response:
    """Makes one call, over within the call's time whatever the server does.

    Raises Unavailable if it certainly never left, OutcomeUnknown if it may have arrived."""
    deadline.begin(settings().call_timeout)
    try:
        return _read((by or client()).send(request, stream=True))
    except NEVER_LEFT as error:
        raise Unavailable(f"The provider could not be reached ({type(error).__name__}).") from error
    except httpx.HTTPError as error:  # a read or write time-out, a cut connection, a garbled answer
        raise OutcomeUnknown(f"The connection broke during the call ({type(error).__name__}).") from error


def download(request: httpx.Request, into: BinaryIO, most: int) -> str:
    """Copies what an address holds, up to `most` bytes, and answers its content type. May be repeated.

    Raises Unavailable if it could not be had now, Rejected if it is gone or too large."""
    deadline.begin(settings().call_timeout)
    try:
        response = client().send(request, stream=True)
        with closing(response):
            _has_it(response.status_code)
            _copy(response, into, most)
    except httpx.HTTPError as error:
        raise Unavailable(f"The file could not be fetched ({type(error).__name__}).") from error
    return str(response.headers.get("content-type") or "application/octet-stream")


def _has_it(status: int) -> None:
    if status == httpx.codes.TOO_MANY_REQUESTS or status >= httpx.codes.INTERNAL_SERVER_ERROR:
        raise Unavailable("The platform does not hand out the file now.", str(status))
    if status != httpx.codes.OK:
        raise Rejected("media_failed", "The platform has no such file.", str(status))


def _copy(response: httpx.Response, into: BinaryIO, most: int) -> None:
    left = most
    for chunk in response.iter_bytes():
        left -= len(chunk)
        if left < 0:
            raise Rejected("file_too_large", f"Files of at most {most // 1_000_000} MB are fetched.")
        into.write(chunk)


def _read(response: httpx.Response) -> httpx.Response:
    """The whole answer, if it is of a decent size."""
    body = bytearray()
    try:
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > MAX_ANSWER:
                raise httpx.ReadError("the answer is too large")
    finally:
        response.close()
    return httpx.Response(response.status_code, headers=_plain(response.headers), content=bytes(body))


def _plain(headers: httpx.Headers) -> list[tuple[str, str]]:
    """Without what described the bytes on the wire; the body is decoded by now."""
    return [(name, value) for name, value in headers.items() if name not in ("content-encoding", "transfer-encoding")]


def parsed(response: httpx.Response) -> dict[str, Any]:
    """The answer's JSON object; empty for anything else, as a gateway's HTML error page."""
    try:
        body = response.json()
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}
