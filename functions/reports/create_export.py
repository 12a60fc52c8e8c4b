"""POST /rest/v1/exports — has a sheet written: the rows of a broadcast, contacts or a group; 202, it comes later."""

from parley.edge.http import BASE, Exports, IdempotencyKey, Scopes, create_app, entrypoint
from parley.model.export import Export, NewExport
from parley.operations import exports

app = create_app()


@app.post(
    f"{BASE}/exports",
    status_code=202,
    summary="Has a sheet written: the rows of a broadcast, contacts, or the members of a group",
    tags=["Exports"],
    operation_id="create_export",
)
def create_export(
    organization: Exports, scopes: Scopes, new: NewExport, idempotency_key: IdempotencyKey = None
) -> Export:
    return exports.create(organization, new, idempotency_key, scopes)


handler = entrypoint(app)
