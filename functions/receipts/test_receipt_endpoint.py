"""POST /rest/v1/receipt_endpoints/{endpoint_id}/test — sends it a made-up event, and tells what came of it."""

from parley.edge.http import BASE, Channels, create_app, entrypoint
from parley.model.business_system import CallTest
from parley.operations import endpoint_tests

app = create_app()


@app.post(
    f"{BASE}/receipt_endpoints/<endpoint_id>/test",
    summary="Sends a made-up event to a receipt endpoint, and tells what came of it",
    tags=["Receipts"],
    operation_id="test_receipt_endpoint",
)
def test_receipt_endpoint(organization: Channels, endpoint_id: str) -> CallTest:
    return endpoint_tests.run(organization, endpoint_id)


handler = entrypoint(app)
