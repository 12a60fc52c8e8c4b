"""PATCH /rest/v1/templates/{template_id} — replaces the content of a draft or a rejected template."""

from parley.edge.http import BASE, Templates, create_app, entrypoint
from parley.model.template import Template, TemplateChanges
from parley.operations import templates

app = create_app()


@app.patch(
    f"{BASE}/templates/<template_id>",
    summary="Replaces the content of a draft or a rejected template",
    tags=["Templates"],
    operation_id="update_template",
)
def update_template(organization: Templates, template_id: str, changes: TemplateChanges) -> Template:
    return templates.update(organization, template_id, changes)


handler = entrypoint(app)
