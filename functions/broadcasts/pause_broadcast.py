"""POST /rest/v1/broadcasts/{broadcast_id}/pause — nothing goes out until it is resumed, from the next claim on."""

from parley.edge.http import BASE, Messages, create_app, entrypoint
from parley.model.broadcast_view import Broadcast
from parley.operations import broadcasts

app = create_app()


@app.post(
    f"{BASE}/broadcasts/<broadcast_id>/pause",
    summary="Pauses a run",
    tags=["Broadcasts"],
    operation_id="pause_broadcast",
)
def pause_broadcast(organization: Messages, broadcast_id: str) -> Broadcast:
    return broadcasts.pause(organization, broadcast_id)


handler = entrypoint(app)
