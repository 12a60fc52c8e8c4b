"""POST /rest/v1/business_systems/{system_id}/test — calls it once, signed as every call, and tells what came of it."""

from parley.edge.http import BASE, Channels, create_app, entrypoint
from parley.model.business_system import CallTest
from parley.operations import business_systems

app = create_app()


@app.post(
    f"{BASE}/business_systems/<system_id>/test",
    summary="Calls a business system once, and tells what came of it",
    tags=["Business systems"],
    operation_id="test_business_system",
)
def test_business_system(organization: Channels, system_id: str) -> CallTest:
    return business_systems.test(organization, system_id)


handler = entrypoint(app)
