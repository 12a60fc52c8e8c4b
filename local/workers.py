"""Which processes run a function right now, for tests that kill one in the middle of its work."""

import subprocess
from pathlib import Path

from local.stack import Stack


def pids(stack: Stack, function: str) -> list[int]:
    """`function` is its logical id. The engine unpacks a worker's code into a folder named after the function."""
    folder = str(Path(stack.work) / "tmp" / f"ministack-lambda-{stack.resources[function]}-")
    lines = subprocess.run(["ps", "-axww", "-o", "pid=,args="], capture_output=True, text=True, check=True).stdout
    return [int(line.split(None, 1)[0]) for line in lines.splitlines() if folder in line]
