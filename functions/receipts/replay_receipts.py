"""POST /rest/v1/receipt_endpoints/{endpoint_id}/replay — sends everything again that was made in a period."""

from parley.edge.http import BASE, Channels, IdempotencyKey, create_app, entrypoint
from parley.model.receipt_delivery import NewReplay, Replay
from parley.operations import replays

app = create_app()


@app.post(
    f"{BASE}/receipt_endpoints/<endpoint_id>/replay",
    status_code=202,
    summary="Sends everything again that was made since a time, the oldest first",
    tags=["Receipts"],
    operation_id="replay_receipts",
)
def replay_receipts(
    organization: Channels, endpoint_id: str, new: NewReplay, idempotency_key: IdempotencyKey = None
) -> Replay:
    return replays.ask(organization, endpoint_id, new, idempotency_key)


handler = entrypoint(app)
