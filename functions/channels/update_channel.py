"""PATCH /rest/v1/channel_accounts/{channel_id} — changes the name, description, settings or activity of a channel."""

from parley.edge.http import BASE, Channels, create_app, entrypoint
from parley.model.channel import Channel, ChannelChanges
from parley.operations import channels

app = create_app()


@app.patch(
    f"{BASE}/channel_accounts/<channel_id>",
    summary="Changes the name, description, settings or activity of a channel",
    tags=["Channels"],
    operation_id="update_channel",
)
def update_channel(organization: Channels, channel_id: str, changes: ChannelChanges) -> Channel:
    return channels.update(organization, channel_id, changes)


handler = entrypoint(app)
