"""Redis for the workers that are measured beside ours: a server of our own on loopback, which ends with the run."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

INSTALLED = shutil.which("redis-server")
KEPT = {
    "in memory": ["--appendonly", "no"],
    "kept every second": ["--appendonly", "yes", "--appendfsync", "everysec"],
}
"""How durable: nothing is kept, or the append-only file that Redis recommends."""


@contextmanager
def server(kept: str) -> Iterator[str]:
    """The URL of a fresh one. Raises TimeoutError when it does not listen soon."""
    with TemporaryDirectory(prefix="redis-") as folder:
        port = _free()
        place = ["--bind", "127.0.0.1", "--port", str(port), "--dir", folder, "--save", "", "--loglevel", "warning"]
        child = subprocess.Popen([INSTALLED or "redis-server", *place, *KEPT[kept]], stdout=subprocess.DEVNULL)
        try:
            _await(port)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            child.terminate()
            child.wait(10)


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def _await(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError("redis-server does not listen")
