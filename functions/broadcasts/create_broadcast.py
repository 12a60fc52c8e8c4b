"""POST /rest/v1/broadcasts — one template to many people; 202 once it is kept, its rows are checked then."""

from parley.edge.http import BASE, IdempotencyKey, Messages, Scopes, create_app, entrypoint
from parley.model.broadcast import NewBroadcast
from parley.model.broadcast_view import Broadcast
from parley.operations import broadcasts

app = create_app()


@app.post(
    f"{BASE}/broadcasts",
    status_code=202,
    summary="Creates a broadcast and has its rows checked",
    tags=["Broadcasts"],
    operation_id="create_broadcast",
)
def create_broadcast(
    organization: Messages, scopes: Scopes, new: NewBroadcast, idempotency_key: IdempotencyKey = None
) -> Broadcast:
    return broadcasts.create(organization, new, idempotency_key, scopes)


handler = entrypoint(app)
