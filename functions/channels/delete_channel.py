"""DELETE /rest/v1/channel_accounts/{channel_id} — deletes a channel for good; what waits on it ends."""

from parley.edge.http import BASE, Channels, create_app, entrypoint
from parley.operations import channels

app = create_app()


@app.delete(
    f"{BASE}/channel_accounts/<channel_id>",
    status_code=204,
    summary="Deletes a channel for good; what waits on it ends",
    tags=["Channels"],
    operation_id="delete_channel",
)
def delete_channel(organization: Channels, channel_id: str) -> None:
    channels.delete(organization, channel_id)


handler = entrypoint(app)
