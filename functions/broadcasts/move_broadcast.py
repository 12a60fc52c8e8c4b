"""POST /rest/v1/broadcasts/{broadcast_id}/move — gives a scheduled broadcast another time."""

from parley.edge.http import BASE, Messages, create_app, entrypoint
from parley.model.broadcast_view import Broadcast
from parley.model.message import NewTime
from parley.operations import broadcasts

app = create_app()


@app.post(
    f"{BASE}/broadcasts/<broadcast_id>/move",
    summary="Moves a scheduled broadcast",
    tags=["Broadcasts"],
    operation_id="move_broadcast",
)
def move_broadcast(organization: Messages, broadcast_id: str, new: NewTime) -> Broadcast:
    return broadcasts.move(organization, broadcast_id, new)


handler = entrypoint(app)
