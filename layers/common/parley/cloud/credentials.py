"""Credentials of channels: sealed with KMS under {organization, channel}, opened only where something is sent or bound."""

import json
import time
from typing import Any

from parley.cloud.clients import client
from parley.settings import settings

Secret = dict[str, Any]
KEEP = 300.0
_opened: dict[tuple[str, str, int], tuple[float, Secret]] = {}


def seal(organization: str, channel: str, secret: Secret) -> bytes:
    """At most 4 KB of plain text, which KMS encrypts directly."""
    context = {"organization": organization, "channel": channel}
    text = json.dumps(secret, separators=(",", ":")).encode()
    sealed: bytes = client("kms").encrypt(KeyId=settings().credentials_key, Plaintext=text, EncryptionContext=context)["CiphertextBlob"]
    return sealed


def unseal(organization: str, channel: str, version: int, sealed: bytes) -> Secret:
    """The secret, kept in memory for at most five minutes. A copied ciphertext does not open for another channel."""
    kept = _opened.get((organization, channel, version))
    if kept and kept[0] > time.monotonic():
        return kept[1]
    context = {"organization": organization, "channel": channel}
    text = client("kms").decrypt(CiphertextBlob=sealed, KeyId=settings().credentials_key, EncryptionContext=context)["Plaintext"]
    secret: Secret = json.loads(text)
    if len(_opened) >= 1000:
        _opened.clear()
    _opened[organization, channel, version] = (time.monotonic() + KEEP, secret)
    return secret


_platform: list[tuple[float, Secret]] = []


def platform() -> Secret:
    """The deployment's own secrets (Meta app secret, verify token), kept for at most five minutes."""
    if not _platform or _platform[0][0] < time.monotonic():
        text = client("secretsmanager").get_secret_value(SecretId=settings().platform_secret)["SecretString"]
        _platform[:] = [(time.monotonic() + KEEP, json.loads(text))]
    return _platform[0][1]
