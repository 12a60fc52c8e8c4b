"""POST /rest/v1/messages/{message_id}/cancel — cancels a message that is scheduled, or queued and not yet claimed."""

from parley.edge.http import BASE, Messages, create_app, entrypoint
from parley.model.message_view import Message
from parley.operations import messages

app = create_app()


@app.post(
    f"{BASE}/messages/<message_id>/cancel",
    summary="Cancels a message that is scheduled, or queued and not yet claimed",
    tags=["Messages"],
    operation_id="cancel_message",
)
def cancel_message(organization: Messages, message_id: str) -> Message:
    return messages.cancel(organization, message_id)


handler = entrypoint(app)
