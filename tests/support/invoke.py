"""Runs a function by its name, the way Lambda does: its own file, its handler, a context."""

import importlib.util
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

FUNCTIONS = Path(__file__).parents[2] / "functions"


@dataclass(frozen=True)
class Context:
    """What Lambda tells a handler about its run; `left` are the milliseconds until the time-out."""

    function_name: str
    left: int = 60_000
    memory_limit_in_mb: int = 512
    aws_request_id: str = "6f8f5c9e-6a0b-4d3c-9a51-3c8f3c1d2b10"
    invoked_function_arn: str = field(default="arn:aws:lambda:us-east-1:123456789012:function:parley")

    def get_remaining_time_in_millis(self) -> int:
        return self.left


@lru_cache(maxsize=100)
def load(name: str) -> ModuleType:
    """The module of functions/<noun>/<name>.py; handlers keep nothing between two runs, so one serves all tests. Of a
    file with several routes the name may go on with one of them: `fallback_rules.get_fallback_rule`."""
    (path,) = FUNCTIONS.glob(f"*/{name.partition('.')[0]}.py")
    spec = importlib.util.spec_from_file_location(f"function_{name}", path)
    if spec is None or spec.loader is None:
        raise ImportError(name)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def invoke(name: str, event: Any, left: int = 60_000) -> Any:
    """The handler's answer to an event."""
    return load(name).handler(event, Context(name, left))
