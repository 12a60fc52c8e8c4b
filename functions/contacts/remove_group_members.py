"""POST /rest/v1/groups/{group_id}/members/remove — takes contacts out of an audience group."""

from parley.edge.http import BASE, Contacts, create_app, entrypoint
from parley.model.group import MembersWish, Removed
from parley.operations import members

app = create_app()


@app.post(
    f"{BASE}/groups/<group_id>/members/remove",
    summary="Takes up to 1,000 contacts out of an audience group; the contacts stay",
    tags=["Audience groups"],
    operation_id="remove_group_members",
)
def remove_group_members(organization: Contacts, group_id: str, wish: MembersWish) -> Removed:
    return members.remove(organization, group_id, wish.contact_ids)


handler = entrypoint(app)
