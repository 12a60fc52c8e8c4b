"""/rest/v1/fallback_policies — what goes out instead of what does not arrive: create, list, get, update, delete."""

from parley.edge.http import BASE, Channels, Cursor, IdempotencyKey, Limit, create_app, entrypoint
from parley.model.fallback_policy import FallbackPolicy, FallbackPolicyChanges, NewFallbackPolicy
from parley.model.types import Page
from parley.operations import fallback_policies as policies

app = create_app()
ALL, ONE, TAGS = f"{BASE}/fallback_policies", f"{BASE}/fallback_policies/<policy_id>", ["Fallback policies"]


@app.post(ALL, status_code=201, summary="Creates a fallback policy", tags=TAGS, operation_id="create_fallback_policy")
def create_fallback_policy(
    organization: Channels, new: NewFallbackPolicy, idempotency_key: IdempotencyKey = None
) -> FallbackPolicy:
    return policies.create(organization, new, idempotency_key)


@app.get(ALL, summary="The fallback policies", tags=TAGS, operation_id="list_fallback_policies")
def list_fallback_policies(organization: Channels, next: Cursor = None, limit: Limit = 50) -> Page[FallbackPolicy]:
    return policies.list_all(organization, next, limit)


@app.get(ONE, summary="A fallback policy", tags=TAGS, operation_id="get_fallback_policy")
def get_fallback_policy(organization: Channels, policy_id: str) -> FallbackPolicy:
    return policies.get(organization, policy_id)


@app.patch(ONE, summary="Changes a fallback policy, for later sends", tags=TAGS, operation_id="update_fallback_policy")
def update_fallback_policy(organization: Channels, policy_id: str, changes: FallbackPolicyChanges) -> FallbackPolicy:
    return policies.update(organization, policy_id, changes)


@app.delete(
    ONE,
    status_code=204,
    summary="Deletes a fallback policy that no scheduled message uses",
    tags=TAGS,
    operation_id="delete_fallback_policy",
)
def delete_fallback_policy(organization: Channels, policy_id: str) -> None:
    policies.delete(organization, policy_id)


handler = entrypoint(app)
