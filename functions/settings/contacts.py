"""/rest/v1/contacts — people the business writes to, with their addresses: create, list, get, update, delete."""

from typing import Annotated

from parley.edge.http import BASE, Contacts, Cursor, IdempotencyKey, Limit, Query, create_app, entrypoint
from parley.model.contact import Contact, ContactChanges, NewContact
from parley.model.types import Page
from parley.operations import contacts

app = create_app()
ALL, ONE, TAGS = f"{BASE}/contacts", f"{BASE}/contacts/<contact_id>", ["Contacts"]
Identity = Annotated[
    str | None, Query(max_length=300, description="Only the contact that has it: a phone number, or `kind:value`")
]


@app.post(ALL, status_code=201, summary="Creates a contact", tags=TAGS, operation_id="create_contact")
def create_contact(organization: Contacts, new: NewContact, idempotency_key: IdempotencyKey = None) -> Contact:
    return contacts.create(organization, new, idempotency_key)


@app.get(ALL, summary="The contacts, or the one with an identity", tags=TAGS, operation_id="list_contacts")
def list_contacts(
    organization: Contacts, identity: Identity = None, next: Cursor = None, limit: Limit = 50
) -> Page[Contact]:
    return contacts.list_all(organization, identity, next, limit)


@app.get(ONE, summary="A contact", tags=TAGS, operation_id="get_contact")
def get_contact(organization: Contacts, contact_id: str) -> Contact:
    return contacts.get(organization, contact_id)


@app.patch(ONE, summary="Changes a contact", tags=TAGS, operation_id="update_contact")
def update_contact(organization: Contacts, contact_id: str, changes: ContactChanges) -> Contact:
    return contacts.update(organization, contact_id, changes)


@app.delete(
    ONE, status_code=204, summary="Deletes a contact with its memberships", tags=TAGS, operation_id="delete_contact"
)
def delete_contact(organization: Contacts, contact_id: str) -> None:
    contacts.delete(organization, contact_id)


handler = entrypoint(app)
