"""GET /rest/v1/templates/{template_id} — one template with the state of its review."""

from parley.edge.http import BASE, Templates, create_app, entrypoint
from parley.model.template import Template
from parley.operations import templates

app = create_app()


@app.get(
    f"{BASE}/templates/<template_id>",
    summary="One template with the state of its review",
    tags=["Templates"],
    operation_id="get_template",
)
def get_template(organization: Templates, template_id: str) -> Template:
    return templates.get(organization, template_id)


handler = entrypoint(app)
