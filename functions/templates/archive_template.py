"""POST /rest/v1/templates/{template_id}/archive — puts a template away: it is neither sent nor listed."""

from typing import Annotated

from parley.edge.http import BASE, Query, Templates, create_app, entrypoint
from parley.model.template import Template
from parley.operations import retirement

app = create_app()
Force = Annotated[bool, Query(description="Also while messages are scheduled with it: those wait until it is back")]


@app.post(
    f"{BASE}/templates/<template_id>/archive",
    summary="Puts a template away: it is neither sent nor listed",
    tags=["Templates"],
    operation_id="archive_template",
)
def archive_template(organization: Templates, template_id: str, force: Force = False) -> Template:
    return retirement.archive(organization, template_id, force=force)


handler = entrypoint(app)
