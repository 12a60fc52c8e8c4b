"""What the table knows of one message: the API's own words, and when each stage was reached."""

from dataclasses import dataclass, field
from datetime import datetime

from local.story.api import Json
from local.story.people import Person

WAY = ("queued", "accepted", "sent", "delivered", "read")


@dataclass
class Row:
    """A message, or the copy that its fallback sent (`original` is set)."""

    person: Person
    number: str
    message: Json = field(default_factory=dict)
    original: "Row | None" = None

    @property
    def status(self) -> str:
        return str(self.message.get("status", ""))

    @property
    def goal(self) -> str:
        return "delivered" if self.original else self.person.goal

    @property
    def arrived(self) -> bool:
        """Whether it is where it ends, its whole way told. A fallback's original also needs its copy."""
        if self.status != self.goal or (self.person.fallback and not self.original and not self.copy):
            return False
        told = self.reached()
        return bool(self.original) or all(stage in told for stage in self._stages())

    def _stages(self) -> tuple[str, ...]:
        """What WhatsApp tells of a message on its way to its goal; an acceptance may have got lost."""
        return WAY[WAY.index("sent") : WAY.index(self.goal) + 1] if self.goal in ("delivered", "read") else ()

    def due(self) -> tuple[float, str]:
        """Until when it waits, and for what; 0 if it does not."""
        if self.status == "scheduled":
            return _seconds(self.message["send_at"]), "goes"
        if self.status == "accepted" and self.person.wait and not self.original and not self.copy:
            return self.reached()["accepted"] + self.person.wait, "SMS"
        return 0.0, ""

    @property
    def copy(self) -> str | None:
        """The id of the message that went out instead."""
        return (self.message.get("fallback") or {}).get("message_id")

    def reached(self) -> dict[str, float]:
        """Epoch seconds of each status. WhatsApp tells whole seconds, so a receipt would come before its cause: at
        least the time of the stage before is shown."""
        told = {each["status"]: _seconds(each["at"]) for each in self.message.get("timeline", [])}
        last = 0.0
        for stage in (WAY[0], "unknown", *WAY[1:]):
            if stage in told:
                last = told[stage] = max(told[stage], last)
        return told


def _seconds(instant: str) -> float:
    return datetime.fromisoformat(instant).timestamp()
