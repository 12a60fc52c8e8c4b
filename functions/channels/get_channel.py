"""GET /rest/v1/channel_accounts/{channel_id} — one channel."""

from parley.edge.http import BASE, Channels, create_app, entrypoint
from parley.model.channel import Channel
from parley.operations import channels

app = create_app()


@app.get(f"{BASE}/channel_accounts/<channel_id>", summary="One channel", tags=["Channels"], operation_id="get_channel")
def get_channel(organization: Channels, channel_id: str) -> Channel:
    return channels.get(organization, channel_id)


handler = entrypoint(app)
