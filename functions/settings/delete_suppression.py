"""DELETE /rest/v1/suppressions — writes to a person again."""

from typing import Annotated

from parley.edge.http import BASE, Messages, Query, create_app, entrypoint
from parley.operations import suppressions

app = create_app()
Of = Annotated[str | None, Query(max_length=64, description="Left out: what holds on every channel")]
Person = Annotated[str, Query(max_length=300, description="As the list shows it, `chat:4211`, or as in a send")]


@app.delete(
    f"{BASE}/suppressions",
    status_code=204,
    summary="Writes to a person again",
    tags=["Suppressions"],
    operation_id="delete_suppression",
)
def delete_suppression(organization: Messages, to: Person, channel_id: Of = None) -> None:
    suppressions.delete(organization, channel_id, to)


handler = entrypoint(app)
