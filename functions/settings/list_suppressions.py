"""GET /rest/v1/suppressions — who is not written to, and why."""

from typing import Annotated

from parley.edge.http import BASE, Cursor, Limit, Messages, Query, create_app, entrypoint
from parley.model.suppression import Suppression
from parley.model.types import Page
from parley.operations import suppressions

app = create_app()
Of = Annotated[
    str | None,
    Query(max_length=64, description="Left out: all lists, first what holds everywhere, then channel by channel"),
]


@app.get(
    f"{BASE}/suppressions",
    summary="Who is not written to, and why",
    tags=["Suppressions"],
    operation_id="list_suppressions",
)
def list_suppressions(
    organization: Messages, channel_id: Of = None, next: Cursor = None, limit: Limit = 50
) -> Page[Suppression]:
    return suppressions.list_all(organization, channel_id, next, limit)


handler = entrypoint(app)
