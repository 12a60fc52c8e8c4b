"""GET /rest/v1/contact_imports/{import_id} — how far an import of contacts is, and what became of its rows."""

from parley.edge.http import BASE, Contacts, create_app, entrypoint
from parley.model.contact_import import ContactImport
from parley.operations import contact_imports

app = create_app()


@app.get(
    f"{BASE}/contact_imports/<import_id>",
    summary="How far an import of contacts is, and what became of its rows",
    tags=["Contacts"],
    operation_id="get_contact_import",
)
def get_contact_import(organization: Contacts, import_id: str) -> ContactImport:
    return contact_imports.get(organization, import_id)


handler = entrypoint(app)
