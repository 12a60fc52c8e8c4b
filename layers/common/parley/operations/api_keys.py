"""API keys: 256 random bits, stored as a hash, shown once."""

import hashlib
import secrets

from parley.cloud import clock
from parley.errors import Forbidden, Invalid, Problem
from parley.model import cursor, ids
from parley.model.organization import ApiKey, NewApiKey, Scope
from parley.model.times import instant, rfc3339
from parley.model.types import Page
from parley.store import organizations as store

PREFIX = "sk_live_"


def create(
    organization: str, new: NewApiKey, idempotency_key: str | None, granted: frozenset[str] | None = None
) -> ApiKey:
    """A new key with its secret. The answer to a repeat of the same request has no secret.

    `granted` are the scopes of the key that asks: nobody gives away more than they have."""
    if granted is not None and not set(new.scopes) <= granted:
        raise Forbidden("scope_missing", "A key cannot give scopes that it does not have itself.")
    now, id = clock.now(), ids.created(organization, "create_api_key", idempotency_key)
    if new.expires_at and round(new.expires_at.timestamp() * 1000) <= now and not store.get_key(organization, id):
        raise Invalid([Problem("expires_at", "in_the_past", "The end of a key lies in the future.")])
    secret = PREFIX + secrets.token_urlsafe(32)
    key = _key(organization, new, id, secret, now)
    if store.insert_key(
        key, hash_of(secret), ids.fingerprint(new.model_dump(mode="json", exclude={"organization_id"}))
    ):
        return key
    return store.get_key(organization, key.id) or key.model_copy(update={"secret": None})


def _key(organization: str, new: NewApiKey, key: str, secret: str, now: int) -> ApiKey:
    ends = rfc3339(round(new.expires_at.timestamp() * 1000)) if new.expires_at else None
    return ApiKey(
        id=key,
        organization_id=organization,
        name=new.name,
        scopes=sorted(set(new.scopes)),
        hint=secret[-4:],
        created_at=rfc3339(now),
        expires_at=ends,
        secret=secret,
    )


def list_all(organization: str, next_page: str | None, limit: int) -> Page[ApiKey]:
    found, last = store.list_keys(organization, cursor.decode(next_page, keys=organization), limit)
    return Page(items=found, next=cursor.encode(last, keys=organization))


def revoke(organization: str, key: str) -> ApiKey:
    """Ends a key. The gateway remembers a good key for up to a minute."""
    return store.revoke_key(organization, key, rfc3339(clock.now()))


def authorize(header: str | None) -> ApiKey | None:
    """The key of an Authorization header, None if it is not good: unknown, revoked or over."""
    scheme, _, secret = (header or "").partition(" ")
    if scheme.lower() != "bearer" or not secret.startswith(PREFIX):
        return None
    key = store.find_key(hash_of(secret.strip()))
    return key if key and _is_good(key) else None


def _is_good(key: ApiKey) -> bool:
    over = key.expires_at is not None and instant(key.expires_at, None) <= clock.now()
    return key.revoked_at is None and not over


def hash_of(secret: str) -> str:
    """The secret has 256 random bits, so a plain hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


ALL_SCOPES = list(Scope)
