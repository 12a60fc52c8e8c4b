"""POST /rest/v1/messages — accepts a message to one person, now or at a set time; 202 once it is safely kept."""

from parley.edge.http import BASE, IdempotencyKey, Messages, create_app, entrypoint
from parley.model.message import NewMessage
from parley.model.message_view import DryRun, Message
from parley.operations import messages

app = create_app()


@app.post(f"{BASE}/messages", status_code=202, summary="Send a message", tags=["Messages"], operation_id="send_message")
def send_message(organization: Messages, new: NewMessage, idempotency_key: IdempotencyKey = None) -> Message | DryRun:
    if new.dry_run:
        return messages.dry_run(organization, new)
    return messages.send(organization, new, idempotency_key)


handler = entrypoint(app)
