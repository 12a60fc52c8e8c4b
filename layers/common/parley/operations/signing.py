"""Secrets by which business systems know us: sealed, made anew with a time in which the old ones still hold."""

import secrets
from base64 import b64encode
from typing import NamedTuple

from parley.cloud import credentials
from parley.model.times import SECOND
from parley.model.types import JsonObject

BEFORE = 10
"""Old secrets that are kept; KMS seals 4 KB."""


class Secret(NamedTuple):
    """`key` signs (Standard Webhooks, `whsec_…`), `token` is carried in a header."""

    key: str
    token: str


def fresh() -> Secret:
    return Secret(f"whsec_{b64encode(secrets.token_bytes(32)).decode()}", f"sig_{secrets.token_urlsafe(32)}")


def seal(organization: str, target: str, secret: Secret) -> bytes:
    return _seal(organization, target, {"now": [*secret]})


def rotate(organization: str, target: str, version: int, sealed: bytes, secret: Secret, until: int) -> bytes:
    """Sealed again with a new secret; those before it hold until then (epoch milliseconds), or until the time that
    they were given before, whichever is first. So a rotation that is asked for twice ends none early, and one without
    a grace ends all."""
    kept, end = credentials.unseal(organization, _context(target), version, sealed), until // SECOND
    before = [[*kept["now"], end], *([*known, min(last, end)] for *known, last in kept.get("before", []))]
    return _seal(organization, target, {"now": [*secret], "before": before[:BEFORE]})


def valid(organization: str, target: str, version: int, sealed: bytes, now: int) -> list[Secret]:
    """Those that hold, the newest first."""
    kept = credentials.unseal(organization, _context(target), version, sealed)
    held = [Secret(*known) for *known, end in kept.get("before", []) if end * SECOND > now]
    return [Secret(*kept["now"]), *held]


def _seal(organization: str, target: str, kept: JsonObject) -> bytes:
    return credentials.seal(organization, _context(target), kept)


def _context(target: str) -> str:
    """Apart from the credentials of channels, which are sealed under their channel's id."""
    return f"receipts:{target}"
