"""Contacts: create, look at, find by an identity, change, delete."""

from typing import Any

from parley.cloud import clock
from parley.errors import Conflict, Invalid, NotFound, Problem
from parley.model import cursor, ids
from parley.model.address import Address
from parley.model.contact import (
    Contact,
    ContactChanges,
    NewContact,
    attribute_problems,
    read_identities,
    read_identity,
)
from parley.model.times import rfc3339
from parley.model.types import Page
from parley.store import contacts as store
from parley.store import groups

TRIES = 5
"""How often a change begins anew because somebody else changed the same contact."""

MOST_WRITES = 100


def create(organization: str, new: NewContact, idempotency_key: str | None) -> Contact:
    """Raises Invalid with every broken rule, Conflict for an identity of another contact or a key that was used."""
    now, identities = rfc3339(clock.now()), _checked(new.identities, new.attributes)
    contact = Contact(
        id=ids.created(organization, "create_contact", idempotency_key),
        organization_id=organization,
        identities=identities,
        groups=sorted(set(new.groups)),
        fingerprint=ids.fingerprint(new.model_dump(mode="json", exclude={"organization_id"})),
        created_at=now,
        updated_at=now,
        **new.model_dump(include={"name", "attributes", "time_zone", "language"}),
    )
    kept = store.get(organization, contact.id) if idempotency_key else None
    return _shown([_same(kept, contact) if kept else _keep(contact, new.groups)])[0]


def _keep(contact: Contact, wanted: list[str]) -> Contact:
    for _ in range(TRIES):
        if store.insert(contact):
            return contact
        kept = store.get(contact.organization_id, contact.id)
        if kept:
            return _same(kept, contact)
        _explain(contact, wanted)
    raise _changed_meanwhile()


def _same(kept: Contact, contact: Contact) -> Contact:
    if kept.fingerprint != contact.fingerprint:
        raise Conflict("idempotency_key_reused", "This Idempotency-Key was used for another request.")
    return kept


def _checked(identities: list[Any], attributes: dict[str, str]) -> list[Address]:
    """The identities as they are kept. Raises Invalid with all that is wrong in both."""
    problems = attribute_problems(attributes)
    try:
        found = read_identities(identities)
    except Invalid as invalid:
        raise Invalid([*invalid.problems, *problems]) from None
    if problems:
        raise Invalid(problems)
    return found


def _explain(contact: Contact, joins: list[str]) -> None:
    """Raises what stands in the way of a contact that joins these groups; returns where nothing does any more."""
    o, reason = contact.organization_id, "This identity belongs to the contact {}."
    owners = {key: owner for key, owner in store.owners(o, contact.keys).items() if owner != contact.id}
    taken = [(i, owners[key]) for i, key in enumerate(contact.keys) if key in owners]
    if taken:
        problems = [Problem(f"identities.{i}", "identity_taken", reason.format(owner)) for i, owner in taken]
        raise Conflict("identity_taken", problems[0].reason, problems)
    there = groups.get_many(o, joins)
    gone = [i for i, each in enumerate(joins) if each not in there]
    if gone:
        raise Invalid([Problem(f"groups.{i}", "unknown_group", "There is no such group.") for i in gone])


def get(organization: str, contact: str) -> Contact:
    return _shown([_existing(organization, contact)])[0]


def _existing(organization: str, contact: str) -> Contact:
    found = store.get(organization, contact)
    if found is None:
        raise NotFound("contact")
    return found


def list_all(organization: str, identity: str | None, next_page: str | None, limit: int) -> Page[Contact]:
    """All of them by id, or the one that has an identity. Raises Invalid for what is no address."""
    position = cursor.decode(next_page, contacts=organization, identity=identity)
    if identity is not None:
        return Page(items=_shown(_with(organization, read_identity(identity, "identity"))))
    found, last = store.page(organization, position, limit)
    return Page(items=_shown(found), next=cursor.encode(last, contacts=organization, identity=None))


def _with(organization: str, identity: Address) -> list[Contact]:
    owner = store.owners(organization, [identity.key]).get(identity.key)
    found = store.get(organization, owner) if owner else None
    return [found] if found else []


def update(organization: str, contact: str, changes: ContactChanges) -> Contact:
    """What is given replaces what was. Raises as `create` does, and Conflict if others change it all the time."""
    given = {name for name in changes.model_fields_set if name != "organization_id"}
    identities = _checked(changes.identities or [], changes.attributes or {})
    for _ in range(TRIES):
        found = _existing(organization, contact)
        changed = _changed(found, changes, given, identities)
        if changed == found:
            return _shown([found])[0]
        if len(store.replacing(found, changed)) > MOST_WRITES:
            reason = "A contact cannot leave and join that many groups at once."
            raise Invalid([Problem("groups", "too_many_changes", reason)])
        if store.replace(found, changed):
            return _shown([changed])[0]
        _explain(changed, changes.groups or [])
    raise _changed_meanwhile()


def _changed(found: Contact, changes: ContactChanges, given: set[str], identities: list[Address]) -> Contact:
    """A null takes away what a contact may be without; of the rest it changes nothing."""
    plain = given & {"name", "time_zone", "language"}
    fields = {name: getattr(changes, name) for name in plain}
    fields |= {"identities": identities} if changes.identities is not None else {}
    fields |= {"attributes": changes.attributes} if changes.attributes is not None else {}
    fields |= {"groups": sorted(set(changes.groups))} if changes.groups is not None else {}
    changed = found.model_copy(update=fields)
    return found if changed == found else changed.model_copy(update={"updated_at": rfc3339(clock.now())})


def delete(organization: str, contact: str) -> None:
    """Its identities are free and its memberships gone at once."""
    for _ in range(TRIES):
        if store.delete(_existing(organization, contact)):
            return
    raise _changed_meanwhile()


def shown(organization: str, found: list[Contact]) -> list[Contact]:
    """As the API shows them: a group that is being deleted is not among their groups any more."""
    there = groups.get_many(organization, {group for each in found for group in each.groups})
    return [each.model_copy(update={"groups": [group for group in each.groups if group in there]}) for each in found]


def _shown(found: list[Contact]) -> list[Contact]:
    return shown(found[0].organization_id, found) if found else []


def _changed_meanwhile() -> Conflict:
    return Conflict("contact_changed", "The contact was changed meanwhile; look at it again.")
