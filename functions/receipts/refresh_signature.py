"""POST /rest/v1/business_systems/{system_id}/refresh_signature — makes new secrets; the old ones hold for a while."""

from parley.edge.http import BASE, Channels, create_app, entrypoint
from parley.model.business_system import BusinessSystem, NewSignature
from parley.operations import business_systems

app = create_app()


@app.post(
    f"{BASE}/business_systems/<system_id>/refresh_signature",
    summary="Makes a new signature and signing secret; the old ones hold beside them for a while",
    tags=["Business systems"],
    operation_id="refresh_signature",
)
def refresh_signature(organization: Channels, system_id: str, new: NewSignature) -> BusinessSystem:
    return business_systems.refresh_signature(organization, system_id, new)


handler = entrypoint(app)
