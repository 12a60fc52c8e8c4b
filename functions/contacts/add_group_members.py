"""POST /rest/v1/groups/{group_id}/members — adds contacts to an audience group."""

from parley.edge.http import BASE, Contacts, create_app, entrypoint
from parley.model.group import Added, MembersWish
from parley.operations import members

app = create_app()


@app.post(
    f"{BASE}/groups/<group_id>/members",
    summary="Adds up to 1,000 contacts to an audience group; may be repeated",
    tags=["Audience groups"],
    operation_id="add_group_members",
)
def add_group_members(organization: Contacts, group_id: str, wish: MembersWish) -> Added:
    return members.add(organization, group_id, wish.contact_ids)


handler = entrypoint(app)
