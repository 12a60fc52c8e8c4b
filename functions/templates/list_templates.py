"""GET /rest/v1/templates — the templates of the organization."""

from typing import Annotated

from parley.edge.http import BASE, Cursor, Limit, Query, Templates, create_app, entrypoint
from parley.model.channel import ChannelType
from parley.model.lane import Category
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
    category: Annotated[Category | None, Query()] = None,
    language: Annotated[str | None, Query(max_length=16)] = None,
    name: Annotated[str | None, Query(max_length=512)] = None,
    type: Annotated[ChannelType | None, Query(description="Of its channel")] = None,
    next: Cursor = None,
    limit: Limit = 50,
) -> Page[Template]:
    wanted = {"channel_id": channel_id, "status": status, "category": category, "language": language, "name": name}
    return templates.list_all(organization, wanted, type, next, limit)


handler = entrypoint(app)
