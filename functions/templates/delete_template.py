"""DELETE /rest/v1/templates/{template_id} — deletes a template here and at the platform."""

from parley.edge.http import BASE, Templates, create_app, entrypoint
from parley.operations import templates

app = create_app()


@app.delete(
    f"{BASE}/templates/<template_id>",
    status_code=204,
    summary="Deletes a template here and at the platform",
    tags=["Templates"],
    operation_id="delete_template",
)
def delete_template(organization: Templates, template_id: str) -> None:
    templates.delete(organization, template_id)


handler = entrypoint(app)
