"""POST /rest/v1/api_keys/{key_id}/revoke — ends a key; the gateway remembers a good key for up to a minute."""

from parley.edge.http import BASE, Keys, create_app, entrypoint
from parley.model.organization import ApiKey
from parley.operations import api_keys

app = create_app()


@app.post(
    f"{BASE}/api_keys/<key_id>/revoke",
    summary="Ends a key; the gateway remembers a good key for up to a minute",
    tags=["API keys"],
    operation_id="revoke_api_key",
)
def revoke_api_key(organization: Keys, key_id: str) -> ApiKey:
    return api_keys.revoke(organization, key_id)


handler = entrypoint(app)
