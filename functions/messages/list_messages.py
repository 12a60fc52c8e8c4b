"""GET /rest/v1/messages — messages by channel, person or reference, the newest first, complete to the last row."""

from typing import Annotated

from parley.edge.http import BASE, Cursor, Limit, Messages, Query, create_app, entrypoint
from parley.model.message_view import MessageSummary
from parley.model.status import Status
from parley.model.types import Page
from parley.operations import messages

app = create_app()
Filter = Annotated[str | None, Query(max_length=256)]


@app.get(f"{BASE}/messages", summary="List messages", tags=["Messages"], operation_id="list_messages")
def list_messages(
    organization: Messages,
    channel_id: Filter = None,
    to: Filter = None,
    reference: Filter = None,
    status: Annotated[Status | None, Query()] = None,
    since: Annotated[str | None, Query(description="RFC 3339; with channel_id, 7 days back when left out")] = None,
    next: Cursor = None,
    limit: Limit = 50,
) -> Page[MessageSummary]:
    question = {"channel_id": channel_id, "to": to, "reference": reference, "status": status, "since": since}
    return messages.list_all(organization, question, next, limit)


handler = entrypoint(app)
