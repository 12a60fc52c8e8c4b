"""Contacts; each is written in one transaction with the claims on its identities and with its memberships."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from parley.model.address import Address
from parley.model.contact import Contact
from parley.store import audience_keys, keys, memberships, table
from parley.store.table import Item, TransactionFailed

FRESH = "attribute_not_exists(pk)"
Writes = list[dict[str, Any]]


def insert(contact: Contact) -> bool:
    """Keeps a new one. False: its id or one of its identities is taken, or one of its groups is gone."""
    return written(creating(contact))


def replace(old: Contact, new: Contact) -> bool:
    """False: it was changed or deleted meanwhile, a new identity is taken, or a new group is gone."""
    return written(replacing(old, new))


def delete(contact: Contact) -> bool:
    """False: it was changed or deleted meanwhile."""
    o = contact.organization_id
    gone = {"TableName": table.data(), "Key": _key(contact), **_unchanged(contact)}
    left = memberships.leaving(o, contact.id, contact.groups)
    return written([{"Delete": gone}, *_freeing(contact, contact.identities), *left])


def creating(contact: Contact, *, in_use: bool = False) -> Writes:
    """The writes of `insert`, for a transaction with more in it. `in_use`: something keeps its groups from being
    deleted, so nobody has to look whether they are there."""
    put = {"TableName": table.data(), "Item": _item(contact), "ConditionExpression": FRESH}
    joined = memberships.joining(contact.organization_id, contact.id, contact.groups, in_use=in_use)
    return [{"Put": put}, *_claiming(contact, contact.identities), *joined]


def replacing(old: Contact, new: Contact, *, in_use: bool = False) -> Writes:
    """The writes of `replace`; `in_use` as in `creating`, of the groups that are new."""
    o, before, after = old.organization_id, set(old.groups), set(new.groups)
    put = {"TableName": table.data(), "Item": _item(new.model_copy(update={"version": old.version + 1}))}
    kept, wanted = set(old.keys), set(new.keys)
    return [
        {"Put": put | _unchanged(old)},
        *_freeing(old, [each for each in old.identities if each.key not in wanted]),
        *_claiming(new, [each for each in new.identities if each.key not in kept]),
        *memberships.leaving(o, old.id, sorted(before - after)),
        *memberships.joining(o, old.id, sorted(after - before), in_use=in_use),
    ]


def get(organization: str, contact: str) -> Contact | None:
    item = table.get(table.data(), audience_keys.contact(organization, contact))
    return read(item) if item else None


def get_many(organization: str, contacts: Iterable[str]) -> dict[str, Contact]:
    """Those that exist, by their ids."""
    items = table.get_many(table.data(), [audience_keys.contact(organization, each) for each in contacts])
    return {item["id"]: read(item) for item in items}


def page(organization: str, start: Item | None, limit: int) -> tuple[list[Contact], Item | None]:
    pk, prefix = audience_keys.contacts(organization)
    values = {":pk": pk, ":sk": prefix}
    items, last = table.query_page(
        table.data(), "pk = :pk AND begins_with(sk, :sk)", values, start=start, limit=limit, consistent=True
    )
    return [read(item) for item in items], last


def all_of(organization: str) -> Iterator[Contact]:
    pk, prefix = audience_keys.contacts(organization)
    values = {":pk": pk, ":sk": prefix}
    yield from map(read, table.query(table.data(), "pk = :pk AND begins_with(sk, :sk)", values))


def members(organization: str, group: str) -> Iterator[Contact]:
    """Those of a group, 100 a read; who left it meanwhile is left out."""
    found = memberships.all_of(organization, group)
    while batch := list(islice(found, 100)):
        contacts = get_many(organization, batch)
        yield from (contacts[each] for each in batch if each in contacts and group in contacts[each].groups)


def owners(organization: str, identities: Iterable[str]) -> dict[str, str]:
    """Identity (`kind:value`) → the contact that has it, of those that somebody has."""
    items = table.get_many(table.data(), [audience_keys.identity(organization, each) for each in identities])
    return {item["identity"]: item["contact"] for item in items}


def read(item: Item) -> Contact:
    return Contact.model_validate({**item, "groups": sorted(item.get("groups", ()))})


def written(writes: Writes) -> bool:
    """Whether they were made, all of them; False: one of their conditions did not hold."""
    try:
        table.transact(writes)
    except TransactionFailed as failed:
        if "ConditionalCheckFailed" not in failed.reasons:
            raise
        return False
    return True


def _claiming(contact: Contact, identities: Iterable[Address]) -> Writes:
    o, fresh = contact.organization_id, {"TableName": table.data(), "ConditionExpression": FRESH}
    owned = [{"identity": each.key, "contact": contact.id} for each in identities]
    return [{"Put": {**fresh, "Item": {**audience_keys.identity(o, each["identity"]), **each}}} for each in owned]


def _freeing(contact: Contact, identities: Iterable[Address]) -> Writes:
    keys_ = [audience_keys.identity(contact.organization_id, each.key) for each in identities]
    return [{"Delete": {"TableName": table.data(), "Key": key}} for key in keys_]


def _unchanged(contact: Contact) -> dict[str, Any]:
    return {
        "ConditionExpression": "version = :version",
        "ExpressionAttributeValues": {":version": contact.version},
    }


def _item(contact: Contact) -> Item:
    hidden = {"version": contact.version, "fingerprint": contact.fingerprint}
    groups = {"groups": set(contact.groups)} if contact.groups else {}
    return {
        **_key(contact),
        **contact.model_dump(mode="json", exclude_none=True, exclude={"groups"}),
        **hidden,
        **groups,
    }


def _key(contact: Contact) -> keys.Key:
    return audience_keys.contact(contact.organization_id, contact.id)
