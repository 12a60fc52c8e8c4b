"""A crowd of recipients with every kind of fate, and what each fate prescribes."""

import random
from dataclasses import dataclass
from typing import Any

from tests.support.stack_client import Json

UNDELIVERED = ("accepted", "sent", "failed", "expired", "superseded")
WAIT = 30  # seconds to the fallback: far above what receipts need on a busy machine


@dataclass(frozen=True)
class Fate:
    """What becomes of a message to a magic number: its last status, the code of its error, and how often the platform
    takes it (at most, where an unknown outcome's policy tries twice)."""

    behaviour: int
    share: int  # of two hundred
    status: str
    served: int = 1
    error: str | None = None
    code: bool = False  # a one-time code, free-form on its own lane
    ttl: int | None = None


FATES = [
    Fate(0, 20, "delivered"),
    Fate(1, 27, "read"),
    Fate(2, 10, "accepted"),
    Fate(3, 10, "sent"),
    Fate(5, 8, "read"),
    Fate(6, 10, "delivered"),
    Fate(7, 8, "failed", error="outcome_unknown"),
    Fate(8, 8, "failed", served=0, error="outcome_unknown"),
    Fate(9, 7, "failed", served=0, error="outcome_unknown"),
    Fate(10, 3, "delivered"),
    Fate(11, 6, "read"),
    Fate(13, 6, "read"),
    Fate(14, 6, "failed", served=0, error="outcome_unknown"),
    Fate(15, 10, "read"),
    Fate(16, 10, "read"),
    Fate(17, 9, "read"),
    Fate(18, 6, "delivered"),
    Fate(1026, 8, "failed", error="undeliverable"),
    Fate(1926, 4, "failed", error="undeliverable"),
    Fate(2026, 4, "failed", served=0, error="undeliverable"),
    Fate(3000, 4, "failed", served=0, error="template_parameters"),
    Fate(4472, 4, "failed", served=0, error="marketing_experiment"),
    Fate(2056, 2, "expired", served=0, error="expired", ttl=30),
    Fate(1, 4, "read", code=True),
    Fate(7, 4, "failed", served=2, error="outcome_unknown", code=True),
    Fate(8, 2, "failed", served=0, error="outcome_unknown", code=True),
]


@dataclass(frozen=True)
class Recipient:
    to: str
    fate: Fate
    falls_back: bool

    def body(self, fallback: Json) -> dict[str, Any]:
        """What is sent to this person."""
        free = {"type": "text", "text": "Your code is 4711.", "category": "AUTHENTICATION"} if self.fate.code else {}
        ttl = {"ttl": self.fate.ttl} if self.fate.ttl else {}
        return {**free, **ttl, **({"fallback": fallback} if self.falls_back else {})}

    def is_kept(self, message: Json) -> bool:
        """Whether the message stands where the address prescribes."""
        return (message["status"], (message["error"] or {}).get("code")) == (self.fate.status, self.fate.error)

    def may_be_lost(self, message: Json, served: int) -> bool:
        """A killed worker's message: nobody can know of it if it never arrived, or arrived and stays silent; and the
        fallback takes over a code that still waits for its second try."""
        if message["status"] == "superseded":
            return self.falls_back and self.fate.code
        unknown = message["status"] == "failed" and message["error"]["code"] == "outcome_unknown"
        return unknown and (served == 0 or self.fate.behaviour in (2, 7))


def crowd(person: Any, size: int) -> list[Recipient]:
    """`size` people in a random order, every second one of a kind with a fallback."""
    factor = size // 200
    wanted = [(fate, index) for fate in FATES for index in range(fate.share * factor)]
    people = [Recipient(person(fate.behaviour), fate, index % 2 == 0) for fate, index in wanted]
    random.shuffle(people)
    return sorted(people, key=lambda each: each.fate.ttl is None)  # what takes longest comes first
