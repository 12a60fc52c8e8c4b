"""GET /rest/v1/media/{media_id} — one file, with a link to it where it is ready."""

from parley.edge.http import BASE, Messages, create_app, entrypoint
from parley.model.upload import Upload
from parley.operations import library

app = create_app()


@app.get(
    f"{BASE}/media/<media_id>",
    summary="One file, with a link to it where it is ready",
    tags=["Media"],
    operation_id="get_media",
)
def get_media(organization: Messages, media_id: str) -> Upload:
    return library.get(organization, media_id)


handler = entrypoint(app)
