"""GET /rest/v1/organizations/{id} — one organization: the own one, or a customer."""

from parley.edge.http import BASE, Organizations, create_app, entrypoint
from parley.model.organization import Organization
from parley.operations import organizations

app = create_app()


@app.get(
    f"{BASE}/organizations/<id>",
    summary="One organization: the own one, or a customer",
    tags=["Organizations"],
    operation_id="get_organization",
)
def get_organization(organization: Organizations, id: str) -> Organization:
    return organizations.get_for(organization, id)


handler = entrypoint(app)
