"""/rest/v1/receipt_endpoints — where receipts go: create, list, get, update, delete."""

from typing import Annotated

from parley.edge.http import BASE, Channels, Cursor, IdempotencyKey, Limit, Query, create_app, entrypoint
from parley.model.receipt_endpoint import NewReceiptEndpoint, ReceiptEndpoint, ReceiptEndpointChanges
from parley.model.types import Page
from parley.operations import receipt_endpoints as endpoints

app = create_app()
ALL, ONE, TAGS = f"{BASE}/receipt_endpoints", f"{BASE}/receipt_endpoints/<endpoint_id>", ["Receipts"]
Of = Annotated[str | None, Query(max_length=64, description="Only those of this channel alone")]


@app.post(ALL, status_code=201, summary="Creates a receipt endpoint", tags=TAGS, operation_id="create_receipt_endpoint")
def create_receipt_endpoint(
    organization: Channels, new: NewReceiptEndpoint, idempotency_key: IdempotencyKey = None
) -> ReceiptEndpoint:
    return endpoints.create(organization, new, idempotency_key)


@app.get(ALL, summary="The receipt endpoints", tags=TAGS, operation_id="list_receipt_endpoints")
def list_receipt_endpoints(
    organization: Channels, channel_id: Of = None, next: Cursor = None, limit: Limit = 50
) -> Page[ReceiptEndpoint]:
    return endpoints.list_all(organization, channel_id, next, limit)


@app.get(ONE, summary="A receipt endpoint", tags=TAGS, operation_id="get_receipt_endpoint")
def get_receipt_endpoint(organization: Channels, endpoint_id: str) -> ReceiptEndpoint:
    return endpoints.get(organization, endpoint_id)


@app.patch(
    ONE,
    summary="Changes a receipt endpoint, or lets one go on that was disabled",
    tags=TAGS,
    operation_id="update_receipt_endpoint",
)
def update_receipt_endpoint(
    organization: Channels, endpoint_id: str, changes: ReceiptEndpointChanges
) -> ReceiptEndpoint:
    return endpoints.update(organization, endpoint_id, changes)


@app.delete(
    ONE,
    status_code=204,
    summary="Deletes a receipt endpoint, its queues and what they hold",
    tags=TAGS,
    operation_id="delete_receipt_endpoint",
)
def delete_receipt_endpoint(organization: Channels, endpoint_id: str) -> None:
    endpoints.delete(organization, endpoint_id)


handler = entrypoint(app)
