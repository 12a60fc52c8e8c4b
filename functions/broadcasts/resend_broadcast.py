"""POST /rest/v1/broadcasts/{broadcast_id}/resend — rows that failed or were not sent go out once more, as a child."""

from parley.edge.http import BASE, Messages, create_app, entrypoint
from parley.model.broadcast import NewResend
from parley.model.broadcast_view import Broadcast
from parley.operations import broadcast_rows

app = create_app()


@app.post(
    f"{BASE}/broadcasts/<broadcast_id>/resend",
    status_code=201,
    summary="Sends failed and unsent rows again",
    tags=["Broadcasts"],
    operation_id="resend_broadcast",
)
def resend_broadcast(organization: Messages, broadcast_id: str, new: NewResend) -> Broadcast:
    return broadcast_rows.resend(organization, broadcast_id, new)


handler = entrypoint(app)
