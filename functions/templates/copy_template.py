"""POST /rest/v1/templates/{template_id}/copy — a draft with the same content, in another language, name or channel."""

from parley.edge.http import BASE, Destination, IdempotencyKey, Templates, create_app, entrypoint
from parley.model.template import NewCopy, Template
from parley.operations import templates

app = create_app()


@app.post(
    f"{BASE}/templates/<template_id>/copy",
    status_code=201,
    summary="A draft with the same content, in another language, name or channel",
    tags=["Templates"],
    operation_id="copy_template",
)
def copy_template(
    organization: Templates,
    template_id: str,
    new: NewCopy,
    to: Destination = None,
    idempotency_key: IdempotencyKey = None,
) -> Template:
    return templates.copy(organization, template_id, new, idempotency_key, to)


handler = entrypoint(app)
