"""POST /rest/v1/api_keys — a key; its secret is in this answer and never again."""

from parley.edge.http import BASE, IdempotencyKey, Keys, Request, caller_of, create_app, entrypoint
from parley.model.organization import ApiKey, NewApiKey
from parley.operations import api_keys

app = create_app()


@app.post(
    f"{BASE}/api_keys",
    status_code=201,
    summary="A key; its secret is in this answer and never again",
    tags=["API keys"],
    operation_id="create_api_key",
)
def create_api_key(
    organization: Keys, request: Request, new: NewApiKey, idempotency_key: IdempotencyKey = None
) -> ApiKey:
    return api_keys.create(organization, new, idempotency_key, caller_of(request).scopes)


handler = entrypoint(app)
