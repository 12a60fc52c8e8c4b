"""GET /rest/v1/receipt_deliveries/{delivery_id} — one delivery with its tries and its body."""

from parley.edge.http import BASE, Channels, create_app, entrypoint
from parley.model.receipt_delivery import ReceiptDelivery
from parley.operations import receipt_deliveries

app = create_app()


@app.get(
    f"{BASE}/receipt_deliveries/<delivery_id>",
    summary="A delivery with its tries and its body",
    tags=["Receipts"],
    operation_id="get_receipt_delivery",
)
def get_receipt_delivery(organization: Channels, delivery_id: str) -> ReceiptDelivery:
    return receipt_deliveries.get(organization, delivery_id)


handler = entrypoint(app)
