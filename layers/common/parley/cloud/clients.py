"""boto3 clients, made when first needed and kept for the life of the process."""

from functools import lru_cache
from threading import Lock
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

_CONFIG = Config(
    connect_timeout=3,
    read_timeout=10,
    retries={"mode": "standard", "max_attempts": 4},
    max_pool_connections=32,
    user_agent="parley",  # botocore puts its own together anew, twice for each call, an eighth of what a call costs
)

_S3 = _CONFIG.merge(Config(signature_version="s3v4"))
"""Links of the older signature are not taken in every region, and may name no file."""

_MAKING = Lock()
"""Clients may be used by many threads, but not made by two at once."""

AWS_ERRORS = (BotoCoreError, ClientError)
"""What a call to AWS may raise; whether it took effect is then unknown."""


def client(name: str) -> Any:
    """A client of an AWS service. Its standard retries are safe here: every write is conditional or idempotent."""
    with _MAKING:
        return _client(name)


@lru_cache(maxsize=16)
def _client(name: str) -> Any:
    return boto3.client(name, config=_S3 if name == "s3" else _CONFIG)  # type: ignore[call-overload]
