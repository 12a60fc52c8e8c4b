"""The one way to a platform over HTTPS: one call, no retries, and errors by what may have happened."""

import ssl
from functools import lru_cache
from typing import Any

import httpx

from parley.errors import OutcomeUnknown, Unavailable
from parley.settings import settings

NEVER_LEFT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)
MAX_ANSWER = 1 << 20


@lru_cache(maxsize=1)
def tls() -> ssl.SSLContext:
    """Shared, because loading the certificates costs more than many calls."""
    return httpx.create_ssl_context()


def timeout() -> httpx.Timeout:
    return httpx.Timeout(settings().call_timeout, connect=3.0)


@lru_cache(maxsize=1)
def client() -> httpx.Client:
    """For hosts that Parley itself names. No proxies from the environment, no redirects."""
    return httpx.Client(
        timeout=timeout(),
        trust_env=False,
        follow_redirects=False,
        verify=tls(),
        limits=httpx.Limits(max_connections=32),
    )


def call(request: httpx.Request, by: httpx.Client | None = None) -> httpx.Response:
    """Makes one call. Raises Unavailable if it certainly never left, OutcomeUnknown if it may have arrived."""
    try:
        return (by or client()).send(request)
    except NEVER_LEFT as error:
        raise Unavailable(f"The provider could not be reached ({type(error).__name__}).") from error
    except httpx.HTTPError as error:  # a read or write time-out, a cut connection, a garbled answer
        raise OutcomeUnknown(f"The connection broke during the call ({type(error).__name__}).") from error


def parsed(response: httpx.Response) -> dict[str, Any]:
    """The answer's JSON object; empty for anything else, as a gateway's HTML error page."""
    try:
        body = response.json()
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}
