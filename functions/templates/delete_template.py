"""DELETE /rest/v1/templates/{template_id} — deletes a template here and at the platform."""

from typing import Annotated

from parley.edge.http import BASE, Query, Templates, create_app, entrypoint
from parley.operations import retirement

app = create_app()
All = Annotated[bool, Query(description="Every language of its name on the channel")]
Force = Annotated[bool, Query(description="Also while messages are scheduled with it: those fail at their time")]


@app.delete(
    f"{BASE}/templates/<template_id>",
    status_code=204,
    summary="Deletes a template here and at the platform",
    tags=["Templates"],
    operation_id="delete_template",
)
def delete_template(
    organization: Templates, template_id: str, all_languages: All = False, force: Force = False
) -> None:
    retirement.delete(organization, template_id, all_languages=all_languages, force=force)


handler = entrypoint(app)
