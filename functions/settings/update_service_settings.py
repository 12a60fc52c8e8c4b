"""PATCH /rest/v1/channel_accounts/{channel_id}/service_settings — changes them, as activating SMS for fallbacks."""

from parley.edge.http import BASE, Channels, create_app, entrypoint
from parley.model.channel import ServiceSettings, ServiceSettingsChanges
from parley.operations import channels

app = create_app()


@app.patch(
    f"{BASE}/channel_accounts/<channel_id>/service_settings",
    summary="Changes the service settings of a channel, as activating SMS for fallbacks",
    tags=["Service settings"],
    operation_id="update_service_settings",
)
def update_service_settings(
    organization: Channels, channel_id: str, changes: ServiceSettingsChanges
) -> ServiceSettings:
    return channels.update_service_settings(organization, channel_id, changes)


handler = entrypoint(app)
