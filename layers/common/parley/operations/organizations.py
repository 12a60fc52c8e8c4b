"""Organizations: created by IAM, customers of a service provider created by it through the API."""

from parley.cloud import clock
from parley.errors import Forbidden, NotFound
from parley.model import cursor, ids
from parley.model.organization import NewCustomer, NewOrganization, Organization, OrganizationKind
from parley.model.times import rfc3339
from parley.model.types import Page
from parley.settings import settings
from parley.store import organizations as store


def create(new: NewOrganization, owner: str | None, idempotency_key: str | None) -> Organization:
    """Keeps a new organization; the same key gives the same one. Raises Conflict for a key used otherwise."""
    organization = Organization(
        id=ids.created(owner or "deployment", "create_organization", idempotency_key),
        name=new.name,
        kind=new.kind,
        owner=owner,
        channel_limit=new.channel_limit or settings().channel_limit,
        created_at=rfc3339(clock.now()),
    )
    if not store.insert(organization, ids.fingerprint(new.model_dump(mode="json"))):
        return get(organization.id)
    return organization


def create_customer(provider: str, new: NewCustomer, idempotency_key: str | None) -> Organization:
    """A customer of a service provider. Raises Forbidden for an organization that is none."""
    if get(provider).kind is not OrganizationKind.SERVICE_PROVIDER:
        raise Forbidden("not_a_service_provider", "Only a service provider has customer organizations.")
    return create(NewOrganization(name=new.name), provider, idempotency_key)


def get(organization: str) -> Organization:
    found = store.get(organization)
    if found is None:
        raise NotFound("organization")
    return found


def get_for(caller: str, organization: str) -> Organization:
    """The caller itself or one of its customers. Raises NotFound for anybody else's."""
    return get(organization if organization == caller else act_for(caller, organization))


def act_for(provider: str, organization: str) -> str:
    """The organization that a service provider acts for. Raises NotFound for anybody else's."""
    if not store.serves(provider, organization):
        raise NotFound("organization")
    return organization


def list_customers(provider: str, next_page: str | None, limit: int) -> Page[Organization]:
    """The organization itself comes first, then its customers."""
    position = cursor.decode(next_page, provider=provider)
    if position is not None and "after" not in position:
        raise cursor.bad_cursor()
    own = [get(provider)] if position is None else []
    left = limit - len(own)
    customers, last = store.customers(provider, (position or {}).get("after"), left) if left else ([], None)
    following = {"after": last} if last or not left else None
    return Page(items=[*own, *customers], next=cursor.encode(following, provider=provider))
