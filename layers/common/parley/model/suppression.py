"""People who are not written to on a channel."""

from typing import Annotated

from pydantic import Field

from parley.model.address import Address, Recipient
from parley.model.types import Id, Instant, Model, OrganizationWish, Strict


class NewSuppression(Strict):
    organization_id: OrganizationWish = None
    channel_id: Id
    to: Recipient
    reason: Annotated[str, Field(pattern=r"^[a-z_]{1,40}$", description="A word of yours")] = "by_operator"


class Suppression(Model):
    """`reason` is a word of the operator, or what the platform said, as person_blocked."""

    channel_id: Id
    to: Address
    reason: str
    created_at: Instant
