"""GET /rest/v1/receipt_deliveries — the deliveries of a receipt endpoint or business system, the newest first."""

from typing import Annotated

from parley.edge.http import BASE, Channels, Cursor, Limit, Query, create_app, entrypoint
from parley.model.receipt_delivery import DeliveryStatus, ReceiptDelivery
from parley.model.types import Page
from parley.operations import receipt_deliveries

app = create_app()
Of = Annotated[str | None, Query(max_length=64, description="This or the other is required")]
Time = Annotated[str | None, Query(max_length=64, description="RFC 3339")]


@app.get(
    f"{BASE}/receipt_deliveries",
    summary="Deliveries of a receipt endpoint or business system with their tries, the newest first",
    tags=["Receipts"],
    operation_id="list_receipt_deliveries",
)
def list_receipt_deliveries(
    organization: Channels,
    receipt_endpoint_id: Of = None,
    business_system_id: Of = None,
    status: Annotated[DeliveryStatus | None, Query()] = None,
    since: Time = None,
    until: Time = None,
    next: Cursor = None,
    limit: Limit = 50,
) -> Page[ReceiptDelivery]:
    target = {"receipt_endpoint_id": receipt_endpoint_id, "business_system_id": business_system_id}
    question = {**target, "status": status, "since": since, "until": until}
    return receipt_deliveries.list_all(organization, question, next, limit)


handler = entrypoint(app)
