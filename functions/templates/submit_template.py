"""POST /rest/v1/templates/{template_id}/submit — hands a template to the review of its platform."""

from parley.edge.http import BASE, Templates, create_app, entrypoint
from parley.model.template import Template
from parley.operations import reviews

app = create_app()


@app.post(
    f"{BASE}/templates/<template_id>/submit",
    summary="Hands a template to the review of its platform",
    tags=["Templates"],
    operation_id="submit_template",
)
def submit_template(organization: Templates, template_id: str) -> Template:
    return reviews.submit(organization, template_id)


handler = entrypoint(app)
