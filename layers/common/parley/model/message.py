"""A message: what the API takes, what is kept of it, and what the API shows."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from parley.model.address import Address, Recipient, of_key
from parley.model.content import Content, Kind, Said
from parley.model.lane import Category, Lane
from parley.model.status import Status
from parley.model.types import Id, Model, OrganizationWish, Reference, Strict

FALLBACK_WAIT = (10, 72 * 3600)
MOST_STEPS = 5
TTL = (30, 30 * 86_400)


class Trigger(StrEnum):
    """When a fallback fires; the exact meanings are in the API description of `fallback`."""

    SEND_FAILED = "send_failed"
    UNDELIVERED = "undelivered"
    UNREAD = "unread"


class Fallback(Strict):
    """What is sent instead, on another channel, and when.

    `send_failed`: the message failed or expired, template and parameter faults included, at once. `undelivered`: the
    same without those faults, or the wait ran out below delivered. `unread`: the wait ran out below read. Without a
    `wait` only a matching receipt fires it.
    """

    channel_id: Id
    trigger: Trigger = Trigger.UNDELIVERED
    wait: Annotated[int | None, Field(ge=FALLBACK_WAIT[0], le=FALLBACK_WAIT[1], description="Seconds")] = None
    to: Recipient | None = None
    text: Annotated[str | None, Field(min_length=1, max_length=1600)] = None
    template: Annotated[str | None, Field(max_length=512)] = None
    language: Annotated[str | None, Field(max_length=16)] = None
    variables: dict[str, str] = Field(default_factory=dict)

    def content(self) -> Content:
        kind = Kind.TEMPLATE if self.template else Kind.TEXT
        return Content(
            type=kind, template=self.template, language=self.language, variables=self.variables, text=self.text
        )


class Unsupported(StrEnum):
    """What happens where the channel cannot show everything: the send is refused, or what cannot be shown is put in
    words (buttons as numbered lines, a place as a link); the dry run tells which."""

    REFUSE = "refuse"
    REDUCE = "reduce"


class NewMessage(Said):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    organization_id: OrganizationWish = None
    channel_id: Id
    sender: Annotated[
        str | None, Field(alias="from", max_length=256, description="The send account; the channel's own when left out")
    ] = None
    to: Recipient
    on_unsupported: Unsupported = Unsupported.REFUSE
    category: Category | None = Field(default=None, description="Of free-form messages and SMS; a template has its own")
    reference: Reference | None = None
    send_at: Annotated[
        str | None, Field(description="RFC 3339, or a wall-clock time with time_zone; up to 366 days")
    ] = None
    time_zone: Annotated[str | None, Field(examples=["Europe/Berlin"])] = None
    ttl: Annotated[int | None, Field(ge=TTL[0], le=TTL[1], description="Seconds from send_at until it expires")] = None
    fallback: Fallback | None = None
    fallbacks: Annotated[list[Fallback], Field(max_length=MOST_STEPS)] = Field(
        default_factory=list,
        description="Several steps, instead of `fallback`, in order; each one's trigger is about the one before it",
    )
    fallback_policy_id: Id | None = Field(
        default=None,
        description="A fallback policy, instead of `fallback`; a free-form message may have `variables` for its texts",
    )
    dry_run: bool = Field(default=False, description="Check and show what would be sent; nothing is kept or sent")

    @property
    def steps(self) -> list[Fallback]:
        return [self.fallback] if self.fallback else self.fallbacks

    def content(self) -> Content:
        free = {"variables"} if self.fallback_policy_id and self.type is not Kind.TEMPLATE else set()
        return Content.model_validate(self.model_dump(include=set(Said.model_fields) - free))


class NewTime(Strict):
    """Where a scheduled message is moved to."""

    organization_id: OrganizationWish = None
    send_at: str
    time_zone: str | None = None


class Fault(Model):
    """Why a message did not arrive. `local` faults were found before any provider was asked."""

    code: str
    message: str
    provider_code: str | None = None
    local: bool = False
    retryable: bool = False


NOBODY_KNOWS = Fault(code="outcome_unknown", message="Nobody knows whether the provider took it, and no receipt came.")


class State(Model):
    """The small, mutable item of a message (under 1 KB, so that every change costs one write unit).

    All times are epoch milliseconds. `sender` is what it goes out from by the platform's id, `times` holds the
    provider's time of each status whenever it came, `step` is the last fallback step that fired, of a message that was
    accepted; `fired_at` is there on every leg that another one followed. Of a code that went out through the pool
    `origin` is the sender instead of `sender`, `resource` the one of the pool. Of an inbound message
    `answers` is ours that it answers, `template` that one's template, `pressed` the text of the button. A row of a
    `broadcast` has no content of its own: it is made from the row's file. `user_id` is the platform's own id of the
    person, beside the address that it went to.
    """

    model_config = ConfigDict(extra="ignore")

    id: Id
    organization: Id
    channel: Id
    direction: Literal["out", "in"] = "out"
    status: Status
    rank: int
    kind: str
    lane: Lane = Lane.TRANSACTIONAL
    sender: str = ""
    to: str
    category: Category | None = None
    template: Id | None = None
    fingerprint: str
    reference: str | None = None
    created_at: int
    send_at: int
    expires_at: int
    attempt: int = 0
    lease_until: int | None = None
    claimed_by: str | None = None
    held_by: str | None = None
    times: dict[str, int] = Field(default_factory=dict)
    error: Fault | None = None
    trigger: Trigger | None = None
    wait: int | None = None
    policy: Id | None = None
    step: int = 0
    fired_at: int | None = None
    fired_for: str | None = None
    copy_of: Id | None = None
    copy_step: int | None = None
    late: bool = False
    provider_id: str | None = None
    edited_at: int | None = None
    deleted_at: int | None = None
    settled: bool = False
    unknown_at: int | None = None
    resent: bool = False
    answers: Id | None = None
    pressed: str | None = None
    opted_out: bool = False
    converted: bool | None = None
    origin: str | None = None
    resource: Id | None = None
    broadcast: Id | None = None
    row: int | None = None
    conversation: str | None = None
    conversation_until: int | None = None
    user_id: str | None = None

    @property
    def address(self) -> Address:
        return of_key(self.to)

    @property
    def sent_from(self) -> str:
        """The sender that really sent it, or will unless another one is chosen; by the platform's id."""
        return self.origin or self.sender

    @property
    def root(self) -> str:
        """The message that was accepted; copies stand for it."""
        return self.copy_of or self.id

    @property
    def leg(self) -> int:
        """0 for the message itself, n for the copy of step n."""
        return self.copy_step or 0
