"""Fallback rules and policies: what a business sends from when a message does not arrive, in which order, and when."""

from typing import Annotated

from pydantic import Field

from parley.model.channel import ChannelType, ChannelTypeField
from parley.model.message import FALLBACK_WAIT, MOST_STEPS, Fallback, Trigger
from parley.model.types import Id, Instant, Model, Name, OrganizationWish, Strict

WAIT_BOUNDS = {"minimum": FALLBACK_WAIT[0], "maximum": FALLBACK_WAIT[1]}
"""Only described here: it is checked with everything else that may be wrong with a policy."""


class NewFallbackRule(Strict):
    organization_id: OrganizationWish = None
    name: Name
    type: ChannelTypeField
    channel_id: Annotated[Id, Field(description="What it sends from: a channel of this type")]


class FallbackRuleChanges(Strict):
    """Only the given fields change; the type of a rule never does. Messages that were accepted keep their steps."""

    organization_id: OrganizationWish = None
    name: Name | None = None
    channel_id: Id | None = None


class FallbackRule(Model):
    """What a step of a policy sends from."""

    id: Id
    organization_id: Id
    name: str
    type: ChannelType
    channel_id: Id
    fingerprint: str = Field(default="", exclude=True)
    created_at: Instant
    updated_at: Instant


class PolicyStep(Strict):
    """One message that goes out instead of the one before it; `trigger` and `wait` mean what they mean in `fallback`.

    With a `text` or a `template` of its own, or else with the words of the message itself. `$(name)` in a text is
    filled from the message's variables; so is what a template needs and `variables` does not give."""

    rule_id: Id
    trigger: Trigger = Trigger.UNDELIVERED
    wait: Annotated[int | None, Field(description="Seconds", json_schema_extra={**WAIT_BOUNDS})] = None
    text: Annotated[str | None, Field(min_length=1, max_length=1600)] = None
    template: Annotated[str | None, Field(min_length=1, max_length=512)] = None
    language: Annotated[str | None, Field(min_length=1, max_length=16)] = None
    variables: dict[str, str] = Field(default_factory=dict, description="Of the template")

    def on(self, channel: str) -> Fallback:
        """As a send would name it itself."""
        return Fallback.model_validate({**self.model_dump(exclude={"rule_id"}), "channel_id": channel})


Steps = Annotated[list[PolicyStep], Field(min_length=1, max_length=MOST_STEPS)]


class NewFallbackPolicy(Strict):
    organization_id: OrganizationWish = None
    name: Name
    steps: Steps


class FallbackPolicyChanges(Strict):
    """Only the given fields change, the steps as a whole; for sends that are accepted from now on."""

    organization_id: OrganizationWish = None
    name: Name | None = None
    steps: Steps | None = None


class FallbackPolicy(Model):
    id: Id
    organization_id: Id
    name: str
    steps: list[PolicyStep]
    version: int = Field(default=1, exclude=True)
    fingerprint: str = Field(default="", exclude=True)
    created_at: Instant
    updated_at: Instant

    @property
    def rules(self) -> set[str]:
        return {step.rule_id for step in self.steps}
