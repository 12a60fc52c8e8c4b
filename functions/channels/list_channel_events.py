"""GET /rest/v1/channel_accounts/{channel_id}/events — the log of a channel, the newest first."""

from parley.edge.http import BASE, Channels, Cursor, Limit, create_app, entrypoint
from parley.model.channel import ChannelEvent
from parley.model.types import Page
from parley.operations import channels

app = create_app()


@app.get(
    f"{BASE}/channel_accounts/<channel_id>/events",
    summary="The log of a channel, the newest first",
    tags=["Channels"],
    operation_id="list_channel_events",
)
def list_channel_events(
    organization: Channels, channel_id: str, next: Cursor = None, limit: Limit = 50
) -> Page[ChannelEvent]:
    return channels.events(organization, channel_id, next, limit)


handler = entrypoint(app)
