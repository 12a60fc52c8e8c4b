"""POST /rest/v1/channel_accounts — a new channel, unbound until it is connected to its platform."""

from parley.edge.http import BASE, Channels, IdempotencyKey, create_app, entrypoint
from parley.model.channel import Channel, NewChannel
from parley.operations import channels

app = create_app()


@app.post(
    f"{BASE}/channel_accounts",
    status_code=201,
    summary="A new channel, unbound until it is connected to its platform",
    tags=["Channels"],
    operation_id="create_channel",
)
def create_channel(organization: Channels, new: NewChannel, idempotency_key: IdempotencyKey = None) -> Channel:
    return channels.create(organization, new, idempotency_key)


handler = entrypoint(app)
