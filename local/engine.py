"""The AWS engine of the embedded stack: one MiniStack process with its data in one folder."""

import os
import shutil
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from local import paths, process

REGION = "us-east-1"
ACCOUNT = "000000000000"
# The engine's root account. Every function gets the credentials of its own role instead, and is held to its policy.
ROOT_CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


@dataclass(frozen=True)
class Engine:
    url: str
    log: Path


@contextmanager
def running(work: Path, port: int = 0, *, keep: bool = True) -> Iterator[Engine]:
    """`keep`: the data outlives an orderly stop, which takes its time for that."""
    work = work.resolve()
    port = _settled(work, port)
    engine = Engine(url=f"http://127.0.0.1:{port}", log=work / "engine.log")
    child = process.spawn(_command(), engine.log, _environment(work, port, keep=keep))
    try:
        process.wait_until(lambda: _is_healthy(engine), child, engine.log)
        yield engine
    finally:
        process.stop(child)
        shutil.rmtree(work / "tmp", ignore_errors=True)  # every worker's unpacked layers, 40 MB each


def _command() -> list[str]:
    if not paths.ENGINE_PYTHON.exists():
        raise RuntimeError("the engine is not installed: run `make install`")
    return [str(paths.ENGINE_PYTHON), "-P", str(Path(__file__).with_name("engine_process.py"))]


def _environment(work: Path, port: int, *, keep: bool) -> dict[str, str]:
    """Nothing of the caller's environment but the bare minimum: functions inherit all of it."""
    shutil.rmtree(work / "tmp", ignore_errors=True)
    folders = {name: work / name for name in ("state", "files", "tmp")}
    for folder in folders.values():
        folder.mkdir(parents=True, exist_ok=True)
    return {
        "PATH": os.defpath,
        "HOME": str(folders["tmp"]),
        "LANG": "C.UTF-8",
        "TMPDIR": str(folders["tmp"]),
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_REGION": REGION,
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "AUTH": "true",
        "PERSIST_STATE": str(int(keep)),
        "STATE_DIR": str(folders["state"]),
        "S3_PERSIST": str(int(keep)),
        "S3_DATA_DIR": str(folders["files"]),
        # The first worker of a function stays whatever this says; it ends the others, ~57 MB each.
        "LAMBDA_WARM_TTL_SECONDS": "30",
        # The consumers of queues and streams may be 52; what is refused for lack of room stays hidden for a while.
        "LAMBDA_ACCOUNT_CONCURRENCY": "64",
    }


def _is_healthy(engine: Engine) -> bool:
    try:
        with urllib.request.urlopen(f"{engine.url}/_ministack/health", timeout=1) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False


def _settled(work: Path, port: int) -> int:
    """Kept data holds queue URLs with the port in them, so a folder keeps the port it began with."""
    memory = work / "port"
    if memory.exists():
        return int(memory.read_text())
    work.mkdir(parents=True, exist_ok=True)
    chosen = port or _free_port()
    memory.write_text(str(chosen))
    return chosen


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
