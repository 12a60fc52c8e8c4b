"""POST /rest/v1/broadcasts/{broadcast_id}/start — sends the good rows of a checked broadcast, now or at a time."""

from parley.edge.http import BASE, Messages, create_app, entrypoint
from parley.model.broadcast import NewStart
from parley.model.broadcast_view import Broadcast
from parley.operations import broadcasts

app = create_app()


@app.post(
    f"{BASE}/broadcasts/<broadcast_id>/start",
    summary="Starts a broadcast that was checked",
    tags=["Broadcasts"],
    operation_id="start_broadcast",
)
def start_broadcast(organization: Messages, broadcast_id: str, new: NewStart) -> Broadcast:
    return broadcasts.start(organization, broadcast_id, new)


handler = entrypoint(app)
