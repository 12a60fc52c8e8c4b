"""Cursors that a list never gave."""

import base64
import json
from typing import Any

GARBAGE = ["x", "%%%", "AAAA", "W10", "eyJhIjoxfQ", "é", "WyJhIiwxXQ", "WyJhIix7fV0"]


def read(cursor: str) -> tuple[str, dict[str, Any]]:
    """The mark of the question and the position."""
    asked, position = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    return asked, position


def altered(cursor: str, position: Any) -> str:
    """A real cursor with another position in it; the question that it belongs to stays."""
    text = json.dumps([read(cursor)[0], position])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def made_up(cursor: str) -> list[str]:
    """Positions that nobody was given, each with one thing wrong."""
    position = read(cursor)[1]
    broken = [{**position, name: value} for name in position for value in (None, 1.5, [], {}, [1, 2], "x" * 9, 10**18)]
    inner = [{"start": {}}, {"start": "x"}, {"after": {}}, {"after": "x"}, {"after": {"pk": "x", "sk": "x"}}]
    return [altered(cursor, each) for each in [{}, [], *({**position, **each} for each in inner), *broken]]
