"""The providers' simulators as a child process, and the stack parameters that point Parley at them."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local import paths, process

LOCAL = {
    "MetaAppSecret": "local-app-secret",
    "MetaVerifyToken": "local-verify-token",
    "WorkerTimeout": "10",
    "Lease": "12",
    "Visibility": "15",
    "VisibilityOtp": "15",
    "CallTimeout": "4",
    "SettleOtp": "5",
    "SettleOther": "20",
    "TimerStep": "5",
    "JobTimeout": "100",
    "JobVisibility": "120",
    "LaneConcurrency": "3",
    "JobConcurrency": "4",
    "ReceiptConcurrency": "6",
    "ClockShiftable": "true",
    "AllowLoopbackUrls": "true",
}


@contextmanager
def running(work: Path, engine_url: str) -> Iterator[dict[str, str]]:
    """Their base URLs by name; the first line they print."""
    log = work / "simulators.log"
    command = [sys.executable, "-m", "local.simulators", "--work", str(work), "--engine-url", engine_url]
    environment = {**os.environ, "PYTHONPATH": str(paths.ROOT)}
    child = process.spawn(command, log, environment, stdout=subprocess.PIPE)
    try:
        yield _addresses(child, log)
    finally:
        process.stop(child)


def parameters(addresses: dict[str, str]) -> dict[str, str]:
    """What points a stack at the simulators, and makes its waits short enough to be watched."""
    named = {"GraphUrl": "graph_url", "SmsVoiceUrl": "sms_voice_url", "TelegramApiUrl": "telegram_url"}
    return LOCAL | {parameter: addresses[name] for parameter, name in named.items()}


def _addresses(child: process.Child, log: Path) -> dict[str, str]:
    line = child.stdout.readline() if child.stdout else ""
    if not line:
        raise RuntimeError(f"the simulators did not start:\n{process.tail(log)}")
    return dict(json.loads(line))
