"""POST /rest/v1/channel_accounts/{channel_id}/test — tries the credential, the webhook and, on demand, a message."""

from parley.edge.http import BASE, Channels, create_app, entrypoint
from parley.model.channel import NewProbe, Probe
from parley.operations import probing

app = create_app()


@app.post(
    f"{BASE}/channel_accounts/<channel_id>/test",
    summary="Tries the credential and the webhook, and sends a test message where one is asked for",
    tags=["Channels"],
    operation_id="test_channel",
)
def test_channel(organization: Channels, channel_id: str, new: NewProbe) -> Probe:
    return probing.probe(organization, channel_id, new)


handler = entrypoint(app)
