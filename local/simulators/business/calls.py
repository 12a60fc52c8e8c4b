"""What came to the business's server: the last few hundred calls."""

import itertools
import json
import threading
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from local.simulators.business.secrets import Secrets
from local.simulators.common.clock import rfc3339
from local.simulators.wire.request import Request

KEPT = 300
KEPT_BYTES = 16_000_000


@dataclass
class Call:
    """`answered` is the status; None where the caller was left hanging. `problem`: why it may not be Parley's."""

    path: str
    headers: dict[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    problem: str | None
    answered: int | None = None
    repeated: bool = False
    seq: int = 0
    at: str = field(default_factory=rfc3339)

    @property
    def id(self) -> str:
        return self.headers.get("webhook-id", "")

    @property
    def content(self) -> Any:
        """None for what is no JSON."""
        return parsed(self.body)

    @property
    def kind(self) -> str:
        """Of receipts what the header says, else the type that stands in the call."""
        content = self.content
        return self.headers.get("parley-kind") or str(content.get("type", "") if isinstance(content, dict) else "")

    @property
    def intent(self) -> dict[str, Any]:
        """Of a call for an intent its `code` and `name`; empty for every other."""
        content = self.content
        if not isinstance(content, dict) or content.get("type") != "intent":
            return {}
        data = content.get("data")
        found = data.get("intent") if isinstance(data, dict) else None
        return found if isinstance(found, dict) else {}

    def to_json(self) -> dict[str, Any]:
        names = ("seq", "at", "path", "id", "kind", "repeated", "answered")
        shown = {name: getattr(self, name) for name in names}
        return {**shown, "verified": self.problem is None, "problem": self.problem, "content": self.content}


class Calls:
    """Bounded by their number and by what they weigh; the oldest go first."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets
        self._lock = threading.Lock()
        self._order = itertools.count(1)
        self._kept: deque[Call] = deque()

    def heard(self, request: Request) -> Call:
        """A call that is not kept yet, since nobody knows how it will be answered."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        problem = self._secrets.problem(headers, request.body)
        return Call(request.path, headers, request.body, problem)

    def add(self, call: Call) -> None:
        with self._lock:
            call.seq = next(self._order)
            call.repeated = bool(call.id) and any(each.id == call.id for each in self._kept)
            self._kept.append(call)
            self._forget()

    def _forget(self) -> None:
        weight = sum(len(each.body) for each in self._kept)
        while len(self._kept) > KEPT or weight > KEPT_BYTES:
            weight -= len(self._kept.popleft().body)

    def look_again(self) -> None:
        """A new secret may prove what came before it; not what is older than its timestamp may be."""
        for call in self.all():
            if call.problem is not None:
                call.problem = self._secrets.problem(call.headers, call.body)

    def all(self, path: str | None = None, after: int = 0) -> list[Call]:
        """The oldest first."""
        with self._lock:
            return [each for each in self._kept if path in (None, each.path) and each.seq > after]

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()


def parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None
