"""Messages as the API shows them, and what a dry run answers."""

from typing import Literal

from pydantic import ConfigDict, Field

from parley.model.address import Address
from parley.model.lane import Category, Lane
from parley.model.message import Fault, State, Trigger
from parley.model.profile import Profile
from parley.model.status import Status
from parley.model.times import rfc3339
from parley.model.types import Id, Instant, JsonObject, Model


class TimelineEntry(Model):
    status: Status
    at: Instant = Field(description="The provider's time where it gave one")


class FallbackState(Model):
    channel_id: Id
    trigger: Trigger
    wait: int | None = None
    fired_at: Instant | None = None
    reason: str | None = None
    message_id: Id | None = Field(default=None, description="The message that went out instead")


class Message(Model):
    """A message as the API shows it. An `unknown` one that nothing settled is shown as failed, `outcome_unknown`."""

    model_config = ConfigDict(populate_by_name=True)

    id: Id
    organization_id: Id
    channel_id: Id
    direction: Literal["out", "in"]
    status: Status
    sender: str = Field(alias="from", description="What it came from as a person reads it, like a phone number")
    to: Address = Field(description="The person, of inbound messages too")
    type: str
    category: Category | None = None
    template: str | None = None
    language: str | None = None
    variables: dict[str, str] = Field(default_factory=dict)
    text: str | None = None
    format: str | None = None
    media: JsonObject | None = None
    album: list[JsonObject] | None = None
    location: JsonObject | None = None
    contact: JsonObject | None = None
    poll: JsonObject | None = None
    buttons: list[list[JsonObject]] | None = None
    keyboard: JsonObject | None = None
    reply_to: Id | None = None
    answers: Id | None = Field(default=None, description="Our message that the person answered or pressed a button of")
    pressed: str | None = Field(default=None, description="The text of the button that the person pressed")
    inbound: JsonObject | None = Field(default=None, description="What the person sent, in the platform's words")
    profile: Profile | None = Field(default=None, description="How the person who wrote calls themselves there")
    files: list[JsonObject] = Field(
        default_factory=list, description="What the person sent along; `link` ends after 15 minutes"
    )
    reference: str | None = None
    created_at: Instant
    send_at: Instant
    edited_at: Instant | None = None
    deleted_at: Instant | None = Field(default=None, description="When it was taken back from the person's chat")
    expires_at: Instant
    held: str | None = Field(default=None, description="What it waits for: channel, template")
    error: Fault | None = None
    late: bool = Field(default=False, description="It arrived after its fallback had gone out")
    timeline: list[TimelineEntry] = Field(default_factory=list)
    fallback: FallbackState | None = None
    fallback_of: Id | None = None
    fallback_policy_id: Id | None = None
    converted: bool | None = Field(default=None, description="Of a one-time code: whether the person typed it in")
    provider_message_id: str | None = None
    origin: str | None = Field(default=None, description="The platform's id of the sender that really sent it")


class MessageSummary(Model):
    """A row of a list: everything but the content."""

    model_config = ConfigDict(populate_by_name=True)

    id: Id
    channel_id: Id
    direction: Literal["out", "in"]
    status: Status
    to: Address
    type: str
    category: Category | None = None
    reference: str | None = None
    created_at: Instant
    send_at: Instant
    error: Fault | None = None
    fallback_of: Id | None = None
    late: bool = False


class PlannedStep(Model):
    """What one step of a send would do."""

    channel_id: Id
    to: Address
    text: str
    encoding: str | None = None
    parts: int | None = None
    trigger: Trigger | None = None
    wait: int | None = None
    skip_reason: str | None = None
    notes: list[str] = Field(
        default_factory=list, description="What was put in words for the channel's sake, and what cannot be known yet"
    )


class DryRun(Model):
    """What a send would do; nothing was stored."""

    dry_run: Literal[True] = True
    send_at: Instant
    lane: Lane
    steps: list[PlannedStep]


def shown_status(state: State) -> Status:
    return shown_as(state.status, settled=state.settled)


def shown_as(status: Status, *, settled: bool) -> Status:
    return Status.FAILED if status is Status.UNKNOWN and settled else status


def timeline(state: State) -> list[TimelineEntry]:
    order = sorted(state.times.items(), key=lambda entry: entry[1])
    return [TimelineEntry(status=Status(name), at=rfc3339(at)) for name, at in order]
