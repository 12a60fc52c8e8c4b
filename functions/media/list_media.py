"""GET /rest/v1/media — the media library of a channel, the newest first."""

from typing import Annotated

from parley.edge.http import BASE, Cursor, Limit, Messages, Query, create_app, entrypoint
from parley.model.types import Page
from parley.model.upload import MediaKind, Upload
from parley.operations import library

app = create_app()
Of = Annotated[str, Query(max_length=64, description="The channel")]


@app.get(
    f"{BASE}/media",
    summary="The media library of a channel, the newest first",
    tags=["Media"],
    operation_id="list_media",
)
def list_media(
    organization: Messages,
    channel_id: Of,
    kind: Annotated[MediaKind | None, Query()] = None,
    next: Cursor = None,
    limit: Limit = 50,
) -> Page[Upload]:
    return library.list_all(organization, channel_id, kind, next, limit)


handler = entrypoint(app)
