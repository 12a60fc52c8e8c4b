"""GET /rest/v1/groups/{group_id}/members — the contacts of an audience group."""

from parley.edge.http import BASE, Contacts, Cursor, Limit, create_app, entrypoint
from parley.model.contact import Contact
from parley.model.types import Page
from parley.operations import members

app = create_app()


@app.get(
    f"{BASE}/groups/<group_id>/members",
    summary="The contacts of an audience group",
    tags=["Audience groups"],
    operation_id="list_group_members",
)
def list_group_members(organization: Contacts, group_id: str, next: Cursor = None, limit: Limit = 50) -> Page[Contact]:
    return members.list_all(organization, group_id, next, limit)


handler = entrypoint(app)
