"""Organizations, the customers of service providers, and API keys."""

from collections.abc import Iterator

from parley.errors import Conflict, NotFound
from parley.model.organization import ApiKey, Organization
from parley.store import keys, table
from parley.store.table import TransactionFailed


def insert(organization: Organization, fingerprint: str) -> bool:
    """Keeps a new organization, under its provider too if it has one. False: it is there already, the same one."""
    item = {
        **keys.organization(organization.id),
        **organization.model_dump(exclude_none=True),
        "fingerprint": fingerprint,
    }
    listed = {**keys.listed_organization(organization.id), "id": organization.id}
    writes = [
        {"Put": {"TableName": table.data(), "Item": item, "ConditionExpression": "attribute_not_exists(pk)"}},
        {"Put": {"TableName": table.data(), "Item": listed}},
    ]
    if organization.owner:
        link = {**keys.customer(organization.owner, organization.id), "id": organization.id}
        writes.append({"Put": {"TableName": table.data(), "Item": link}})
    try:
        table.transact(writes)
    except TransactionFailed as failed:
        _same(table.get(table.data(), keys.organization(organization.id)), fingerprint, failed)
        return False
    return True


def get(organization: str) -> Organization | None:
    item = table.get(table.data(), keys.organization(organization))
    return Organization.model_validate(item) if item else None


def owner(organization: str) -> str | None:
    """The service provider whose customer it is."""
    item = table.get(table.data(), keys.organization(organization))
    return item.get("owner") if item else None


def all_ids() -> Iterator[str]:
    """Every organization of the deployment, for its jobs."""
    yield from (
        item["id"] for item in table.query(table.data(), "pk = :pk", {":pk": keys.listed_organization("")["pk"]})
    )


def serves(provider: str, organization: str) -> bool:
    return table.get(table.data(), keys.customer(provider, organization)) is not None


def customers(provider: str, start: table.Item | None, limit: int) -> tuple[list[Organization], table.Item | None]:
    prefix = keys.customer(provider, "")
    links, last = table.query_page(
        table.data(),
        "pk = :pk AND begins_with(sk, :sk)",
        {":pk": prefix["pk"], ":sk": prefix["sk"]},
        start=start,
        limit=limit,
    )
    items = table.get_many(table.data(), [keys.organization(link["id"]) for link in links])
    return sorted((Organization.model_validate(item) for item in items), key=lambda each: each.id), last


def insert_key(key: ApiKey, hashed: str, fingerprint: str) -> bool:
    """Keeps a key by its hash and in its organization's list. False: it is there already."""
    record = key.model_dump(exclude_none=True, exclude={"secret"})
    listed = {**keys.api_key(key.organization_id, key.id), **record, "hash": hashed, "fingerprint": fingerprint}
    proof = {**keys.api_key_secret(hashed), **record}
    fresh = {"TableName": table.data(), "ConditionExpression": "attribute_not_exists(pk)"}
    try:
        table.transact([{"Put": {**fresh, "Item": listed}}, {"Put": {**fresh, "Item": proof}}])
    except TransactionFailed as failed:
        _same(table.get(table.data(), keys.api_key(key.organization_id, key.id)), fingerprint, failed)
        return False
    return True


def get_key(organization: str, key: str) -> ApiKey | None:
    item = table.get(table.data(), keys.api_key(organization, key))
    return ApiKey.model_validate(item) if item else None


def find_key(hashed: str) -> ApiKey | None:
    item = table.get(table.data(), keys.api_key_secret(hashed))
    return ApiKey.model_validate(item) if item else None


def list_keys(organization: str, start: table.Item | None, limit: int) -> tuple[list[ApiKey], table.Item | None]:
    prefix = keys.api_key(organization, "")
    items, last = table.query_page(
        table.data(),
        "pk = :pk AND begins_with(sk, :sk)",
        {":pk": prefix["pk"], ":sk": prefix["sk"]},
        start=start,
        limit=limit,
        consistent=True,
    )
    return [ApiKey.model_validate(item) for item in items], last


def revoke_key(organization: str, key: str, at: str) -> ApiKey:
    """Ends a key in both of its items; the first revocation's time stays. Raises NotFound."""
    item = table.get(table.data(), keys.api_key(organization, key))
    if item is None:
        raise NotFound("API key")
    change = {
        "TableName": table.data(),
        "UpdateExpression": "SET revoked_at = if_not_exists(revoked_at, :at)",
        "ExpressionAttributeValues": {":at": at},
    }
    both = [keys.api_key(organization, key), keys.api_key_secret(item["hash"])]
    table.transact([{"Update": {**change, "Key": each}} for each in both])
    return ApiKey.model_validate({"revoked_at": at, **item})


def _same(kept: table.Item | None, fingerprint: str, failed: TransactionFailed) -> None:
    """A repeat of the same request is no error."""
    if kept is None:
        raise failed
    if kept.get("fingerprint") != fingerprint:
        raise Conflict("idempotency_key_reused", "This Idempotency-Key was used for another request.")
