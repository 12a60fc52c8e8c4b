"""GET /rest/v1/api_keys — the keys of the organization, without their secrets."""

from parley.edge.http import BASE, Cursor, Keys, Limit, create_app, entrypoint
from parley.model.organization import ApiKey
from parley.model.types import Page
from parley.operations import api_keys

app = create_app()


@app.get(
    f"{BASE}/api_keys",
    summary="The keys of the organization, without their secrets",
    tags=["API keys"],
    operation_id="list_api_keys",
)
def list_api_keys(organization: Keys, next: Cursor = None, limit: Limit = 50) -> Page[ApiKey]:
    return api_keys.list_all(organization, next, limit)


handler = entrypoint(app)
