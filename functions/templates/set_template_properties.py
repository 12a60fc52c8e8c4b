"""PATCH /rest/v1/templates/{template_id}/properties — lets a stopped template send again, or sets what stops it."""

from parley.edge.http import BASE, Templates, create_app, entrypoint
from parley.model.template import Template, TemplateProperties
from parley.operations import templates

app = create_app()


@app.patch(
    f"{BASE}/templates/<template_id>/properties",
    summary="Lets a stopped template send again, or sets what stops it",
    tags=["Templates"],
    operation_id="set_template_properties",
)
def set_template_properties(organization: Templates, template_id: str, wanted: TemplateProperties) -> Template:
    return templates.set_properties(organization, template_id, wanted)


handler = entrypoint(app)
