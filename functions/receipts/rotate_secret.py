"""POST /rest/v1/receipt_endpoints/{endpoint_id}/rotate_secret — makes a new secret; the old one holds for a while."""

from parley.edge.http import BASE, Channels, create_app, entrypoint
from parley.model.receipt_endpoint import NewSecret, ReceiptEndpoint
from parley.operations import receipt_endpoints

app = create_app()


@app.post(
    f"{BASE}/receipt_endpoints/<endpoint_id>/rotate_secret",
    summary="Makes a new secret; calls are signed with the old one too for a while",
    tags=["Receipts"],
    operation_id="rotate_secret",
)
def rotate_secret(organization: Channels, endpoint_id: str, new: NewSecret) -> ReceiptEndpoint:
    return receipt_endpoints.rotate_secret(organization, endpoint_id, new)


handler = entrypoint(app)
