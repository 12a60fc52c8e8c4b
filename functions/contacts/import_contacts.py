"""POST /rest/v1/contacts/import — makes contacts of the rows of a sheet."""

from parley.edge.http import BASE, Contacts, IdempotencyKey, create_app, entrypoint
from parley.model.contact_import import ContactImport, NewContactImport
from parley.operations import contact_imports

app = create_app()


@app.post(
    f"{BASE}/contacts/import",
    status_code=202,
    summary="Makes contacts of the rows of a sheet",
    tags=["Contacts"],
    operation_id="import_contacts",
)
def import_contacts(
    organization: Contacts, new: NewContactImport, idempotency_key: IdempotencyKey = None
) -> ContactImport:
    return contact_imports.create(organization, new, idempotency_key)


handler = entrypoint(app)
