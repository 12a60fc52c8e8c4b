"""PATCH /rest/v1/broadcasts/{broadcast_id} — changes name, speed, window or quiet hours, of a run too."""

from parley.edge.http import BASE, Messages, create_app, entrypoint
from parley.model.broadcast import BroadcastChanges
from parley.model.broadcast_view import Broadcast
from parley.operations import broadcasts

app = create_app()


@app.patch(
    f"{BASE}/broadcasts/<broadcast_id>",
    summary="Changes a broadcast",
    tags=["Broadcasts"],
    operation_id="update_broadcast",
)
def update_broadcast(organization: Messages, broadcast_id: str, changes: BroadcastChanges) -> Broadcast:
    return broadcasts.update(organization, broadcast_id, changes)


handler = entrypoint(app)
