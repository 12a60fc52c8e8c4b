"""POST /rest/v1/organizations — a customer organization of the calling service provider."""

from parley.edge.http import BASE, IdempotencyKey, Organizations, create_app, entrypoint
from parley.model.organization import NewCustomer, Organization
from parley.operations import organizations

app = create_app()


@app.post(
    f"{BASE}/organizations",
    status_code=201,
    summary="A customer organization of the calling service provider",
    tags=["Organizations"],
    operation_id="create_customer",
)
def create_customer(
    organization: Organizations, new: NewCustomer, idempotency_key: IdempotencyKey = None
) -> Organization:
    return organizations.create_customer(organization, new, idempotency_key)


handler = entrypoint(app)
