"""Child processes that live as long as their parent: they stop in order when their stdin closes."""

import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

Child = subprocess.Popen[str]


def spawn(command: Sequence[str], log: Path, environment: Mapping[str, str], stdout: int | None = None) -> Child:
    """A child in a session of its own, so that Ctrl-C reaches only us and we stop it in order."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a") as errors:
        return subprocess.Popen(
            command,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=errors if stdout is None else stdout,
            stderr=errors,
            text=True,
            start_new_session=True,
        )


def stop(child: Child, patience: float = 60) -> None:
    """Ask, wait for it to save what it has, and only then insist."""
    if child.poll() is None:
        child.terminate()
    try:
        child.wait(patience)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    for stream in (child.stdin, child.stdout):
        if stream:
            stream.close()


def tail(log: Path, lines: int = 20) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else ""


def wait_until(ready: Callable[[], bool], child: Child, log: Path, seconds: float = 30) -> None:
    """Wait for `ready`; a child that died or never gets there is reported with the end of its log."""
    deadline = time.monotonic() + seconds
    while not ready():
        if child.poll() is not None or time.monotonic() > deadline:
            stop(child)
            raise RuntimeError(f"{child.args!r} did not start:\n{tail(log)}")
        time.sleep(0.05)
