"""People who are not written to on a channel."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from parley.model.address import Address, Recipient
from parley.model.types import Id, Instant, Model, OrganizationWish, Strict

OPTED_OUT = "opted_out"


class SuppressionScope(StrEnum):
    """What is stopped. Who opted out gets no more marketing, but utility messages and one-time codes."""

    ALL = "all"
    MARKETING = "marketing"


class NewSuppression(Strict):
    organization_id: OrganizationWish = None
    channel_id: Id
    to: Recipient
    reason: Annotated[str, Field(pattern=r"^[a-z_]{1,40}$", description="A word of yours")] = "by_operator"


class Suppression(Model):
    """`reason` is a word of the operator, what the platform said, as person_blocked, or opted_out."""

    channel_id: Id
    to: Address
    reason: str
    scope: SuppressionScope = SuppressionScope.ALL
    created_at: Instant
