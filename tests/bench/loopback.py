"""Processes on loopback that the measured ones talk to, and the environment that leads there."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

LANES = ("OTP_QUEUE", "TRANSACTIONAL_QUEUE", "MARKETING_QUEUE", "TIMERS_QUEUE", "WEBHOOKS_QUEUE", "RECEIPTS_QUEUE")


@contextmanager
def server(module: str) -> Iterator[str]:
    """The address of `python -m module`, which ends when its standard input does."""
    child = subprocess.Popen([sys.executable, "-m", module], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield child.stdout.readline().strip() if child.stdout else ""
    finally:
        child.communicate()


def environment(aws: str, provider: str | None = None) -> dict[str, str]:
    """AWS at one address, and the provider at another one, or at the same."""
    named = {
        "DATA_TABLE": "parley-data",
        "RUNTIME_TABLE": "parley-runtime",
        "CREDENTIALS_KEY": "k",
        "PLATFORM_SECRET": "s",
        "FILES_BUCKET": "bench",
    }
    account = {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": aws,
    }
    path = {
        "PYTHONPATH": os.pathsep.join([".", "layers/common"]),
        "POWERTOOLS_LOG_LEVEL": "WARNING",
        "GRAPH_URL": provider or aws,
    }
    queues = {name: f"{aws}/1/{name.lower()}" for name in LANES}
    return {**os.environ, **queues, **named, **account, **path}
