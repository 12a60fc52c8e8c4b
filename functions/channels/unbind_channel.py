"""POST /rest/v1/channel_accounts/{channel_id}/unbind — disconnects a channel and gives its sender free."""

from parley.edge.http import BASE, Channels, create_app, entrypoint
from parley.model.channel import Channel
from parley.operations import binding

app = create_app()


@app.post(
    f"{BASE}/channel_accounts/<channel_id>/unbind",
    summary="Disconnects a channel and gives its sender free",
    tags=["Channels"],
    operation_id="unbind_channel",
)
def unbind_channel(organization: Channels, channel_id: str) -> Channel:
    return binding.unbind(organization, channel_id)


handler = entrypoint(app)
