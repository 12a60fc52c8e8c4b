"""The pool of numbers that one-time codes go out from: a resource of it, how it does, and which one is taken."""

from collections.abc import Iterable
from typing import Annotated, NamedTuple

from pydantic import Field

from parley.model.countries import Countries
from parley.model.types import Id, Instant, Model, OrganizationWish, Strict

Capacity = Annotated[
    int | None, Field(ge=1, le=100_000, description="Codes in a minute of the clock; null: as fast as its channel")
]
Served = Annotated[Countries, Field(min_length=1)]


class NewSchedulingResource(Strict):
    """A number that codes to these countries may go out from: that of a bound channel of the organization. Those of a
    service provider serve its customers too."""

    organization_id: OrganizationWish = None
    channel_id: Id
    countries: Served
    capacity: Capacity = None
    enabled: bool = True


class SchedulingResourceChanges(Strict):
    """Only the given fields change; `capacity: null` takes the limit away."""

    organization_id: OrganizationWish = None
    countries: Served | None = None
    capacity: Capacity = None
    enabled: bool | None = None


class ResourceHealth(Model):
    """`healthy`: it is used. `failures` are refusals for the sender's sake in a row, `misses` codes in a row that were
    not typed in; too many of either make it rest, and so does its platform."""

    healthy: bool = True
    failures: int = 0
    misses: int = 0
    rests_until: Instant | None = None
    used: int = Field(default=0, description="Codes that went out from it in this minute of the clock")


class SchedulingResource(Model):
    id: Id
    organization_id: Id
    channel_id: Id
    countries: list[str]
    capacity: int | None = None
    enabled: bool = True
    health: ResourceHealth = Field(default_factory=ResourceHealth)
    fingerprint: str = Field(default="", exclude=True)
    created_at: Instant
    updated_at: Instant


class Load(NamedTuple):
    """What is known of a resource at this moment; times in epoch milliseconds."""

    used: int = 0
    failures: int = 0
    misses: int = 0
    troubled_at: int = 0
    rests_until: int = 0


class Patience(NamedTuple):
    """How many failures and misses in a row make a resource rest, and for how many milliseconds."""

    failures: int
    misses: int
    rest: int

    def rests_until(self, load: Load) -> int:
        worn = load.failures >= self.failures or load.misses >= self.misses
        return max(load.rests_until, load.troubled_at + self.rest if worn else 0)

    def doubts(self, load: Load) -> bool:
        return load.failures > 0 or 2 * load.misses >= self.misses


class Candidate(NamedTuple):
    """A resource that could send a code; `most`: in this minute."""

    resource: SchedulingResource
    load: Load
    most: int


def choose(
    pool: Iterable[Candidate], to: frozenset[str], patience: Patience, now: int, before: str | None = None
) -> Candidate | None:
    """The resource for a code to a number of these countries; None if none is free.

    Those without any trouble come first, then those with the most capacity left. `before` is the one that may have sent
    it already: if it can, it does so again, so that what is reported of either counts."""
    free = [each for each in pool if _is_free(each, to, patience, now)]
    again = [each for each in free if each.resource.id == before]
    return min(again or free, key=lambda each: _order(each, patience), default=None)


def _is_free(each: Candidate, to: frozenset[str], patience: Patience, now: int) -> bool:
    serves = each.resource.enabled and not to.isdisjoint(each.resource.countries)
    return serves and each.load.used < each.most and patience.rests_until(each.load) <= now


def _order(each: Candidate, patience: Patience) -> tuple[bool, float, str]:
    return patience.doubts(each.load), each.load.used / each.most, each.resource.id
