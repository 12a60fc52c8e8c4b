"""People who are not written to, on a channel or anywhere."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from parley.model.address import Address, Recipient
from parley.model.types import End, Id, Instant, Model, OrganizationWish, Strict

OPTED_OUT = "opted_out"
KEYWORD = "keyword"
REFUSED_BY_PERSON = "person_opted_out"
"""A platform refused a message because the person told it so."""


class SuppressionScope(StrEnum):
    """What is stopped. Who opted out gets no more marketing, but utility messages and one-time codes."""

    ALL = "all"
    MARKETING = "marketing"


class NewSuppression(Strict):
    organization_id: OrganizationWish = None
    channel_id: Id | None = Field(
        default=None, description="Left out: on every channel, a plain `to` is a phone number"
    )
    to: Recipient
    reason: Annotated[str, Field(pattern=r"^[a-z_]{1,40}$", description="A word of yours")] = "by_operator"
    scope: SuppressionScope = SuppressionScope.ALL
    expires_at: End | None = Field(default=None, description="RFC 3339 with offset; then they are written to again")


class Suppression(Model):
    """One word about a person; an operator's stands beside what a platform or the person said. `reason` is a word of
    the operator, what the platform said, as person_blocked, opted_out for a button or the platform's own switch, or
    keyword for what the person wrote."""

    channel_id: Id | None = Field(description="null: on every channel")
    to: Address
    reason: str
    scope: SuppressionScope = SuppressionScope.ALL
    created_at: Instant
    expires_at: Instant | None = None
