"""GET /rest/v1/templates/{template_id}/recipients.xlsx — the sheet to fill in with the recipients of a broadcast."""

from parley.edge.downloads import XLSX, attachment
from parley.edge.http import BASE, Response, Templates, create_app, entrypoint
from parley.operations import recipient_sheets

app = create_app()


@app.get(
    f"{BASE}/templates/<template_id>/recipients.xlsx",
    summary="The sheet to fill in with the recipients of a broadcast",
    tags=["Templates"],
    operation_id="download_recipients_xlsx",
)
def download_recipients_xlsx(organization: Templates, template_id: str) -> Response[str]:
    made = recipient_sheets.download_recipients_xlsx(organization, template_id)
    return attachment(made.filename, XLSX, made.body)


handler = entrypoint(app)
