"""POST /rest/v1/broadcasts/{broadcast_id}/cancel — ends it for every row that nobody has claimed yet."""

from parley.edge.http import BASE, Messages, create_app, entrypoint
from parley.model.broadcast_view import Broadcast
from parley.operations import broadcasts

app = create_app()


@app.post(
    f"{BASE}/broadcasts/<broadcast_id>/cancel",
    summary="Cancels a broadcast",
    tags=["Broadcasts"],
    operation_id="cancel_broadcast",
)
def cancel_broadcast(organization: Messages, broadcast_id: str) -> Broadcast:
    return broadcasts.cancel(organization, broadcast_id)


handler = entrypoint(app)
