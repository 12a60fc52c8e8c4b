"""DELETE /rest/v1/media/{media_id} — deletes a file that nothing uses."""

from parley.edge.http import BASE, Messages, create_app, entrypoint
from parley.operations import library

app = create_app()


@app.delete(
    f"{BASE}/media/<media_id>",
    status_code=204,
    summary="Deletes a file that nothing uses",
    tags=["Media"],
    operation_id="delete_media",
)
def delete_media(organization: Messages, media_id: str) -> None:
    library.delete(organization, media_id)


handler = entrypoint(app)
