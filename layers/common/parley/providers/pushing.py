"""Calls of customers' own servers: one signed POST through the guard, over in time, and an answer of a decent size."""

import time
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime
from http import HTTPStatus
from typing import NamedTuple

import httpcore
import httpx
from standardwebhooks import Webhook

from parley.errors import Invalid
from parley.model.receipt_delivery import CALL_SECONDS
from parley.providers import deadline, guard, retry_after

CONNECT_SECONDS = 3.0
MOST = 65536
LONGEST_WAIT = 3600
"""Seconds that a server may ask for; more is a mistake or a trap."""
PROBLEMS: dict[type[Exception], str] = {
    guard.NotAllowed: "address_not_allowed",
    guard.Unresolvable: "unresolvable",
    deadline.TlsFailed: "tls_failed",
    httpcore.TimeoutException: "timed_out",
    httpx.TimeoutException: "timed_out",
    httpcore.ConnectError: "unreachable",
    httpx.ConnectError: "unreachable",
}
"""The first one that fits; everything else broke the connection off."""


class Answer(NamedTuple):
    """`problem` is None for a success; `text` is how the answer began, whatever it was, for whoever owns the server;
    `wait` for how many milliseconds it asks to be left alone."""

    status: int | None
    text: str
    problem: str | None
    milliseconds: int
    wait: int = 0

    @property
    def ok(self) -> bool:
        return self.problem is None


class _TooLarge(Exception):
    pass


def post(url: str, headers: dict[str, str], body: bytes, most: int = MOST) -> Answer:
    """One call. Raises nothing that the far side can cause, but tells it by `problem`: `url_not_allowed`,
    `address_not_allowed`, `unresolvable`, `unreachable`, `tls_failed`, `timed_out`, `broke_off` (cut, or no HTTP),
    `answer_too_large` (more than `most` bytes), `redirected` (never followed), `refused` (by its status)."""
    begun, heard, status, wait = time.monotonic(), bytearray(), None, 0
    try:
        request = _request(url, headers, body)
        deadline.begin(CALL_SECONDS)
        with closing(guard.client().send(request, stream=True)) as response:
            status, wait = response.status_code, _wait(response)
            _read(response.iter_bytes(), heard, most)
        problem = _problem_of(status)
    except Invalid:
        problem = "url_not_allowed"
    except _TooLarge:
        problem = "answer_too_large"
    except httpx.LocalProtocolError:  # our own headers are no headers
        raise
    except httpx.HTTPError as error:
        problem = _why(error)
    return Answer(status, heard.decode(errors="replace"), problem, round((time.monotonic() - begun) * 1000), wait)


def signed(keys: list[str], id: str, body: bytes) -> dict[str, str]:
    """The headers of Standard Webhooks for one try: a signature by each key (`whsec_…`), in their order.

    The time is the real one, because receivers compare it with theirs; and in UTC, as the package takes no other."""
    now = datetime.now(UTC)
    signatures = [Webhook(key).sign(id, now, body.decode()) for key in keys]
    return {
        "webhook-id": id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def _request(url: str, headers: dict[str, str], body: bytes) -> httpx.Request:
    """Raises Invalid: rules may have changed since the address was kept."""
    guard.check_url(url, "url")
    own = httpx.Headers({"content-type": "application/json", "user-agent": "Parley"})
    own.update(headers)
    own["accept-encoding"] = "identity"
    timeout = httpx.Timeout(CALL_SECONDS, connect=CONNECT_SECONDS)
    return guard.client().build_request("POST", url, headers=own, content=body, timeout=timeout)


def _read(chunks: Iterable[bytes], into: bytearray, most: int) -> None:
    for chunk in chunks:
        into += chunk[: most - len(into) + 1]
        if len(into) > most:
            del into[most:]
            raise _TooLarge


def _wait(response: httpx.Response) -> int:
    if response.status_code not in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        return 0
    return round(min(retry_after.seconds(response) or 0, LONGEST_WAIT) * 1000)


def _problem_of(status: int) -> str | None:
    if 200 <= status < 300:
        return None
    return "redirected" if 300 <= status < 400 else "refused"


def _why(error: httpx.HTTPError) -> str:
    """httpx words errors anew; what was raised below it stands behind it."""
    for kind, problem in PROBLEMS.items():
        if isinstance(error, kind) or isinstance(error.__cause__, kind):
            return problem
    return "broke_off"
