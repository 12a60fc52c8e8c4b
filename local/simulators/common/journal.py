"""What reached the providers: accepted messages, counts per person, refused requests and bugs."""

import itertools
import threading
from collections import Counter, deque
from typing import Any

from local.simulators.common.clock import rfc3339

KEPT = 200_000


class Journal:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._order = itertools.count(1)
        self.clear()

    def clear(self) -> None:
        with self._lock:
            self._log: deque[dict[str, Any]] = deque(maxlen=KEPT)
            self._errors: deque[dict[str, Any]] = deque(maxlen=KEPT)
            self._first: dict[tuple[str, str, str], tuple[str, int]] = {}
            self._served: dict[str, Counter[str]] = {}
            self._reached: dict[str, Counter[str]] = {}

    def seen(self, simulator: str, to: str, reference: str | None) -> None:
        """Note a well-formed request, accepted or not: its first time and how often it came."""
        key = (simulator, to, reference or "")
        with self._lock:
            if len(self._first) > KEPT:
                self._first.clear()
            at, times = self._first.get(key, (rfc3339(), 0))
            self._first[key] = (at, times + 1)

    def accepted(self, simulator: str, to: str, reference: str | None, reaches: bool, **entry: Any) -> None:
        with self._lock:
            first, attempt = self._first.get((simulator, to, reference or ""), (rfc3339(), 1))
            self._log.append(
                {
                    "seq": next(self._order),
                    "simulator": simulator,
                    "to": to,
                    "reference": reference,
                    **entry,
                    "reaches_person": reaches,
                    "at": rfc3339(),
                    "first_seen": first,
                    "attempt": attempt,
                }
            )
            self._served.setdefault(simulator, Counter())[to] += 1
            if reaches:
                self._reached.setdefault(simulator, Counter())[to] += 1

    def noted(self, simulator: str, to: str, **entry: Any) -> None:
        """Something done for a person that is no message of its own: it stands in the log and counts for nobody."""
        with self._lock:
            about = {"seq": next(self._order), "simulator": simulator, "to": to, "reference": None}
            self._log.append({**about, **entry, "reaches_person": False, "at": rfc3339()})

    def refused(self, simulator: str, **entry: Any) -> None:
        with self._lock:
            self._errors.append({"seq": next(self._order), "simulator": simulator, "at": rfc3339(), **entry})

    def log(self, simulator: str | None, to: str | None, after: int) -> list[dict[str, Any]]:
        with self._lock:
            entries = list(self._log)
        return [entry for entry in entries if _wanted(entry, simulator, to, after)]

    def errors(self, simulator: str | None, to: str | None, after: int) -> list[dict[str, Any]]:
        with self._lock:
            entries = list(self._errors)
        return [entry for entry in entries if _wanted(entry, simulator, to, after)]

    def served(self, only_reached: bool) -> dict[str, dict[str, int]]:
        with self._lock:
            counts = self._reached if only_reached else self._served
            return {name: dict(counts.get(name, {})) for name in ("whatsapp", "sms_gateway", "sms_voice", "telegram")}


def _wanted(entry: dict[str, Any], simulator: str | None, to: str | None, after: int) -> bool:
    return entry["seq"] > after and simulator in (None, entry["simulator"]) and to in (None, entry.get("to"))
