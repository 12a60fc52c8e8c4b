"""POST /rest/v1/media — takes a file to be sent: answers an address to put it to."""

from parley.edge.http import BASE, IdempotencyKey, Messages, create_app, entrypoint
from parley.model.upload import NewUpload, Upload
from parley.operations import uploads

app = create_app()


@app.post(
    f"{BASE}/media",
    status_code=201,
    summary="Takes a file to be sent: answers an address to put it to",
    tags=["Media"],
    operation_id="create_media",
)
def create_media(organization: Messages, new: NewUpload, idempotency_key: IdempotencyKey = None) -> Upload:
    return uploads.create(organization, new, idempotency_key)


handler = entrypoint(app)
