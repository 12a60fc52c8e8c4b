"""Words in links that only we can read: what a link is for, sealed with KMS. Whoever has the link may use it."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from botocore.exceptions import ClientError

from parley.cloud.clients import client
from parley.settings import settings

PURPOSE = {"purpose": "link"}
"""The encryption context; the credentials of channels are sealed under another one."""
LONGEST = 4096


def seal(what: dict[str, Any]) -> str:
    text = json.dumps(what, separators=(",", ":")).encode()
    sealed = client("kms").encrypt(KeyId=settings().credentials_key, Plaintext=text, EncryptionContext=PURPOSE)
    return urlsafe_b64encode(sealed["CiphertextBlob"]).decode().rstrip("=")


def read(token: str) -> dict[str, Any] | None:
    """What was sealed; None for anything that we did not seal."""
    if len(token) > LONGEST:
        return None
    try:
        sealed = urlsafe_b64decode(token + "=" * (-len(token) % 4))
        opened = client("kms").decrypt(
            CiphertextBlob=sealed, KeyId=settings().credentials_key, EncryptionContext=PURPOSE
        )
    except ValueError:
        return None
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("InvalidCiphertextException", "IncorrectKeyException"):
            raise
        return None
    found: dict[str, Any] = json.loads(opened["Plaintext"])
    return found
