"""POST /rest/v1/templates/{template_id}/preview — how it reads with given values, and what is missing."""

from parley.edge.http import BASE, Templates, create_app, entrypoint
from parley.model.template import NewPreview, Preview
from parley.operations import templates

app = create_app()


@app.post(
    f"{BASE}/templates/<template_id>/preview",
    summary="How it reads with given values, and what is missing",
    tags=["Templates"],
    operation_id="preview_template",
)
def preview_template(organization: Templates, template_id: str, new: NewPreview) -> Preview:
    return templates.preview(organization, template_id, new)


handler = entrypoint(app)
