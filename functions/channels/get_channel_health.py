"""GET /rest/v1/channel_accounts/{channel_id}/health — what the channel and its platform say of themselves."""

from parley.edge.http import BASE, Channels, create_app, entrypoint
from parley.model.channel import Health
from parley.operations import binding

app = create_app()


@app.get(
    f"{BASE}/channel_accounts/<channel_id>/health",
    summary="What the channel and its platform say of themselves",
    tags=["Channels"],
    operation_id="get_channel_health",
)
def get_channel_health(organization: Channels, channel_id: str) -> Health:
    return binding.health(organization, channel_id)


handler = entrypoint(app)
