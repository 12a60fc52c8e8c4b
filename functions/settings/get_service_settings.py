"""GET /rest/v1/channel_accounts/{channel_id}/service_settings — the service settings of a channel."""

from parley.edge.http import BASE, Channels, create_app, entrypoint
from parley.model.channel import ServiceSettings
from parley.operations import channels

app = create_app()


@app.get(
    f"{BASE}/channel_accounts/<channel_id>/service_settings",
    summary="The service settings of a channel",
    tags=["Service settings"],
    operation_id="get_service_settings",
)
def get_service_settings(organization: Channels, channel_id: str) -> ServiceSettings:
    return channels.get_service_settings(organization, channel_id)


handler = entrypoint(app)
