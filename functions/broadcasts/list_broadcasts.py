"""GET /rest/v1/broadcasts — the bulk sending list, the newest first."""

from typing import Annotated

from parley.edge.http import BASE, Cursor, Limit, Messages, Query, create_app, entrypoint
from parley.model.broadcast import BroadcastStatus
from parley.model.broadcast_view import Broadcast
from parley.model.types import Page
from parley.operations import broadcasts

app = create_app()
Filter = Annotated[str | None, Query(max_length=256)]


@app.get(f"{BASE}/broadcasts", summary="List broadcasts", tags=["Broadcasts"], operation_id="list_broadcasts")
def list_broadcasts(
    organization: Messages,
    channel_id: Filter = None,
    reference: Filter = None,
    status: Annotated[BroadcastStatus | None, Query()] = None,
    next: Cursor = None,
    limit: Limit = 50,
) -> Page[Broadcast]:
    question = {"channel_id": channel_id, "reference": reference, "status": status}
    return broadcasts.list_all(organization, question, next, limit)


handler = entrypoint(app)
