"""GET /rest/v1/organizations — the own organization and its customers."""

from parley.edge.http import BASE, Cursor, Limit, Organizations, create_app, entrypoint
from parley.model.organization import Organization
from parley.model.types import Page
from parley.operations import organizations

app = create_app()


@app.get(
    f"{BASE}/organizations",
    summary="The own organization and its customers",
    tags=["Organizations"],
    operation_id="list_organizations",
)
def list_organizations(organization: Organizations, next: Cursor = None, limit: Limit = 50) -> Page[Organization]:
    return organizations.list_customers(organization, next, limit)


handler = entrypoint(app)
