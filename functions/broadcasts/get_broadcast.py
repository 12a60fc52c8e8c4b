"""GET /rest/v1/broadcasts/{broadcast_id} — a broadcast: what the check found, how far its run is."""

from parley.edge.http import BASE, Messages, create_app, entrypoint
from parley.model.broadcast_view import Broadcast
from parley.operations import broadcasts

app = create_app()


@app.get(f"{BASE}/broadcasts/<broadcast_id>", summary="A broadcast", tags=["Broadcasts"], operation_id="get_broadcast")
def get_broadcast(organization: Messages, broadcast_id: str) -> Broadcast:
    return broadcasts.get(organization, broadcast_id)


handler = entrypoint(app)
