"""GET /rest/v1/exports/{export_id} — how far an export is, with a link to its file once that is there."""

from parley.edge.http import BASE, Exports, Scopes, create_app, entrypoint
from parley.model.export import Export
from parley.operations import exports

app = create_app()


@app.get(
    f"{BASE}/exports/<export_id>",
    summary="An export, with a link to its file once that is there",
    tags=["Exports"],
    operation_id="get_export",
)
def get_export(organization: Exports, scopes: Scopes, export_id: str) -> Export:
    return exports.get(organization, export_id, scopes)


handler = entrypoint(app)
