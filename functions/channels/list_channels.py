"""GET /rest/v1/channel_accounts — the channels, the newest first."""

from typing import Annotated

from parley.edge.http import BASE, Channels, Cursor, Limit, Query, create_app, entrypoint
from parley.model.channel import Channel, ChannelTypeField
from parley.model.types import Page
from parley.operations import channels

app = create_app()


@app.get(
    f"{BASE}/channel_accounts",
    summary="The channels, the newest first",
    tags=["Channels"],
    operation_id="list_channels",
)
def list_channels(
    organization: Channels,
    type: Annotated[ChannelTypeField | None, Query()] = None,
    is_active: Annotated[bool | None, Query()] = None,
    next: Cursor = None,
    limit: Limit = 50,
) -> Page[Channel]:
    return channels.list_all(organization, type, is_active, next, limit)


handler = entrypoint(app)
