"""POST /rest/v1/templates/import — takes over templates that exist at the platform of a channel."""

from parley.edge.http import BASE, Templates, create_app, entrypoint
from parley.model.template import Import, Imported
from parley.operations import following

app = create_app()


@app.post(
    f"{BASE}/templates/import",
    summary="Takes over templates that exist at the platform of a channel",
    tags=["Templates"],
    operation_id="import_templates",
)
def import_templates(organization: Templates, wanted: Import) -> Imported:
    return following.import_page(organization, wanted)


handler = entrypoint(app)
