"""What webhooks and platform events say, in one vocabulary for all providers."""

from dataclasses import dataclass, field

from parley.model.address import Address
from parley.model.message import Fault
from parley.model.presses import Answered
from parley.model.profile import Profile
from parley.model.receipt import AuditType, Conversation
from parley.model.status import Status
from parley.model.template import TemplateStatus
from parley.model.types import JsonObject


@dataclass(frozen=True)
class StatusReport:
    """One status of one message; `echo` is what the platform carried for us, `at` its time in epoch milliseconds.
    `scope` of a failure is as of a refusal (`errors.Rejected`), `user_id` the platform's id of the person beside their
    address."""

    sender_id: str
    provider_id: str
    status: Status
    at: int
    echo: str | None = None
    fault: Fault | None = None
    scope: str = "message"
    conversation: Conversation | None = None
    user_id: str | None = None


@dataclass(frozen=True)
class InboundMessage:
    """One message of a person, or anything else they did; `people` are all addresses the platform gave for them, the
    best one first.

    `spoke`: they wrote, so that a window opens. `text` is what they wrote, of a message of nothing but words. `files`
    are what its provider's `inbound.fetch` gets, `follow_up` what its `inbound.follow_up` gets: words that the platform
    waits for, as the answer to a pressed button. `answers`: the message of ours that they answered, or whose button
    they pressed."""

    sender_id: str
    provider_id: str
    people: list[Address]
    kind: str
    at: int
    content: JsonObject = field(default_factory=dict)
    spoke: bool = True
    files: list[JsonObject] = field(default_factory=list)
    follow_up: JsonObject | None = None
    answers: Answered | None = None
    text: str | None = None
    profile: Profile | None = None


@dataclass(frozen=True)
class Reachability:
    """A person shut the channel out, or let it in again."""

    sender_id: str
    person: Address
    reachable: bool
    at: int
    code: str = "person_blocked"


@dataclass(frozen=True)
class MarketingChoice:
    """A person told the platform whether they want marketing; `people` are all addresses that it gave for them."""

    sender_id: str
    people: list[Address]
    wanted: bool
    at: int


@dataclass(frozen=True)
class AddressMoved:
    """The platform gave a chat another address."""

    sender_id: str
    old: Address
    new: Address


@dataclass(frozen=True)
class TemplateReport:
    """A change of a template at its platform, by the platform's id; what is None did not change."""

    provider_id: str
    status: TemplateStatus | None = None
    reason: str | None = None
    category: str | None = None
    quality: str | None = None
    expected: str | None = None


@dataclass(frozen=True)
class AccountReport:
    """What a platform decided about a number (`number` as it is claimed, E.164) or a business account (its `account`).

    `status` is its word, of a quality one of GREEN, YELLOW, RED and UNKNOWN; `details` is what else it told. `at` is 0
    where it told no time."""

    type: AuditType
    status: str
    at: int = 0
    number: str | None = None
    account: str | None = None
    reason: str | None = None
    details: JsonObject = field(default_factory=dict)


@dataclass(frozen=True)
class NotUnderstood:
    """Well signed, but nothing we know: counted, never refused, or the platform would retry for days."""

    what: str


Event = (
    StatusReport
    | InboundMessage
    | TemplateReport
    | AccountReport
    | Reachability
    | MarketingChoice
    | AddressMoved
    | NotUnderstood
)
