"""POST /rest/v1/media/{media_id}/complete — looks at what was put, and takes it into its library or refuses it."""

from parley.edge.http import BASE, Messages, create_app, entrypoint
from parley.model.upload import Upload
from parley.operations import library

app = create_app()


@app.post(
    f"{BASE}/media/<media_id>/complete",
    summary="Looks at what was put, and takes it into its library or refuses it",
    tags=["Media"],
    operation_id="complete_media",
)
def complete_media(organization: Messages, media_id: str) -> Upload:
    return library.complete(organization, media_id)


handler = entrypoint(app)
