"""Meta's signature of a webhook; nothing but the standard library, because a receiver must start fast."""

import hashlib
import hmac


def verify(secret: str, raw: bytes, header: str | None) -> bool:
    """X-Hub-Signature-256 over the raw bytes, compared in constant time as bytes: non-ASCII text must not raise."""
    wanted = "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    return hmac.compare_digest(wanted.encode(), (header or "").encode("utf-8", "surrogateescape"))
