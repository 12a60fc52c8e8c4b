"""GET /rest/v1/broadcasts/{broadcast_id}/statistics — by hour, how many rows came to each status."""

from parley.edge.http import BASE, Messages, create_app, entrypoint
from parley.model.broadcast_view import BroadcastStatistics
from parley.operations import broadcasts

app = create_app()


@app.get(
    f"{BASE}/broadcasts/<broadcast_id>/statistics",
    summary="By hour, how many rows came to each status",
    tags=["Broadcasts"],
    operation_id="get_broadcast_statistics",
)
def get_broadcast_statistics(organization: Messages, broadcast_id: str) -> BroadcastStatistics:
    return broadcasts.statistics(organization, broadcast_id)


handler = entrypoint(app)
