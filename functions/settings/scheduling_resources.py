"""/rest/v1/scheduling_resources — numbers that one-time codes may go out from: create, list, get, update, delete."""

from parley.edge.http import BASE, Channels, Cursor, IdempotencyKey, Limit, create_app, entrypoint
from parley.model.scheduling import NewSchedulingResource, SchedulingResource, SchedulingResourceChanges
from parley.model.types import Page
from parley.operations import scheduling_resources as resources

app = create_app()
ALL, ONE = f"{BASE}/scheduling_resources", f"{BASE}/scheduling_resources/<resource_id>"
TAGS = ["Scheduling resources"]


@app.post(
    ALL,
    status_code=201,
    summary="Adds a number to the pool of one-time codes",
    tags=TAGS,
    operation_id="create_scheduling_resource",
)
def create_scheduling_resource(
    organization: Channels, new: NewSchedulingResource, idempotency_key: IdempotencyKey = None
) -> SchedulingResource:
    return resources.create(organization, new, idempotency_key)


@app.get(ALL, summary="The pool of numbers", tags=TAGS, operation_id="list_scheduling_resources")
def list_scheduling_resources(
    organization: Channels, next: Cursor = None, limit: Limit = 50
) -> Page[SchedulingResource]:
    return resources.list_all(organization, next, limit)


@app.get(ONE, summary="A number of the pool, and its health", tags=TAGS, operation_id="get_scheduling_resource")
def get_scheduling_resource(organization: Channels, resource_id: str) -> SchedulingResource:
    return resources.get(organization, resource_id)


@app.patch(ONE, summary="Changes a number of the pool", tags=TAGS, operation_id="update_scheduling_resource")
def update_scheduling_resource(
    organization: Channels, resource_id: str, changes: SchedulingResourceChanges
) -> SchedulingResource:
    return resources.update(organization, resource_id, changes)


@app.delete(
    ONE, status_code=204, summary="Takes a number out of the pool", tags=TAGS, operation_id="delete_scheduling_resource"
)
def delete_scheduling_resource(organization: Channels, resource_id: str) -> None:
    resources.delete(organization, resource_id)


handler = entrypoint(app)
