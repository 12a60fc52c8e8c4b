"""What the story remembers from run to run: its organization, the key that was shown once, how often it was told."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from local.stack import Stack

FILE = "story.json"


@dataclass(frozen=True)
class Memory:
    organization: str
    key: str
    runs: int = 0


def recall(stack: Stack) -> Memory | None:
    path = _path(stack)
    return Memory(**json.loads(path.read_text())) if path.exists() else None


def keep(stack: Stack, memory: Memory) -> None:
    """Readable by its owner only: there is a key in it."""
    path = _path(stack)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(asdict(memory), file, indent=2)
    path.chmod(0o600)


def _path(stack: Stack) -> Path:
    return Path(stack.work) / FILE
