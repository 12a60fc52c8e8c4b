"""POST /rest/v1/broadcasts/{broadcast_id}/resume — lets a paused run go on where it stopped."""

from parley.edge.http import BASE, Messages, create_app, entrypoint
from parley.model.broadcast_view import Broadcast
from parley.operations import broadcasts

app = create_app()


@app.post(
    f"{BASE}/broadcasts/<broadcast_id>/resume",
    summary="Resumes a paused run",
    tags=["Broadcasts"],
    operation_id="resume_broadcast",
)
def resume_broadcast(organization: Messages, broadcast_id: str) -> Broadcast:
    return broadcasts.resume(organization, broadcast_id)


handler = entrypoint(app)
