"""POST /rest/v1/suppressions — writes to a person no more."""

from parley.edge.http import BASE, Messages, create_app, entrypoint
from parley.model.suppression import NewSuppression, Suppression
from parley.operations import suppressions

app = create_app()


@app.post(
    f"{BASE}/suppressions",
    status_code=201,
    summary="Writes to a person no more, on a channel or anywhere",
    tags=["Suppressions"],
    operation_id="create_suppression",
)
def create_suppression(organization: Messages, new: NewSuppression) -> Suppression:
    return suppressions.create(organization, new)


handler = entrypoint(app)
