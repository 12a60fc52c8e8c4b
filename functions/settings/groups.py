"""/rest/v1/groups — audience groups, which broadcasts go to: create, list, get, update, delete."""

from parley.edge.http import BASE, Contacts, Cursor, IdempotencyKey, Limit, create_app, entrypoint
from parley.model.group import Group, GroupChanges, NewGroup
from parley.model.types import Page
from parley.operations import groups

app = create_app()
ALL, ONE, TAGS = f"{BASE}/groups", f"{BASE}/groups/<group_id>", ["Audience groups"]


@app.post(ALL, status_code=201, summary="Creates an audience group", tags=TAGS, operation_id="create_group")
def create_group(organization: Contacts, new: NewGroup, idempotency_key: IdempotencyKey = None) -> Group:
    return groups.create(organization, new, idempotency_key)


@app.get(ALL, summary="The audience groups", tags=TAGS, operation_id="list_groups")
def list_groups(organization: Contacts, next: Cursor = None, limit: Limit = 50) -> Page[Group]:
    return groups.list_all(organization, next, limit)


@app.get(ONE, summary="An audience group, with the number of its members", tags=TAGS, operation_id="get_group")
def get_group(organization: Contacts, group_id: str) -> Group:
    return groups.get(organization, group_id)


@app.patch(ONE, summary="Renames an audience group", tags=TAGS, operation_id="update_group")
def update_group(organization: Contacts, group_id: str, changes: GroupChanges) -> Group:
    return groups.update(organization, group_id, changes)


@app.delete(
    ONE, status_code=204, summary="Deletes an audience group; its contacts stay", tags=TAGS, operation_id="delete_group"
)
def delete_group(organization: Contacts, group_id: str) -> None:
    groups.delete(organization, group_id)


handler = entrypoint(app)
