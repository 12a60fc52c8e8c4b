"""/rest/v1/fallback_rules — what the steps of fallback policies send from: create, list, get, update, delete."""

from parley.edge.http import BASE, Channels, Cursor, IdempotencyKey, Limit, create_app, entrypoint
from parley.model.fallback_policy import FallbackRule, FallbackRuleChanges, NewFallbackRule
from parley.model.types import Page
from parley.operations import fallback_rules as rules

app = create_app()
ALL, ONE, TAGS = f"{BASE}/fallback_rules", f"{BASE}/fallback_rules/<rule_id>", ["Fallback policies"]


@app.post(ALL, status_code=201, summary="Creates a fallback rule", tags=TAGS, operation_id="create_fallback_rule")
def create_fallback_rule(
    organization: Channels, new: NewFallbackRule, idempotency_key: IdempotencyKey = None
) -> FallbackRule:
    return rules.create(organization, new, idempotency_key)


@app.get(ALL, summary="The fallback rules", tags=TAGS, operation_id="list_fallback_rules")
def list_fallback_rules(organization: Channels, next: Cursor = None, limit: Limit = 50) -> Page[FallbackRule]:
    return rules.list_all(organization, next, limit)


@app.get(ONE, summary="A fallback rule", tags=TAGS, operation_id="get_fallback_rule")
def get_fallback_rule(organization: Channels, rule_id: str) -> FallbackRule:
    return rules.get(organization, rule_id)


@app.patch(ONE, summary="Changes a fallback rule", tags=TAGS, operation_id="update_fallback_rule")
def update_fallback_rule(organization: Channels, rule_id: str, changes: FallbackRuleChanges) -> FallbackRule:
    return rules.update(organization, rule_id, changes)


@app.delete(
    ONE,
    status_code=204,
    summary="Deletes a fallback rule that no policy uses",
    tags=TAGS,
    operation_id="delete_fallback_rule",
)
def delete_fallback_rule(organization: Channels, rule_id: str) -> None:
    rules.delete(organization, rule_id)


handler = entrypoint(app)
