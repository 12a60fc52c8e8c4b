"""POST /rest/v1/channel_accounts/{channel_id}/bind — verifies and seals the credential, claims the sender."""

from parley.edge.http import BASE, Channels, create_app, entrypoint
from parley.model.channel import Channel, NewBinding
from parley.operations import binding

app = create_app()


@app.post(
    f"{BASE}/channel_accounts/<channel_id>/bind",
    summary="Connects a channel to its platform",
    tags=["Channels"],
    operation_id="bind_channel",
)
def bind_channel(organization: Channels, channel_id: str, new: NewBinding) -> Channel:
    return binding.bind(organization, channel_id, new)


handler = entrypoint(app)
