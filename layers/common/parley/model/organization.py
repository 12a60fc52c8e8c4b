"""Organizations and the keys that speak for them."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from parley.model.types import End, Id, Instant, Model, Name, OrganizationWish, Strict


class OrganizationKind(StrEnum):
    CUSTOMER = "customer"
    SERVICE_PROVIDER = "service_provider"


class Scope(StrEnum):
    """What a key may do; `read` covers every GET."""

    READ = "read"
    CHANNELS = "channels"
    TEMPLATES = "templates"
    MESSAGES = "messages"
    CONTACTS = "contacts"
    ORGANIZATIONS = "organizations"
    KEYS = "keys"


class NewOrganization(Strict):
    name: Name
    kind: OrganizationKind = OrganizationKind.CUSTOMER
    channel_limit: Annotated[int | None, Field(ge=1, le=10_000)] = None


class NewCustomer(Strict):
    """A customer organization of the calling service provider."""

    name: Name


class Organization(Model):
    id: Id
    name: str
    kind: OrganizationKind
    owner: Id | None = Field(default=None, description="The service provider that acts for this organization")
    channel_limit: int = 100
    channel_count: int = 0
    created_at: Instant


class NewApiKey(Strict):
    """A key for this organization, or for a customer of this service provider."""

    organization_id: OrganizationWish = None
    name: Name
    scopes: Annotated[list[Scope], Field(min_length=1)]
    expires_at: End | None = None


class ApiKey(Model):
    """`secret` appears once, in the answer that made the key, and is stored only as a hash."""

    id: Id
    organization_id: Id
    name: str
    scopes: list[Scope]
    hint: str = Field(description="The last four characters, to tell keys apart")
    created_at: Instant
    expires_at: Instant | None = None
    revoked_at: Instant | None = None
    secret: str | None = None


class Caller(Model):
    """Who calls, as the authorizer proved it."""

    organization: Id
    key: Id
    scopes: frozenset[str]
