"""Posts webhooks from a pool of threads, repeats what was not accepted with growing intervals, and counts."""

import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any

from local.simulators.common.clock import rfc3339
from local.simulators.common.scheduler import Scheduler
from local.simulators.wire import client

POSTS_AT_ONCE = 6  # each may start a worker of its own at the receiving side


@dataclass
class Retry:
    first: float = 1.0
    factor: float = 2.0
    limit: float = 7 * 86400.0
    timeout: float = 10.0


@dataclass
class Post:
    url: str
    body: bytes = field(repr=False)
    headers: dict[str, str] = field(repr=False)
    accepts: Callable[[int], bool] = lambda status: status == 200
    retry: Retry | None = field(default_factory=Retry)
    forged: bool = False  # the receiver must refuse it
    attempts: int = 0
    waited: float = 0.0


class Outbox:
    def __init__(self, scheduler: Scheduler, name: str) -> None:
        self._scheduler = scheduler
        self._tag = f"retry {name}"
        self._pool = ThreadPoolExecutor(POSTS_AT_ONCE, name)
        self._lock = threading.Lock()
        self._generation = 0
        self._zero()

    def _zero(self) -> None:
        self._counts = dict.fromkeys(("sent", "ok", "refused", "gave_up", "forged_refused", "forged_accepted"), 0)
        self._in_flight = 0
        self._errors: deque[dict[str, Any]] = deque(maxlen=50)
        self._seconds: deque[float] = deque(maxlen=5000)

    def reset(self) -> None:
        with self._lock:
            self._generation += 1
            self._scheduler.clear(self._tag)
            self._zero()

    def stop(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def post(self, post: Post) -> None:
        with self._lock:
            self._in_flight += 1
            generation = self._generation
        self._pool.submit(self._deliver, post, generation)

    def post_now(self, post: Post) -> None:
        """On the caller's thread: for what must arrive before something else happens."""
        with self._lock:
            self._in_flight += 1
            generation = self._generation
        self._deliver(post, generation)

    def report(self) -> dict[str, Any]:
        with self._lock:
            waits = sorted(self._seconds)
            middle = waits[len(waits) // 2] if waits else None
            return {
                **self._counts,
                "in_flight": self._in_flight,
                "waiting_for_retry": self._scheduler.waiting(self._tag),
                "median_seconds": middle,
                "max_seconds": waits[-1] if waits else None,
                "last_errors": list(self._errors),
            }

    def _deliver(self, post: Post, generation: int) -> None:
        if generation != self._generation:
            return
        started = time.monotonic()
        status, problem = self._attempt(post)
        with self._lock:
            if generation == self._generation:
                self._settle(post, status, problem, time.monotonic() - started)

    def _attempt(self, post: Post) -> tuple[int, str]:
        timeout = post.retry.timeout if post.retry else 10.0
        try:
            status, body = client.call("POST", post.url, post.body, post.headers, timeout)
            return status, body[:200].decode("utf-8", "replace")
        except (OSError, HTTPException, ValueError) as error:
            return 0, repr(error)

    def _settle(self, post: Post, status: int, problem: str, seconds: float) -> None:
        self._in_flight -= 1
        accepted = post.accepts(status)
        if post.forged:
            self._counts["forged_accepted" if accepted else "forged_refused"] += 1
            return
        self._counts["sent"] += 1
        self._counts["ok" if accepted else "refused"] += 1
        self._seconds.append(seconds)
        if not accepted:
            self._errors.append({"at": rfc3339(), "url": post.url, "status": status, "answer": problem})
            self._again(post)

    def _again(self, post: Post) -> None:
        delay = post.retry.first * post.retry.factor**post.attempts if post.retry else None
        if delay is None or post.waited + delay > (post.retry.limit if post.retry else 0):
            self._counts["gave_up"] += 1
            return
        post.attempts += 1
        post.waited += delay
        self._scheduler.after(delay, lambda: self.post(post), self._tag)
