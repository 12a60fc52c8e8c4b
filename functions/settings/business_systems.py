"""/rest/v1/business_systems — where a channel's intents are called: create, list, get, update, delete."""

from typing import Annotated

from parley.edge.http import BASE, Channels, Cursor, IdempotencyKey, Limit, Query, create_app, entrypoint
from parley.model.business_system import BusinessSystem, BusinessSystemChanges, NewBusinessSystem
from parley.model.types import Page
from parley.operations import business_systems as systems

app = create_app()
ALL, ONE, TAGS = f"{BASE}/business_systems", f"{BASE}/business_systems/<system_id>", ["Business systems"]
Filter = Annotated[str | None, Query(max_length=64)]


@app.post(ALL, status_code=201, summary="Creates a business system", tags=TAGS, operation_id="create_business_system")
def create_business_system(
    organization: Channels, new: NewBusinessSystem, idempotency_key: IdempotencyKey = None
) -> BusinessSystem:
    return systems.create(organization, new, idempotency_key)


@app.get(ALL, summary="The business systems", tags=TAGS, operation_id="list_business_systems")
def list_business_systems(
    organization: Channels, channel_id: Filter = None, next: Cursor = None, limit: Limit = 50
) -> Page[BusinessSystem]:
    return systems.list_all(organization, channel_id, next, limit)


@app.get(ONE, summary="A business system", tags=TAGS, operation_id="get_business_system")
def get_business_system(organization: Channels, system_id: str) -> BusinessSystem:
    return systems.get(organization, system_id)


@app.patch(ONE, summary="Changes a business system", tags=TAGS, operation_id="update_business_system")
def update_business_system(organization: Channels, system_id: str, changes: BusinessSystemChanges) -> BusinessSystem:
    return systems.update(organization, system_id, changes)


@app.delete(
    ONE,
    status_code=204,
    summary="Deletes a business system that no intent calls",
    tags=TAGS,
    operation_id="delete_business_system",
)
def delete_business_system(organization: Channels, system_id: str) -> None:
    systems.delete(organization, system_id)


handler = entrypoint(app)
