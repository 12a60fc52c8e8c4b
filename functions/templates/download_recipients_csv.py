"""GET /rest/v1/templates/{template_id}/recipients.csv — the same sheet as text, without locks and signature."""

from parley.edge.downloads import CSV, attachment
from parley.edge.http import BASE, Response, Templates, create_app, entrypoint
from parley.operations import recipient_sheets

app = create_app()


@app.get(
    f"{BASE}/templates/<template_id>/recipients.csv",
    summary="The same sheet as text, without locks and signature",
    tags=["Templates"],
    operation_id="download_recipients_csv",
)
def download_recipients_csv(organization: Templates, template_id: str) -> Response[str]:
    made = recipient_sheets.download_recipients_csv(organization, template_id)
    return attachment(made.filename, CSV, made.body)


handler = entrypoint(app)
