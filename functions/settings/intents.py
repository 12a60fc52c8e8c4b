"""/rest/v1/intents — what a button or a word of a person fires: create, list, get, update, delete."""

from typing import Annotated

from parley.edge.http import BASE, Channels, Cursor, IdempotencyKey, Limit, Query, create_app, entrypoint
from parley.model.business_system import Intent, IntentChanges, NewIntent
from parley.model.types import Page
from parley.operations import intents

app = create_app()
ALL, ONE, TAGS = f"{BASE}/intents", f"{BASE}/intents/<intent_id>", ["Business systems"]
Filter = Annotated[str | None, Query(max_length=64)]


@app.post(ALL, status_code=201, summary="Creates an intent", tags=TAGS, operation_id="create_intent")
def create_intent(organization: Channels, new: NewIntent, idempotency_key: IdempotencyKey = None) -> Intent:
    return intents.create(organization, new, idempotency_key)


@app.get(ALL, summary="The intents", tags=TAGS, operation_id="list_intents")
def list_intents(
    organization: Channels,
    channel_id: Filter = None,
    business_system_id: Filter = None,
    next: Cursor = None,
    limit: Limit = 50,
) -> Page[Intent]:
    return intents.list_all(organization, channel_id, business_system_id, next, limit)


@app.get(ONE, summary="An intent", tags=TAGS, operation_id="get_intent")
def get_intent(organization: Channels, intent_id: str) -> Intent:
    return intents.get(organization, intent_id)


@app.patch(ONE, summary="Changes an intent", tags=TAGS, operation_id="update_intent")
def update_intent(organization: Channels, intent_id: str, changes: IntentChanges) -> Intent:
    return intents.update(organization, intent_id, changes)


@app.delete(
    ONE, status_code=204, summary="Deletes an intent that no template names", tags=TAGS, operation_id="delete_intent"
)
def delete_intent(organization: Channels, intent_id: str) -> None:
    intents.delete(organization, intent_id)


handler = entrypoint(app)
