"""POST /rest/v1/templates — a template as a draft."""

from parley.edge.http import BASE, IdempotencyKey, Templates, create_app, entrypoint
from parley.model.template import NewTemplate, Template
from parley.operations import templates

app = create_app()


@app.post(
    f"{BASE}/templates",
    status_code=201,
    summary="A template as a draft",
    tags=["Templates"],
    operation_id="create_template",
)
def create_template(organization: Templates, new: NewTemplate, idempotency_key: IdempotencyKey = None) -> Template:
    return templates.create(organization, new, idempotency_key)


handler = entrypoint(app)
