"""GET /rest/v1/templates — the templates of the organization."""

from typing import Annotated

from parley.edge.http import BASE, Cursor, Limit, Query, Templates, create_app, entrypoint
from parley.model.template import Template, TemplateStatus
from parley.model.types import Page
from parley.operations import templates

app = create_app()


@app.get(
    f"{BASE}/templates", summary="The templates of the organization", tags=["Templates"], operation_id="list_templates"
)
def list_templates(
    organization: Templates,
    channel_id: Annotated[str | None, Query()] = None,
    status: Annotated[TemplateStatus | None, Query()] = None,
    next: Cursor = None,
    limit: Limit = 50,
) -> Page[Template]:
    return templates.list_all(organization, channel_id, status, next, limit)


handler = entrypoint(app)
