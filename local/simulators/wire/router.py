"""Method and path pattern to function."""

import re
from collections.abc import Callable
from typing import Any


class Router:
    """Routes are tried in the order in which they were added; a pattern is a path with `{name}` segments."""

    def __init__(self) -> None:
        self._routes: list[tuple[str, re.Pattern[str], Callable[..., Any]]] = []

    def add(self, method: str, path: str, function: Callable[..., Any]) -> None:
        pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)
        self._routes.append((method, re.compile(f"{pattern}/?"), function))

    def find(self, method: str, path: str) -> tuple[Callable[..., Any], dict[str, str]] | None:
        for known, pattern, function in self._routes:
            match = pattern.fullmatch(path) if known == method else None
            if match:
                return function, match.groupdict()
        return None
