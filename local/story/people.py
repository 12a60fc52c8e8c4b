"""Who is written to: seven numbers that the simulators know, and what happens to each."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    """`kind` is the magic part of the number, see local/simulators/README.md; `goal` is where the message ends."""

    name: str
    kind: str
    order: str
    story: str
    goal: str
    fallback: str | None = None
    wait: int | None = None
    after: int = 0

    def number(self, serial: int) -> str:
        """A number nobody was written to before; only the first block decides what happens to it."""
        return f"+49151{self.kind}{serial % 10_000:04d}"


CAST = (
    Person("Anna", "0001", "A-1001", "gets it and reads it", "read"),
    Person("Ben", "0000", "A-1002", "gets it and does not look at it", "delivered"),
    Person("Chloe", "0016", "A-1003", "reads it; her receipts come backwards: read, delivered, sent", "read"),
    Person(
        "David",
        "0006",
        "A-1004",
        "gets it, but the line breaks first: unknown (?) until a receipt",
        "delivered",
    ),
    Person("Emma", "1026", "A-1005", "is not on WhatsApp: an SMS at once", "failed", "aws"),
    Person("Farid", "0002", "A-1006", "stays silent: an SMS after 10 s", "accepted", "gateway", wait=10),
    Person("Gita", "0001", "A-1007", "gets it at a set time, 18 s from now", "read", after=18),
)
