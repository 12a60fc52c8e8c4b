"""GET /rest/v1/broadcasts/{broadcast_id}/rows — each row: who, what they read, how it stands, and why."""

from typing import Annotated

from parley.edge.http import BASE, Cursor, Limit, Messages, Query, create_app, entrypoint
from parley.model.broadcast_view import BroadcastRow
from parley.model.types import Page
from parley.operations import broadcast_rows

app = create_app()


@app.get(
    f"{BASE}/broadcasts/<broadcast_id>/rows",
    summary="The rows of a broadcast; of one that was only checked, a dry run",
    tags=["Broadcasts"],
    operation_id="list_broadcast_rows",
)
def list_broadcast_rows(
    organization: Messages,
    broadcast_id: str,
    status: Annotated[str | None, Query(max_length=20)] = None,
    to: Annotated[str | None, Query(max_length=256)] = None,
    next: Cursor = None,
    limit: Limit = 50,
) -> Page[BroadcastRow]:
    return broadcast_rows.list_all(organization, broadcast_id, {"status": status, "to": to}, next, limit)


handler = entrypoint(app)
