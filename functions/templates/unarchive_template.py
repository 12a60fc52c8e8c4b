"""POST /rest/v1/templates/{template_id}/unarchive — brings an archived template back."""

from parley.edge.http import BASE, Templates, create_app, entrypoint
from parley.model.template import Template
from parley.operations import retirement

app = create_app()


@app.post(
    f"{BASE}/templates/<template_id>/unarchive",
    summary="Brings an archived template back",
    tags=["Templates"],
    operation_id="unarchive_template",
)
def unarchive_template(organization: Templates, template_id: str) -> Template:
    return retirement.unarchive(organization, template_id)


handler = entrypoint(app)
