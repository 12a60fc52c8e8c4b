"""Stands in for a platform: takes messages at once, and tells how many came, how large they were, and when."""

import json
import time
from dataclasses import dataclass, field
from typing import Any

from tests.bench.wire import serve

ECHO, TO = b'"biz_opaque_callback_data":', b'"to":"+'


@dataclass
class Seen:
    """Since the last reset. `at` holds, by what was echoed, when it came (seconds since the epoch)."""

    at: dict[str, float] = field(default_factory=dict)
    posts: int = 0
    size: int = 0
    first: float = 0.0
    last: float = 0.0


class Sink:
    def __init__(self) -> None:
        self.seen = Seen()

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> bytes:
        """POST: one message. GET /seen: the counts. GET /times: when each came. GET /reset: forget."""
        if method == "POST":
            return self._take(body)
        seen = self.seen
        if path == "/reset":
            self.seen = Seen()
        known: Any = {"posts": seen.posts, "distinct": len(seen.at), "bytes": seen.size}
        known |= {"first": seen.first, "last": seen.last}
        return json.dumps(seen.at if path == "/times" else known).encode()

    def _take(self, body: bytes) -> bytes:
        seen, now = self.seen, time.time()
        seen.posts, seen.size = seen.posts + 1, seen.size + len(body)
        seen.first, seen.last = seen.first or now, now
        found = body.find(ECHO)
        echo = body[found + len(ECHO) : body.find(b",", found)].strip(b' "').decode() if found >= 0 else ""
        seen.at.setdefault(echo, now)
        start = body.find(TO) + len(TO)
        number = body[start : body.find(b'"', start)]
        said = b'{"messages":[{"id":"wamid.%d"}],"contacts":[{"input":"+%s","wa_id":"%s"}]}'
        return said % (seen.posts, number, number)


if __name__ == "__main__":
    serve(Sink().answer)
