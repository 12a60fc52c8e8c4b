"""POST /rest/v1/receipt_deliveries/{delivery_id}/replay — sends one again, under its old webhook id."""

from parley.edge.http import BASE, Channels, create_app, entrypoint
from parley.model.receipt_delivery import ReceiptDelivery
from parley.operations import receipt_deliveries

app = create_app()


@app.post(
    f"{BASE}/receipt_deliveries/<delivery_id>/replay",
    status_code=202,
    summary="Sends a delivery again, under its old webhook id",
    tags=["Receipts"],
    operation_id="replay_receipt_delivery",
)
def replay_receipt_delivery(organization: Channels, delivery_id: str) -> ReceiptDelivery:
    return receipt_deliveries.replay(organization, delivery_id)


handler = entrypoint(app)
