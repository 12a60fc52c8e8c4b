"""Credentials of channels, sealed with KMS under {organization, channel}; opened only to send or to bind."""

import json
import time
from typing import Any

from parley.cloud.clients import client
from parley.errors import Invalid, Problem
from parley.settings import settings

Secret = dict[str, Any]
KEEP = 300.0
_opened: dict[tuple[str, str, int], tuple[float, Secret]] = {}


def seal(organization: str, channel: str, secret: Secret) -> bytes:
    """At most 4 KB of plain text, which KMS encrypts directly. Raises Invalid for more."""
    context = {"organization": organization, "channel": channel}
    text = json.dumps(secret, separators=(",", ":")).encode()
    if len(text) > 4096:
        raise Invalid([Problem("credentials", "too_long", "Credentials hold at most 4 KB.")])
    sealed: bytes = client("kms").encrypt(KeyId=settings().credentials_key, Plaintext=text, EncryptionContext=context)[
        "CiphertextBlob"
    ]
    return sealed


def unseal(organization: str, channel: str, version: int, sealed: bytes) -> Secret:
    """The secret, kept in memory for at most five minutes. A copied ciphertext does not open for another channel."""
    kept = _opened.get((organization, channel, version))
    if kept and kept[0] > time.monotonic():
        return kept[1]
    context = {"organization": organization, "channel": channel}
    text = client("kms").decrypt(CiphertextBlob=sealed, KeyId=settings().credentials_key, EncryptionContext=context)[
        "Plaintext"
    ]
    secret: Secret = json.loads(text)
    if len(_opened) >= 1000:
        _opened.clear()
    _opened[organization, channel, version] = (time.monotonic() + KEEP, secret)
    return secret
