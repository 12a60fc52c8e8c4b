"""Audience groups: named sets of contacts that broadcasts go to."""

import unicodedata
from hashlib import sha256
from typing import Annotated

from pydantic import Field

from parley.model.types import Id, Instant, Model, Name, OrganizationWish, Strict

MOST_AT_ONCE = 1000
FIRST_MEMBERS = 40
"""They are written with the group, in one transaction of at most 100 writes."""

LONGEST_FOLDED = 500

ContactIds = Annotated[list[Id], Field(min_length=1, max_length=MOST_AT_ONCE)]


class NewGroup(Strict):
    organization_id: OrganizationWish = None
    name: Annotated[Name, Field(description="Unique in the organization, without regard to case")]
    members: Annotated[
        list[Id], Field(max_length=FIRST_MEMBERS, description="The ids of its first contacts; more are added later")
    ] = Field(default_factory=list)


class GroupChanges(Strict):
    organization_id: OrganizationWish = None
    name: Name | None = None


class Group(Model):
    """`member_count` is counted when one group is asked for; lists leave it out."""

    id: Id
    organization_id: Id
    name: str
    member_count: int | None = None
    fingerprint: str = Field(default="", exclude=True)
    created_at: Instant
    updated_at: Instant


class MembersWish(Strict):
    organization_id: OrganizationWish = None
    contact_ids: ContactIds


class Added(Model):
    """What became of each contact; a repeat finds those that were added `present`."""

    added: list[Id]
    present: list[Id]
    unknown: list[Id] = Field(description="There are no such contacts")
    full: list[Id] = Field(description="They are in as many groups as a contact may be in")


class Removed(Model):
    removed: list[Id]
    absent: list[Id] = Field(description="Not among the members, or no contacts at all")


def folded(name: str) -> str:
    """A name as far as it tells groups apart: without case, forms of letters and repeated blanks. It is part of a key,
    which has no room for ligatures that become whole sentences."""
    told = " ".join(unicodedata.normalize("NFKC", name).casefold().split())
    return told if len(told.encode()) <= LONGEST_FOLDED else sha256(told.encode()).hexdigest()
