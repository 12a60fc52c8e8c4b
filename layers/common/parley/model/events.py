"""What webhooks and platform events say, in one vocabulary for all providers."""

from dataclasses import dataclass, field

from parley.model.message import Fault
from parley.model.status import Status
from parley.model.template import TemplateStatus
from parley.model.types import JsonObject


@dataclass(frozen=True)
class StatusReport:
    """One status of one message; `echo` is what the platform carried for us, `at` its time in epoch milliseconds."""

    sender_id: str
    provider_id: str
    status: Status
    at: int
    echo: str | None = None
    fault: Fault | None = None
    person: str | None = None


@dataclass(frozen=True)
class InboundMessage:
    """One message of a person; `people` are all ids the platform gave for them, the best one first."""

    sender_id: str
    provider_id: str
    people: list[str]
    kind: str
    at: int
    content: JsonObject = field(default_factory=dict)


@dataclass(frozen=True)
class TemplateReport:
    """A change of a template at its platform, by the platform's id."""

    provider_id: str
    status: TemplateStatus
    reason: str | None = None


@dataclass(frozen=True)
class NotUnderstood:
    """Well signed, but nothing we know: counted, never refused, or the platform would retry for days."""

    what: str


Event = StatusReport | InboundMessage | TemplateReport | NotUnderstood
