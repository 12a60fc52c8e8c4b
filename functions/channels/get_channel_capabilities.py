"""GET /rest/v1/channel_accounts/{channel_id}/capabilities — what the channel can show and tell."""

from parley.edge.http import BASE, Channels, create_app, entrypoint
from parley.model.capabilities import ChannelCapabilities
from parley.operations import channels

app = create_app()


@app.get(
    f"{BASE}/channel_accounts/<channel_id>/capabilities",
    summary="What the channel can show and tell",
    tags=["Channels"],
    operation_id="get_channel_capabilities",
)
def get_channel_capabilities(organization: Channels, channel_id: str) -> ChannelCapabilities:
    return channels.capabilities(organization, channel_id)


handler = entrypoint(app)
